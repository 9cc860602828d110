import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, defineRepresentation, empty, html, json, jsonl, sse, text } from '../../src/index.ts'

const silent = { openapiPath: false, docsPath: false } as const

test('contracts() describes how each model is encoded, and which parts the library validates', () => {
  const app = createApp(silent)
  const User = z.object({ id: z.int(), at: z.date() })
  app.get('/users', { responses: { 200: z.array(User), 204: empty() } }, () => [])
  app.get('/odd', { responses: { 200: jsonl(z.object({ name: z.string().refine((name) => name !== 'x') })) } }, () => [])
  assert.deepEqual(app.contracts(), [
    { where: 'GET /users', status: 200, mediaType: 'application/json', event: undefined, backEnd: 'slab', islands: [] },
    { where: 'GET /users', status: 204, mediaType: undefined, event: undefined, backEnd: undefined, islands: [] },
    {
      where: 'GET /odd',
      status: 200,
      mediaType: 'application/jsonl',
      event: undefined,
      backEnd: 'slab',
      islands: [{ path: ['name'], reason: 'a custom check' }],
    },
  ])
})

test('text has no model, events have one each, and what serialises by itself gets what closures have filtered', () => {
  const app = createApp(silent)
  const csv = defineRepresentation({ mediaType: 'text/csv', schema: z.object({ a: z.string().trim() }), encode: ({ a }) => a })
  app.get('/page', { responses: { 200: [json(z.object({ id: z.int() })), html(), csv] } }, () => ({ id: 1 }) as never)
  app.get('/ticks', { responses: { 200: sse({ tick: z.object({ n: z.int() }), word: text() }) } }, async function* ({ event }) {
    yield event.tick({ n: 1 })
  })
  assert.deepEqual(
    app.contracts().map(({ mediaType, event, backEnd, islands }) => [mediaType, event, backEnd, islands.length]),
    [
      ['application/json', undefined, 'slab', 0],
      ['text/html; charset=utf-8', undefined, undefined, 0],
      ['text/csv; charset=utf-8', undefined, 'closures', 1],
      ['text/event-stream', 'tick', 'slab', 0],
      ['text/event-stream', 'word', undefined, 0],
    ],
  )
})
