/** A header that is not declared beside one that is. */
import { z } from 'zod'
import { post } from '../../src/index.ts'
import { row, User } from './users.ts'

post('/users', { responses: { 201: { body: User, headers: { 'X-Total': z.int() } } } }, ({ reply }) =>
  reply(201, row, { headers: { 'X-Total': 1, 'X-Totel': 2 } }),
)
