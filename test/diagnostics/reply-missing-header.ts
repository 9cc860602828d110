/** A declared header that is required is not among the headers. */
import { z } from 'zod'
import { post } from '../../src/index.ts'
import { row, User, UserCreate } from './users.ts'

post('/users', { body: UserCreate, responses: { 201: { body: User, headers: { 'X-Custom-Header': z.string() } } } }, ({ reply }) =>
  reply(201, row, { headers: {} }),
)
