/** A cookie where the contract declares none. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { 200: User } }, ({ cookies: { name } }) => ({ ...row, name }))
