/** Retries with an Idempotency-Key: the handler runs once, and each retry gets the same response. */
import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { z } from 'zod'
import { createApp, defineError, dependency, html, stream, text, type App } from '../../src/index.ts'
import { cors, createIdempotencyStore, idempotency, type IdempotencyOptions, type IdempotencyStore } from '../../src/middleware/index.ts'
import { bearer, Unauthorized } from '../../src/security/index.ts'
import { deferred } from '../support/deferred.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Payment = z.object({ amount: z.int().positive() })
const Declined = defineError('DECLINED', { status: 402, detail: 'The card was declined' })

const client = dependency({ security: bearer() }, ({ credentials, fail }) => {
  if (!credentials.startsWith('user-')) throw fail(Unauthorized)
  return credentials
})

/** Its payments have an `id` that counts the runs of the handler. */
function createPayments(options: IdempotencyOptions = {}) {
  const logger = new RecordingLogger()
  const app = createApp({ logger }).use(idempotency(options))
  let runs = 0
  const gates: (() => void)[] = []
  const responses = { 201: { body: z.object({ id: z.int() }), headers: { Location: z.string() } } }
  app.post('/payments', { dependencies: { client }, body: Payment, responses, errors: [Declined] }, ({ body, reply, fail }) => {
    runs += 1
    if (body.amount === 402) throw fail(Declined)
    if (body.amount === 500) throw new Error('the database is gone')
    return reply(201, { id: runs }, { headers: { Location: `/payments/${runs}` } })
  })
  app.post('/slow', { responses: { 200: z.object({ id: z.int() }) } }, async () => {
    runs += 1
    await new Promise<void>((resolve) => gates.push(resolve))
    return { id: runs }
  })
  const opened = dependency({ afterBody: true }, () => (runs += 1))
  app.post('/forms', { dependencies: { opened }, responses: { 200: [text(), html()] } }, () => 'x')
  app.post('/stream', { responses: { 200: stream('text/plain') } }, () => [String((runs += 1))])
  app.get('/runs', { responses: { 200: z.int() } }, () => runs)
  return { app, logger, runs: () => runs, gates }
}

const newKey = () => crypto.randomUUID()

function pay(request: SendRequest, key: string | undefined, { user = 'user-1', amount = 5, path = '/payments' } = {}) {
  const headers = {
    'content-type': 'application/json',
    authorization: `Bearer ${user}`,
    ...(key !== undefined && { 'idempotency-key': key }),
  }
  return request(path, { method: 'POST', headers, body: JSON.stringify({ amount }) })
}

const sendTo =
  (app: App): SendRequest =>
  (path, init) =>
    app.request(path, init)

const codeOf = async (response: Response) => [response.status, ((await response.json()) as { code?: string }).code]

describe('a retry', () => {
  const { app, runs } = createPayments()

  matrix('gets the response to the first request: status, headers and body', app, async (request) => {
    const key = newKey()
    const first = await pay(request, `"${key}"`)
    const before = runs()
    assert.deepEqual([first.status, first.headers.get('idempotency-replayed')], [201, null])
    const content = await first.text()
    for (const form of [`"${key}"`, key]) {
      const again = await pay(request, form)
      assert.deepEqual([again.status, again.headers.get('idempotency-replayed')], [201, 'true'])
      for (const name of ['content-type', 'location', 'content-length'])
        assert.equal(again.headers.get(name), first.headers.get(name), name)
      assert.equal(await again.text(), content)
    }
    assert.equal(runs(), before)
  })

  matrix('also gets an error of the handler', app, async (request) => {
    const key = newKey()
    const first = await (await pay(request, key, { amount: 402 })).text()
    const before = runs()
    const again = await pay(request, key, { amount: 402 })
    assert.deepEqual([again.status, await again.text(), runs()], [402, first, before])
  })

  matrix('with another payload or to another path is a 422', app, async (request) => {
    const key = newKey()
    await pay(request, key)
    assert.deepEqual(await codeOf(await pay(request, key, { amount: 6 })), [422, 'IDEMPOTENCY_KEY_REUSED'])
    assert.deepEqual(await codeOf(await pay(request, key, { path: '/payments?fast=1' })), [422, 'IDEMPOTENCY_KEY_REUSED'])
  })

  matrix('with the same key from another client runs the handler', app, async (request) => {
    const key = newKey()
    const first = await (await pay(request, key)).text()
    const other = await pay(request, key, { user: 'user-2' })
    assert.deepEqual([other.status, other.headers.get('idempotency-replayed')], [201, null])
    assert.notEqual(await other.text(), first)
  })

  matrix('passes the guards and the validation of its input each time', app, async (request) => {
    const key = newKey()
    const before = runs()
    assert.equal((await pay(request, key, { user: 'nobody' })).status, 401)
    assert.equal((await pay(request, key, { amount: -1 })).status, 422)
    assert.equal(runs(), before)
    assert.equal((await pay(request, key)).status, 201, 'what was refused has not taken the key')
  })

  matrix('runs the handler if the first request accepted none of its media types', app, async (request) => {
    const send = (accept: string, headers: Record<string, string>) => request('/forms', { method: 'POST', headers: { accept, ...headers } })
    const headers = { 'idempotency-key': newKey() }
    const before = runs()
    assert.equal((await send('image/png', headers)).status, 406)
    assert.equal(runs(), before, 'no dependency with afterBody has run')
    assert.equal((await send('text/html', headers)).status, 200)
  })

  matrix('after a 5xx or a stream runs again', app, async (request) => {
    const key = newKey()
    const before = runs()
    for (let i = 0; i < 2; i += 1) assert.equal((await pay(request, key, { amount: 500 })).status, 500)
    assert.equal(runs(), before + 2)
    const headers = { 'idempotency-key': newKey() }
    const texts = [0, 1].map(async () => (await request('/stream', { method: 'POST', headers })).text())
    assert.equal(new Set(await Promise.all(texts)).size, 2)
  })

  const slow = createPayments()

  matrix('while the first request is in progress is a 409', slow.app, async (request) => {
    const before = slow.runs()
    const send = (headers: Record<string, string>) => request('/slow', { method: 'POST', headers })
    const headers = { 'idempotency-key': newKey() }
    const first = send(headers)
    while (slow.runs() === before) await new Promise((resolve) => setImmediate(resolve))
    const second = await send(headers)
    assert.equal(second.headers.get('retry-after'), '1')
    assert.deepEqual(await codeOf(second), [409, 'IDEMPOTENCY_IN_PROGRESS'])
    slow.gates.pop()!()
    assert.equal((await first).status, 200)
    assert.equal((await send(headers)).headers.get('idempotency-replayed'), 'true')
    assert.equal(slow.runs(), before + 1)
  })
})

test('the error of an outer layer that did not wait is not stored', async () => {
  const Slow = defineError('SLOW', { status: 408, detail: 'Too slow' })
  const begun = deferred()
  const gate = deferred()
  let isPatient = false
  const app = createApp({ errors: [Slow] })
  app.use((_context, next) => {
    const reply = next()
    if (isPatient) return reply
    const late = begun.promise.then(() => {
      throw new Slow()
    })
    return Promise.race([reply, late])
  })
  app.use(idempotency()).post('/', { responses: { 200: text() } }, async () => {
    begun.resolve()
    await gate.promise
    return 'paid'
  })
  const init = { method: 'POST', headers: { 'idempotency-key': newKey() } }
  assert.equal((await app.request('/', init)).status, 408)
  isPatient = true
  gate.resolve()
  await app.drain()
  assert.equal((await app.request('/', init)).status, 200)
})

describe('the key', () => {
  const { app, runs } = createPayments({ required: true })

  matrix('is a 400 if it is malformed, or required and missing', app, async (request) => {
    const before = runs()
    for (const key of [undefined, '', '""', 'a b', 'a,b', '"a', 'x'.repeat(256)])
      assert.deepEqual(await codeOf(await pay(request, key)), [400, 'IDEMPOTENCY_KEY'], key)
    assert.equal(runs(), before)
    assert.equal((await request('/runs')).status, 200, 'GET needs none')
  })

  test('may be missing if it is optional, but a malformed key is a 400', async () => {
    const { app: optional } = createPayments()
    assert.equal((await pay(sendTo(optional), undefined)).status, 201)
    assert.equal((await pay(sendTo(optional), 'a b')).status, 400)
  })

  test('belongs to the subject, so that a client may change its token', async () => {
    const { app: bySubject } = createPayments({ subject: ({ header }) => header('authorization')!.split('-')[1]! })
    const key = newKey()
    await pay(sendTo(bySubject), key, { user: 'user-7-old' })
    assert.equal((await pay(sendTo(bySubject), key, { user: 'user-7-new' })).headers.get('idempotency-replayed'), 'true')
  })
})

describe('the document', () => {
  const { app } = createPayments({ required: true })

  test('describes the header, the errors and the replay header for the methods that use them', async () => {
    const { paths } = await app.document()
    const { parameters, responses } = paths['/payments']!['post']!
    assert.deepEqual(
      parameters!.map(({ name, in: location, required }) => [name, location, required]),
      [['Idempotency-Key', 'header', true]],
    )
    for (const status of ['400', '409', '422']) assert.ok(status in responses, status)
    assert.ok('Idempotency-Replayed' in ((responses['201'] as { headers?: object }).headers ?? {}))
    const read = paths['/runs']!['get']!
    assert.equal(read.parameters, undefined)
    assert.deepEqual(Object.keys(read.responses), ['200', '500'])
  })

  test('cors() lets scripts send the key and read the replay header', async () => {
    const shared = createApp().use(cors({ origins: '*' }))
    shared.use(idempotency())
    shared.post('/', { responses: { 200: z.int() } }, () => 1)
    const ask = { origin: 'https://app.example', 'access-control-request-method': 'POST' }
    const preflight = await shared.request('/', { method: 'OPTIONS', headers: ask })
    assert.match(preflight.headers.get('access-control-allow-headers')!, /\bidempotency-key\b/)
    const response = await shared.request('/', { method: 'POST', headers: { origin: 'https://app.example' } })
    assert.match(response.headers.get('access-control-expose-headers')!, /\bidempotency-replayed\b/)
  })
})

const failStore = () => Promise.reject(new Error('the store is gone'))

describe('the store', () => {
  test('frees a key when its response or its lock expires', async (context) => {
    context.mock.timers.enable({ apis: ['Date'] })
    const store = createIdempotencyStore()
    const [first, second] = [0, 1].map((i) => ({ key: 'k', owner: `o${i}` })) as [
      { key: string; owner: string },
      { key: string; owner: string },
    ]
    assert.equal(await store.begin(first, 'f', 10), undefined)
    context.mock.timers.tick(9_999)
    assert.deepEqual((await store.begin(second, 'f', 10))?.response, undefined)
    context.mock.timers.tick(1)
    assert.equal(await store.begin(second, 'f', 10), undefined)
    // The first one ends after all: the key is no longer its own.
    await store.complete(first, { status: 200, headers: [], body: null }, 60)
    await store.release(first)
    assert.equal((await store.begin(first, 'f', 10))?.response, undefined)
    await store.complete(second, { status: 204, headers: [], body: null }, 60)
    context.mock.timers.tick(59_999)
    assert.equal((await store.begin(first, 'f', 10))?.response?.status, 204)
    context.mock.timers.tick(1)
    assert.equal(await store.begin(first, 'f', 10), undefined)
  })

  test('drops the oldest responses beyond its limit, but no request in progress', async () => {
    const store = createIdempotencyStore({ limitBytes: 10_240 })
    await store.begin({ key: 'running', owner: 'o' }, 'f', 60)
    const has = async (key: string) => (await store.begin({ key, owner: 'asks' }, 'f', 60)) !== undefined
    for (let i = 0; i < 20; i += 1) {
      await store.begin({ key: `k${i}`, owner: 'o' }, 'f', 60)
      await store.complete({ key: `k${i}`, owner: 'o' }, { status: 200, headers: [], body: new Uint8Array(1024) }, 60)
    }
    assert.deepEqual([await has('running'), await has('k19'), await has('k0')], [true, true, false])
  })

  test('causes a 500 if it fails before the handler; if it fails after the handler, the response is sent and the error is logged', async () => {
    const memory = createIdempotencyStore()
    const broken = (part: Partial<IdempotencyStore>) => createPayments({ store: { ...memory, ...part } })
    const before = broken({ begin: failStore })
    assert.equal((await pay(sendTo(before.app), newKey())).status, 500)
    assert.equal(before.runs(), 0)
    const after = broken({ complete: failStore })
    assert.equal((await pay(sendTo(after.app), newKey())).status, 201)
    await after.app.drain()
    assert.match(after.logger.takeMessages().join(), /the store is gone/)
  })

  test('contains neither the key nor the credentials', async () => {
    const begin = mock.fn(() => undefined)
    const { app } = createPayments({ store: { ...createIdempotencyStore(), begin } })
    await pay(sendTo(app), 'my-key')
    const told = JSON.stringify(begin.mock.calls[0]!.arguments)
    assert.doesNotMatch(told, /my-key|user-1/)
  })

  test('stores no response beyond the limit', async () => {
    const { app, runs } = createPayments({ limitBytes: 3 })
    const key = newKey()
    for (let i = 0; i < 2; i += 1) assert.equal((await pay(sendTo(app), key)).status, 201)
    assert.equal(runs(), 2)
  })
})
