/** A row that may not be there is sent unchecked. */
import { get } from '../../src/index.ts'
import { db, User } from './users.ts'

get('/users/{user_id}', { dependencies: { db }, responses: { 200: User } }, (context) => context.reply(200, context.db.find(1)))
