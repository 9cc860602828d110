/** An error's data of another type than its model's. */
import { get } from '../../src/index.ts'
import { row, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { responses: { 200: User }, errors: [UserNotFound] }, ({ fail }) => {
  if (row.id === 0) throw fail(UserNotFound, { user_id: 'seven' })
  return row
})
