/** `next({ onReply })` changes the reply without waiting for it. `next({ signal })` derives a signal when it is first read. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, defineError, defineMiddleware, stream, text, type Middleware } from '../../src/index.ts'
import { Journal } from '../support/journal.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Refused = defineError('REFUSED', { status: 409, detail: 'Refused' })
const log = new Journal()

const marking =
  (name: string): Middleware =>
  (_context, next) =>
    next({ onReply: ({ headers }) => headers.append('x-layers', name) })

const waiting =
  (name: string): Middleware =>
  async (_context, next) => {
    const reply = await next()
    reply.headers.append('x-layers', name)
    return reply
  }

/** Fails as the path says. */
const failing = defineMiddleware({ errors: [Refused], responseHeaders: { 'X-Count': z.int() } }, ({ path }, next) =>
  next({
    onReply(reply) {
      if (path.endsWith('/throws')) throw new Refused()
      if (path.endsWith('/handled')) throw new RangeError('handled')
      if (path.endsWith('/status')) reply.status = 418
      if (path.endsWith('/header')) reply.headers.set('x-count', 'SECRET')
    },
  }),
)

const writingLater: Middleware = (_context, next) =>
  next({
    async onReply({ headers }) {
      await Promise.resolve()
      headers.set('x-later', 'yes')
    },
  })

const failingLater = defineMiddleware({ errors: [Refused] }, (_context, next) =>
  next({
    async onReply() {
      await Promise.resolve()
      throw new Refused()
    },
  }),
)

async function* chunks() {
  try {
    yield 'a'
  } finally {
    log.add('producer closed')
  }
}

const logger = new RecordingLogger()

function openRecorded(...layers: readonly Middleware[]) {
  const app = createApp({ logger })
  for (const layer of layers) app.use(layer)
  app.onError(RangeError, { responses: { 400: text() } }, async (_error, { reply }) => {
    await Promise.resolve()
    return reply(400, 'handled')
  })
  for (const path of ['/passes', '/throws', '/handled', '/status', '/header'] as const) {
    app.get(`/now${path}`, { responses: { 200: text() } }, () => 'x')
    app.get(`/later${path}`, { responses: { 200: text() } }, async () => 'x')
    app.get(`/streams${path}`, { responses: { 200: stream('text/plain') } }, chunks)
  }
  return app
}

const HANDLERS = ['/now', '/later', '/streams'] as const

const kinds: readonly (readonly [name: string, outer: typeof marking, inner: typeof marking])[] = [
  ['around one that does the same', marking, marking],
  ['around one that waits', marking, waiting],
  ['inside one that waits', waiting, marking],
]

for (const [name, outer, inner] of kinds) {
  const app = openRecorded(outer('outer'), failing, inner('inner'))

  matrix(`a layer changes the reply after those inside it: ${name}`, app, async (request) => {
    for (const handler of HANDLERS) {
      const response = await request(`${handler}/passes`)
      assert.deepEqual([response.status, response.headers.get('x-layers')], [200, 'inner, outer'], handler)
      await response.text()
      log.take()
    }
    assert.equal((await request('/nowhere')).headers.get('x-layers'), 'inner, outer')
  })

  matrix(`an error that it throws becomes its declared response, which the outer layers get: ${name}`, app, async (request) => {
    for (const handler of HANDLERS) {
      const response = await request(`${handler}/throws`)
      assert.deepEqual([response.status, response.headers.get('x-layers')], [409, 'outer'], handler)
      assert.match(await response.text(), /"code":"REFUSED"/)
      if (handler === '/streams') assert.deepEqual(await log.takeWhen(1), ['producer closed'])
    }
  })

  matrix(`an asynchronous error handler handles an error that it throws: ${name}`, app, async (request) => {
    for (const handler of HANDLERS) {
      const response = await request(`${handler}/handled`)
      assert.deepEqual([response.status, response.headers.get('x-layers'), await response.text()], [400, 'outer', 'handled'], handler)
      if (handler === '/streams') assert.deepEqual(await log.takeWhen(1), ['producer closed'])
    }
  })

  matrix(`an undeclared error that it throws is a 500: ${name}`, app, async (request) => {
    for (const [path, message] of [
      ['/status', /UNDECLARED_STATUS: .*418/],
      ['/header', /RESPONSE_BREACH: .*X-Count/i],
    ] as const) {
      for (const handler of HANDLERS) {
        const response = await request(handler + path)
        assert.deepEqual([response.status, response.headers.get('x-layers')], [500, 'outer'], handler + path)
        assert.doesNotMatch(await response.text(), /SECRET/)
        const [told = ''] = logger.takeMessages()
        assert.match(told, message)
        assert.doesNotMatch(told, /SECRET/)
        if (handler === '/streams') assert.deepEqual(await log.takeWhen(1), ['producer closed'])
      }
    }
  })
}

test('the signal of a layer is derived from the outer signal once, when it is first read', async () => {
  const outer = new AbortController()
  const inner = new AbortController()
  const app = createApp()
  const giving =
    (name: string, { signal }: AbortController): Middleware =>
    (_context, next) =>
      next({
        signal(outside) {
          log.add(name)
          return AbortSignal.any([outside, signal])
        },
      })
  app.use(giving('outer', outer)).use(giving('inner', inner))
  app.get('/unread', { responses: { 200: text() } }, () => 'x')
  app.get('/read', { responses: { 200: text() } }, ({ signal, request }) => {
    assert.equal(request.signal.aborted, false)
    outer.abort()
    return String(signal.aborted)
  })
  assert.equal(await (await app.request('/unread')).text(), 'x')
  assert.deepEqual(log.take(), [])
  assert.equal(await (await app.request('/read')).text(), 'true')
  assert.deepEqual(log.take(), ['outer', 'inner'])
})

matrix('a promise of onReply is awaited', openRecorded(marking('outer'), writingLater), async (request) => {
  for (const path of ['/now/passes', '/later/passes', '/streams/passes']) {
    const response = await request(path)
    await response.text()
    assert.deepEqual([response.status, response.headers.get('x-later'), response.headers.get('x-layers')], [200, 'yes', 'outer'], path)
  }
  log.take()
})

matrix('a rejection of a promise of onReply becomes an error response', openRecorded(marking('outer'), failingLater), async (request) => {
  for (const path of ['/now/passes', '/later/passes', '/streams/passes']) {
    const response = await request(path)
    assert.deepEqual([response.status, response.headers.get('x-layers')], [409, 'outer'], path)
    await response.text()
  }
  log.take()
})
