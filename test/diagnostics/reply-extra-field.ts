/** A field in a literal that its model does not name. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, ({ reply }) =>
  reply(200, { id: 1, email: row.email, name: row.name, created_at: row.created_at, password_hash: row.password_hash }),
)
