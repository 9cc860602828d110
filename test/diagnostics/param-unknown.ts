/** A path parameter that the path does not have. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, ({ params }) => ({ ...row, name: params.userid }))
