/** A staged header that is not text. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, ({ response }) => {
  response.headers.set('x-count', 1)
  return row
})
