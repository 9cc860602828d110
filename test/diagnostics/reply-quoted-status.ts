/** A status in quotes is not a number, so `reply()` does not know it. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { '200': User } }, ({ reply }) => reply(200, row))
