/** A value inside the result was not awaited. */
import { z } from 'zod'
import { get } from '../../src/index.ts'
import { row, User } from './users.ts'

get('/first', { responses: { 200: z.object({ user: User }) } }, () => ({ user: Promise.resolve(row) }))
