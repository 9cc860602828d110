/** An error with data that the contract does not list. */
import { z } from 'zod'
import { defineError, get } from '../../src/index.ts'
import { row, User, UserNotFound } from './users.ts'

const Gone = defineError('GONE', { status: 410, detail: 'Gone', data: z.object({ since: z.string() }) })

get('/users/{user_id}', { responses: { 200: User }, errors: [UserNotFound] }, ({ fail }) => {
  if (row.id === 0) throw fail(Gone, { since: 'ever' })
  return row
})
