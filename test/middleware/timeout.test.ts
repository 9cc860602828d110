/** A response that takes too long becomes one 503. A late result is discarded. */
import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, stream, text } from '../../src/index.ts'
import { TimedOut, timeout } from '../../src/middleware/index.ts'
import { serve } from '../../src/node/index.ts'
import { heapAfterCollection } from '../support/heap.ts'
import { Journal } from '../support/journal.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { deferred } from '../support/deferred.ts'
import { Wire } from '../support/wire.ts'

const log = new Journal()
let slow = deferred()
const held = dependency(function* () {
  try {
    yield 1
    log.add('committed')
  } catch (error) {
    log.add(`rolled back: ${(error as Error).name}`)
  }
})
const logger = new RecordingLogger()
const app = createApp({ logger })
const contract = { dependencies: { held }, responses: { 200: text() }, middleware: [timeout({ ms: 20 })] }
app.get('/late', contract, async (context) => {
  await slow.promise
  log.add(`late: ${(context.signal.reason as Error | undefined)?.name}`)
  return 'SECRET'
})
app.get('/{end}', contract, async ({ params, signal, response, background }) => {
  if (params.end === 'at-once') return 'fast'
  response.cookies.set('sid', 'SECRET')
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  log.add(`aborted: ${(signal.reason as Error).name}`)
  await slow.promise
  background.add(() => log.add('SECRET task'))
  if (params.end === 'throws') throw signal.reason
  return 'SECRET'
})
app.get('/stream/{x}', { responses: { 200: stream('text/plain') }, middleware: [timeout({ ms: 20 })] }, async function* () {
  yield 'a'
  await new Promise((resolve) => setTimeout(resolve, 40))
  yield 'b'
})

matrix('a response that is ready in time is sent', app, async (request) => {
  const response = await request('/at-once')
  assert.deepEqual([response.status, await response.text()], [200, 'fast'])
  assert.deepEqual(log.take(), ['committed'])
})

matrix('a late value or error is discarded, and the dependencies are released once', app, async (request) => {
  for (const path of ['/returns', '/throws']) {
    slow = deferred()
    const response = await request(path)
    assert.deepEqual([response.status, response.headers.get('set-cookie')], [503, null], path)
    const body = await response.text()
    assert.match(body, /"code":"TIMEOUT"/)
    assert.doesNotMatch(body, /SECRET/)
    assert.deepEqual(await log.takeWhen(1), ['aborted: TIMEOUT'])
    slow.resolve()
    assert.deepEqual(await log.takeWhen(1), ['rolled back: TIMEOUT'])
    await app.drain()
    assert.deepEqual(log.take(), [])
    assert.deepEqual(logger.takeMessages(), ['GET /{end}: TIMEOUT: The server took too long to respond'])
  }
})

matrix('the signal is aborted, also if it is first read after the time limit', app, async (request) => {
  slow = deferred()
  const response = await request('/late')
  assert.equal(response.status, 503)
  slow.resolve()
  assert.deepEqual(await log.takeWhen(2), ['late: TIMEOUT', 'rolled back: TIMEOUT'])
  await app.drain()
  logger.takeMessages()
})

matrix('the body of a stream may take longer than the limit', app, async (request) => {
  assert.equal(await (await request('/stream/x')).text(), 'ab')
})

test('a dependency is released if the client disconnects while it receives the 503', async () => {
  const app = createApp({ logger: new RecordingLogger() })
  app.post('/', { middleware: [timeout({ ms: 20 })], dependencies: { held }, body: text(), responses: { 200: text() } }, ({ body }) => body)
  await using server = await serve(app, { port: 0, host: '127.0.0.1' })
  using wire = new Wire(server.port)
  wire.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\nContent-Length: 10\r\n\r\nabc')
  await wire.until('"code":"TIMEOUT"')
  wire.leave()
  assert.deepEqual(await log.takeWhen(1), ['rolled back: RequestError'])
  await app.drain()
})

test('the document of the routes below it contains the 503', async () => {
  const { paths } = await app.document()
  assert.ok('503' in paths['/{end}']!['get']!.responses)
})

test('keeps no signal of a request that has ended', async () => {
  const app = createApp({ docsPath: false })
  app.use(timeout({ ms: 60_000 }))
  app.get('/', { responses: { 200: text() } }, async ({ signal }) => {
    const held = new Uint8Array(4_096)
    signal.addEventListener('abort', () => held.fill(1))
    return 'x'
  })
  const ask = async (count: number) => {
    for (let asked = 0; asked < count; asked += 1) await (await app.request('/')).text()
    let heap = Infinity
    // What is released in one turn of the event loop may hold what is released in the next one.
    for (let turn = 0; turn < 10; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1))
      heap = heapAfterCollection()
    }
    return heap
  }
  const before = await ask(200)
  const each = ((await ask(1_000)) - before) / 1_000
  assert.ok(each < 2_048, `each request left ${each.toFixed(0)} bytes`)
})

test('listens to an outside signal only while a request is open', async () => {
  const outside = new AbortController()
  const app = createApp({ docsPath: false })
  app.use((_context, next) => next({ signal: outside.signal }))
  app.use(timeout({ ms: 60_000 }))
  app.get('/', { responses: { 200: text() } }, async ({ signal }) => {
    signal.throwIfAborted()
    assert.equal(getEventListeners(outside.signal, 'abort').length, 1)
    return 'x'
  })
  for (let asked = 0; asked < 3; asked += 1) {
    assert.equal((await app.request('/')).status, 200)
    await app.drain()
  }
  assert.equal(getEventListeners(outside.signal, 'abort').length, 0)
})

test('the time limit may be longer than a timer can wait', async () => {
  for (const ms of [Infinity, 2 ** 31]) {
    const patient = createApp({ logger })
    patient.use(timeout({ ms }))
    patient.get('/', { responses: { 200: text() } }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return 'done'
    })
    assert.equal(await (await patient.request('/')).text(), 'done')
  }
})

test('after the time limit no further step starts', async () => {
  let gate = deferred()
  let order: string[] = []
  const entered = dependency(() => gate.promise)
  const next = dependency(() => void order.push('next dependency'))
  const opened = dependency({ afterBody: true }, () => gate.promise)
  const wait = z.string().refine(() => gate.promise.then(() => true))
  const responses = { 200: text() }
  const handler = () => (order.push('handler'), 'x')
  const limited = createApp({ logger }).use(timeout({ ms: 5 }))
  limited.post('/text', { query: { wait }, dependencies: { next }, responses }, handler)
  limited.post('/dependency', { dependencies: { entered, next }, responses }, handler)
  limited.post('/later', { dependencies: { opened }, responses }, handler)
  for (const name of ['text', 'dependency', 'later']) {
    gate = deferred()
    order = []
    assert.equal((await limited.request(`/${name}?wait=x`, { method: 'POST' })).status, 503)
    gate.resolve()
    await limited.drain()
    assert.deepEqual(order, [], name)
  }
})

test('an error handler gets the error of the time limit once', async () => {
  const gate = deferred()
  let calls = 0
  const limited = createApp({ logger }).use(timeout({ ms: 5 }))
  limited.onError(TimedOut, { responses: { 503: text() } }, (_error, { reply }) => reply(503, `call ${(calls += 1)}`))
  limited.get('/', { responses: { 200: text() } }, async () => {
    await gate.promise
    return 'late'
  })
  assert.equal(await (await limited.request('/')).text(), 'call 1')
  gate.resolve()
  await limited.drain()
  assert.equal(calls, 1)
})
