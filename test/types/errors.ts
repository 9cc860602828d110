/** Errors are values of the contract: `fail` takes those that it lists, with the data that they declare. */
import { z } from 'zod'
import { createApp, dependency, get, HTTPError } from '../../src/index.ts'
import { same } from './equal.ts'
import { Locked, row, User, UserNotFound, type UserRow } from './models.ts'

declare function find(id: number): UserRow | undefined

get('/', { responses: { 200: User }, errors: [UserNotFound, Locked] }, ({ fail }) => {
  const user = find(7)
  if (user === undefined) throw fail(UserNotFound, { user_id: 7 })
  same<typeof user, UserRow>(true)
  if (user.id === 1) throw fail(Locked)
  if (user.id === 2) throw fail(UserNotFound, { user_id: 7 }, { cause: new Error('why') })
  return user
})

// Anything may be thrown from anywhere; the types hold for `fail`.
get('/', { responses: { 200: User } }, () => {
  if (row.id === 0) throw new HTTPError(404, 'User not found', { headers: { 'X-Error-Code': 'NONE' } })
  if (row.id === 1) throw new UserNotFound({ user_id: 1 })
  return row
})

const locked = new Locked()
same<typeof locked.code, 'LOCKED'>(true)
same<typeof UserNotFound.status, 404>(true)
const missing = new UserNotFound({ user_id: 1 })
same<typeof missing.data, { user_id: number }>(true)

dependency({ errors: [Locked] }, ({ fail }) => {
  if (row.id === 0) throw fail(Locked)
  return row
})

createApp().onError(RangeError, { responses: { 400: z.object({ error: z.string() }) } }, (error, { reply, requestId }) => {
  same<typeof error, RangeError>(true)
  same<typeof requestId, string>(true)
  return reply(400, { error: error.message })
})
