/** What a handler may give back, and in what time. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { reply as makeReply } from '../../src/contract/result.ts'
import { createApp, fastapi, HTTPError } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Count = z.object({ count: z.int() })
const responses = { 200: Count, 201: Count, 204: {}, 409: fastapi() }

/** As query builders are: no promise, but what `await` takes. */
class Query {
  readonly #outcome: Promise<unknown>

  constructor(outcome: Promise<unknown>) {
    outcome.catch(() => undefined)
    this.#outcome = outcome
  }

  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  then(...[taken, refused]: Parameters<Promise<unknown>['then']>): Promise<unknown> {
    return this.#outcome.then(taken, refused)
  }
}

class Row {
  readonly #count: number

  constructor(count: number) {
    this.#count = count
  }

  get count(): number {
    return this.#count
  }
}

const logger = new RecordingLogger()
const app = createApp({ errorBody: fastapi(), logger, openapiPath: false, docsPath: false })
const given: Record<string, () => unknown> = {
  value: () => ({ count: 1 }),
  row: () => new Row(1),
  promise: async () => ({ count: 1 }),
  query: () => new Query(Promise.resolve({ count: 1 })),
  'query-of-a-promise': async () => new Query(Promise.resolve(new Row(1))),
}
for (const [name, handler] of Object.entries(given)) app.get(`/${name}`, { responses }, handler as never)
const sent: Record<string, () => unknown> = {
  reply: () => makeReply(201, { count: 1 }),
  'reply-late': async () => makeReply(201, { count: 1 }),
  'reply-by-query': () => new Query(Promise.resolve(makeReply(201, { count: 1 }))),
}
for (const [name, handler] of Object.entries(sent)) app.get(`/${name}`, { responses }, handler as never)
app.get('/failed-query', { responses }, (() => new Query(Promise.reject(new HTTPError(409, 'Taken')))) as never)
app.get('/then-is-a-field', { responses: { 200: z.record(z.string(), z.string()) } }, () => JSON.parse('{"then":"a text"}') as never)
app.get('/nothing', { responses }, ({ reply }) => reply(204))
app.get('/not-returned', { responses: { 200: Count, 201: Count } }, (({ reply }: { reply: typeof makeReply }) => {
  reply(201, { count: 1 })
}) as never)
app.onError(RangeError, { responses: { 400: Count } }, (() => new Query(Promise.resolve(makeReply(400, { count: 4 })))) as never)
app.get('/handled', { responses }, () => {
  throw new RangeError()
})

matrix('a value, a row of getters, a promise or a query that `await` would take', app, async (request) => {
  for (const name of Object.keys(given)) {
    const response = await request(`/${name}`)
    assert.deepEqual([response.status, await response.text()], [200, '{"count":1}'], name)
  }
  assert.equal(await (await request('/then-is-a-field')).text(), '{"then":"a text"}')
})

matrix('reply(), synchronously or in a promise', app, async (request) => {
  for (const name of Object.keys(sent)) {
    const response = await request(`/${name}`)
    assert.deepEqual([response.status, await response.text()], [201, '{"count":1}'], name)
  }
  assert.equal((await request('/nothing')).status, 204)
  assert.deepEqual(await (await request('/handled')).json(), { count: 4 })
})

matrix('a query that fails is an error like any other', app, async (request) => {
  const response = await request('/failed-query')
  assert.deepEqual([response.status, await response.text()], [409, '{"detail":"Taken"}'])
  assert.deepEqual(logger.takeMessages(), [])
})

matrix('a reply() that is not returned has no effect', app, async (request) => {
  assert.equal((await request('/not-returned')).status, 500)
  assert.deepEqual(logger.takeMessages(), ['RESPONSE_BREACH: GET /not-returned 200: the value: expected object, got undefined'])
})
