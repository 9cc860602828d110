/** A header where the contract declares none. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { 200: User } }, ({ headers }) => ({ ...row, name: headers['x-name'] }))
