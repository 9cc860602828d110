/** A returned value without a field of its model. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, async () => ({ id: 1, email: row.email, name: row.name }))
