/** A status that is not declared. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User, 201: User } }, ({ reply }) => reply(418, row))
