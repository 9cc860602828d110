/** A status in quotes is not a number, so no success is declared for a plain return. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { '200': User } }, () => row)
