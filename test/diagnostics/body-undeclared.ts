/** A body is read that is not declared. */
import { post } from '../../src/index.ts'
import { row, User } from './users.ts'

post('/users', { responses: { 201: User } }, ({ body }) => ({ ...row, name: body.name }))
