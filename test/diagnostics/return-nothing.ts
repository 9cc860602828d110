/** A handler that forgets to answer. */
import { get } from '../../src/index.ts'
import { User } from './users.ts'

get('/users/{user_id}', { responses: { 200: User } }, () => {})
