/** A query parameter that is not declared. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users/{user_id}', { query: { verbose: z.boolean() }, responses: { 200: User } }, ({ query }) => ({ ...row, id: query.limit }))
