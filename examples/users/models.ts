/** What travels over HTTP: the models of requests and responses, and the errors that clients may meet. */
import { defineError } from 'riposte'
import { z } from 'zod'

export const UserId = z.int32().min(1)

/** A row has more fields than this. They can't leave. */
export const User = z.object({ id: UserId, email: z.email(), name: z.string(), created_at: z.date() }).meta({ id: 'User' })

export const UserCreate = z
  .object({
    email: z.email(),
    name: z.string().min(1).max(100),
    password: z.string().min(8).max(200).optional(),
  })
  .meta({ id: 'UserCreate' })

export const UserCreated = z.object({ id: UserId, message: z.string() }).meta({ id: 'UserCreated' })

export const Credentials = z.object({ email: z.email(), password: z.string().max(200) }).meta({ id: 'Credentials' })

export const Status = z.object({ status: z.enum(['logged_in', 'logged_out']) }).meta({ id: 'Status' })

export const Email = z.object({ to: z.email(), subject: z.string().max(200), body: z.string() }).meta({ id: 'Email' })

export const UserNotFound = defineError('USER_NOT_FOUND', {
  status: 404,
  detail: 'User not found',
  data: z.object({ user_id: UserId }),
  headers: { 'X-Error-Code': 'USER_NOT_FOUND' },
})

export const EmailTaken = defineError('EMAIL_TAKEN', { status: 409, detail: 'Email already registered' })

export const WrongCredentials = defineError('WRONG_CREDENTIALS', {
  status: 401,
  detail: 'Email or password is wrong',
  headers: { 'WWW-Authenticate': 'APIKey in="cookie", name="session_id"' },
})
