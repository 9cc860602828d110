/** An event where no response has events. */
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { 200: User } }, ({ event }) => ({ ...row, name: event.message }))
