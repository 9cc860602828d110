/** One item where a list is declared. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/users', { responses: { 200: z.array(User) } }, () => row)
