/** A route whose query lacks a parameter of its page. */
import { get, Page } from '../../src/index.ts'
import { row, User } from './users.ts'
import { z } from 'zod'

get('/users', { query: { size: z.int() }, responses: { 200: Page(User) } }, ({ query }) => Page.paginate([row], query))
