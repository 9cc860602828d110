/** A body is returned that is not declared. */
import { post } from '../../src/index.ts'
import { User } from './users.ts'

post('/users', { responses: { 201: User } }, ({ body }) => body)
