/** An error where the contract lists none. */
import { get } from '../../src/index.ts'
import { row, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, ({ fail }) => {
  if (row.id === 0) throw fail(UserNotFound, { user_id: 1 })
  return row
})
