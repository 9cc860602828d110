/** A body of statements returns a field of another type than its model's. */
import { get } from '../../src/index.ts'
import { db, User, UserNotFound } from './users.ts'

get('/users/{user_id}', { dependencies: { db }, responses: { 200: User }, errors: [UserNotFound] }, ({ params, fail, ...context }) => {
  const user = context.db.find(Number(params.user_id))
  if (user === undefined) throw fail(UserNotFound, { user_id: 7 })
  return { ...user, id: params.user_id }
})
