/** A field of the body that its model does not name. */
import { post } from '../../src/index.ts'
import { row, User, UserCreate } from './users.ts'

post('/users', { body: UserCreate, responses: { 201: User } }, ({ body }) => ({ ...row, name: body.nickname }))
