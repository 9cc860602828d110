/** One branch forgets to answer. */
import { get } from '../../src/index.ts'
import { db, User } from './users.ts'

get('/users/{user_id}', { dependencies: { db }, responses: { 200: User } }, (context) => {
  const user = context.db.find(1)
  if (user !== undefined) return user
})
