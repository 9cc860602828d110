/** The contract that the wrong programs break. */
import { z } from 'zod'
import { defineError, dependency } from '../../src/index.ts'

export const User = z.object({ id: z.int(), email: z.string(), name: z.string(), created_at: z.date() }).meta({ id: 'User' })
export const UserCreate = z.object({ email: z.string(), name: z.string() })

export const UserNotFound = defineError('USER_NOT_FOUND', {
  status: 404,
  detail: 'User not found',
  data: z.object({ user_id: z.int() }),
})
export const Locked = defineError('LOCKED', { status: 423, detail: 'Locked' })

export interface UserRow {
  id: number
  email: string
  name: string
  created_at: Date
  password_hash: string
}

export const row: UserRow = { id: 1, email: 'ada@example.com', name: 'Ada', created_at: new Date(0), password_hash: 'x' }
export const db = dependency(() => ({ find: (_id: number): UserRow | undefined => row }))
