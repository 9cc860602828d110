/** A dependency that is not used. */
import { get } from '../../src/index.ts'
import { db, row, User } from './users.ts'

get('/users/{user_id}', { dependencies: { db }, responses: { 200: User } }, (context) => ({ ...row, id: context.database.count }))
