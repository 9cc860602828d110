/** Content for a status that has none. */
import { del, empty } from '../../src/index.ts'
import { row } from './users.ts'

del('/users/{user_id}', { responses: { 204: empty() } }, ({ reply }) => reply(204, row))
