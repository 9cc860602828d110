/** An asynchronous body of statements returns a value without a field of its model. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, async () => {
  const { id, name } = await Promise.resolve(row)
  return { id, name }
})
