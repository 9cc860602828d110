/** A row that may not be there is returned unchecked. */
import { get } from '../../src/index.ts'
import { db, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { dependencies: { db }, responses: { 200: User }, errors: [UserNotFound] }, async (context) => {
  const user = await Promise.resolve(context.db.find(1))
  return user
})
