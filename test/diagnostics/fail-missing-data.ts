/** A declared error without its data. */
import { get } from '../../src/index.ts'
import { row, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { responses: { 200: User }, errors: [UserNotFound] }, ({ fail }) => {
  if (row.id === 0) throw fail(UserNotFound)
  return row
})
