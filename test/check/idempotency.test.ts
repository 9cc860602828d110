/** An API with an Idempotency-Key: the check does not send one key with different requests as valid requests. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { checkContract, formatResult } from '../../src/check/index.ts'
import { createApp } from '../../src/index.ts'
import { idempotency } from '../../src/middleware/index.ts'

test('a 422 for a key of another request is not a cause', async () => {
  const app = createApp({ title: 'Orders', version: '1.0.0' })
  app.use(idempotency())
  let created = 0
  app.post(
    '/orders',
    { body: z.object({ count: z.int().min(1).max(9), note: z.string().optional() }), responses: { 201: z.object({ id: z.int() }) } },
    ({ reply }) => {
      created += 1
      return reply(201, { id: created })
    },
  )
  const result = await checkContract(app, { seed: 1, requests: 50 })
  assert.deepEqual(result.causes, [], formatResult(result))
  assert.ok(created > 10, `${created} orders`)
})
