/** An error that the contract does not list. */
import { get } from '../../src/index.ts'
import { Locked, row, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { responses: { 200: User }, errors: [UserNotFound] }, ({ fail }) => {
  if (row.id === 0) throw fail(Locked)
  return row
})
