/** Streams whose server stops: no part of a finite one looks complete, and an endless one is told to come back. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { test } from 'node:test'
import { z } from 'zod'
import { defineError, errorBody, get, jsonl, post, raw, sse, stream, createApp, type Route } from '../src/index.ts'
import { serve } from '../src/node/index.ts'
import { RecordingLogger, silent } from './support/recording-logger.ts'
import { deferred } from './support/deferred.ts'

const Tick = z.object({ n: z.int() })

async function open(route: Route, stopTimeoutMs = 50, logger: RecordingLogger | typeof silent = silent) {
  const app = createApp({ logger }).add({ route })
  const server = await serve(app, { port: 0, stopOnSignals: false, stopTimeoutMs })
  const [response] = (await once(request(server.url, { method: route.method }).end(), 'response')) as [IncomingMessage]
  let content = ''
  response.setEncoding('utf8').on('data', (chunk: string) => (content += chunk))
  const ended = new Promise<void>((resolve) => response.once('close', resolve).once('error', () => undefined))
  return { server, response, read: async () => (await ended, { content, isWhole: response.complete }) }
}

/** Two items, between which the server stops; it ends early where its signal aborts, as a careful producer does. */
function producer(first: unknown, second: unknown) {
  const { promise, resolve } = deferred()
  async function* items({ signal }: { signal: AbortSignal }) {
    yield first
    await Promise.race([promise, new Promise((done) => signal.addEventListener('abort', done))])
    if (!signal.aborted) yield second
  }
  return { items: items as never, resume: resolve }
}

const finite: Record<string, (handler: never) => Route> = {
  'sse over POST': (handler) => post('/', { responses: { 200: sse(Tick) } }, handler),
  'sse with endless: false': (handler) => get('/', { responses: { 200: sse(Tick, { endless: false }) } }, handler),
  jsonl: (handler) => get('/', { responses: { 200: jsonl(Tick) } }, handler),
  stream: (handler) => get('/', { responses: { 200: stream('text/plain') } }, handler),
}

for (const [name, routeOf] of Object.entries(finite)) {
  const [first, second] = name === 'stream' ? ['first', 'second'] : [{ n: 1 }, { n: 2 }]

  test(`${name}: a stream that finishes before the deadline is complete`, async () => {
    const { items, resume } = producer(first, second)
    const { server, response, read } = await open(routeOf(items), 60_000)
    await once(response, 'data')
    const stopped = server.stop()
    resume()
    const { content, isWhole } = await read()
    assert.equal(isWhole, true)
    assert.match(content, name === 'stream' ? /second/ : /"n":2/)
    await stopped
  })

  test(`${name}: a stream that does not finish is cut, although its producer ends in order`, async () => {
    const { items } = producer(first, second)
    const { server, response, read } = await open(routeOf(items))
    await once(response, 'data')
    await server.stop()
    assert.equal((await read()).isWhole, false)
  })
}

test('an endless event stream ends in order, with the time after which its client connects again', async () => {
  const { items } = producer({ n: 1 }, { n: 2 })
  const { server, response, read } = await open(get('/', { responses: { 200: sse(Tick) } }, items), 60_000)
  await once(response, 'data')
  await server.stop()
  const { content, isWhole } = await read()
  assert.equal(isWhole, true)
  assert.match(content, /retry: \d+\n\n$/)
})

test('a raw stream that is endless does not hold the stop', async () => {
  const body = new ReadableStream({ start: (controller) => controller.enqueue(new TextEncoder().encode('first')) })
  const route = get('/', { responses: { 200: raw({ endless: true }) } }, () => new Response(body))
  const { server, response, read } = await open(route, 60_000)
  await once(response, 'data')
  await server.stop()
  assert.equal((await read()).isWhole, true)
})

const Overloaded = defineError('OVERLOADED', { status: 503, detail: 'Too many requests' })
const openaiError = errorBody(z.object({ error: z.object({ message: z.string() }) }), (error) => ({ error: { message: error.title } }))

test('over POST the head waits for the first event, so that an early error is a response of its own', async () => {
  const { promise, resolve } = deferred()
  const route = post('/', { responses: { 200: sse(Tick, { error: openaiError }) }, errors: [Overloaded] }, async function* ({ fail }) {
    await promise
    if (promise !== undefined) throw fail(Overloaded)
    yield { n: 1 }
  })
  setTimeout(resolve, 100)
  const { server, response, read } = await open(route)
  assert.equal(response.statusCode, 503)
  await read()
  await server.stop()
})

test('a late error is the last event, in the declared body, and is logged', async () => {
  const logger = new RecordingLogger()
  const route = post('/', { responses: { 200: sse(Tick, { end: '[DONE]', error: openaiError }) } }, async function* () {
    yield { n: 1 }
    throw new Error('SECRET')
  })
  const { server, read } = await open(route, 1000, logger)
  const { content, isWhole } = await read()
  assert.equal(content, 'data: {"n":1}\n\ndata: {"error":{"message":"Internal Server Error"}}\n\n')
  assert.equal(isWhole, true)
  await server.stop()
  assert.deepEqual(logger.takeMessages(), ['POST /: while the response was sent: Error: SECRET'])
})

test('a complete stream ends with its closing text, and a text event may only tell an id', async () => {
  const route = post('/', { responses: { 200: sse(Tick, { end: '[DONE]' }) } }, async function* ({ event }) {
    yield event.text('', { id: 'first' })
    yield { n: 1 }
  })
  const { server, read } = await open(route)
  assert.equal((await read()).content, 'data: \nid: first\n\ndata: {"n":1}\n\ndata: [DONE]\n\n')
  await server.stop()
})

test('HEAD of a Node stream that fails is answered, and the process goes on', async () => {
  const { createReadStream } = await import('node:fs')
  const route = get('/', { responses: { 200: stream('text/csv') } }, () => createReadStream('/missing'))
  const app = createApp({ logger: silent }).add({ route })
  assert.equal((await app.request('/', { method: 'HEAD' })).status, 200)
  await new Promise((resolve) => setTimeout(resolve, 20))
})
