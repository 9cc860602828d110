import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, jsonl } from '../../src/index.ts'

test('an app says of each response how its model is encoded, and what is left to its library', () => {
  const app = createApp({ openapiPath: false })
  const User = z.object({ id: z.int(), at: z.date() })
  app.get('/users', { responses: { 200: z.array(User), 204: {} } }, () => [])
  app.get('/odd', { responses: { 200: jsonl(z.object({ name: z.string().refine((name) => name !== 'x') })) } }, () => [])
  const described = app.contracts()
  assert.deepEqual(
    described.map(({ where, status, mediaType }) => [where, status, mediaType]),
    [
      ['GET /users', 200, 'application/json'],
      ['GET /odd', 200, 'application/jsonl'],
    ],
  )
  assert.deepEqual(described[0]!.islands, [])
  assert.equal(described[1]!.islands.length, 1)
  assert.match(described[1]!.islands[0]!.reason, /custom check/)
})
