/** A response that is neither a schema nor a representation. */
import { get } from '../../src/index.ts'
import { row } from './users.ts'

get('/users/{user_id}', { responses: { 200: 'User' } }, () => row)
