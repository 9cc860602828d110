/** A returned field of another type than its model's. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, () => ({
  id: '1',
  email: row.email,
  name: row.name,
  created_at: row.created_at,
}))
