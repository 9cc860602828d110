/** A declared header of another type than its model's. */
import { z } from 'zod'
import { post } from '../../src/index.ts'
import { row, User } from './users.ts'

post('/users', { responses: { 201: { body: User, headers: { 'X-Total': z.int() } } } }, ({ reply }) =>
  reply(201, row, { headers: { 'X-Total': 'many' } }),
)
