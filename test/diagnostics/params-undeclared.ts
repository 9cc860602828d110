/** A path parameter where the path has none. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { 200: User } }, ({ params }) => ({ ...row, id: params.user_id }))
