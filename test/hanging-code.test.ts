/** A user's function that never settles: other clients are answered, the client that waits is cut, and the server stops in its time. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, defineRepresentation, dependency, errorBody, multipart, stream, text, type App } from '../src/index.ts'
import { timeout } from '../src/middleware/index.ts'
import { listen } from './support/listen.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { Wire } from './support/wire.ts'

const Text = { responses: { 200: text() } }
const forever = new Promise<never>(() => undefined)
const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const post = (type: string, content: string) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\nContent-Length: ${content.length}\r\n\r\n${content}`
const FORM = post('multipart/form-data; boundary=b', '--b\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nx\r\n--b--\r\n')

interface Place {
  readonly request: string
  /** `hang` tells that it was reached. */
  readonly build: (app: App, hang: () => Promise<never>) => void
}

const PLACES: Readonly<Record<string, Place>> = {
  handler: { request: GET, build: (app, hang) => app.get('/', Text, hang) },
  dependency: {
    request: GET,
    build: (app, hang) => app.get('/', { dependencies: { value: dependency(hang) }, ...Text }, () => 'x'),
  },
  'exit of a dependency': {
    request: GET,
    build(app, hang) {
      const value = dependency(async function* () {
        yield 1
        await hang()
      })
      app.get('/', { dependencies: { value }, ...Text }, () => 'x')
    },
  },
  'exit of a dependency after the response': {
    request: GET,
    build(app, hang) {
      const value = dependency({ scope: 'response' }, async function* () {
        yield 1
        await hang()
      })
      app.get('/', { dependencies: { value }, ...Text }, () => 'x')
    },
  },
  middleware: {
    request: GET,
    build(app, hang) {
      app.use(({ path }, next) => (path === '/' ? hang() : next()))
      app.get('/', Text, () => 'x')
    },
  },
  'stream before its first item': {
    request: GET,
    build: (app, hang) =>
      app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
        yield await hang()
      }),
  },
  'stream after its first item': {
    request: GET,
    build: (app, hang) =>
      app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
        yield 'x'
        yield await hang()
      }),
  },
  'clean-up of a stream': {
    request: GET,
    build: (app, hang) =>
      app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
        try {
          yield 'x'
        } finally {
          await hang()
        }
      }),
  },
  'background task': {
    request: GET,
    build: (app, hang) =>
      app.get('/', Text, ({ background }) => {
        background.add(hang)
        return 'x'
      }),
  },
  'refinement of an input': {
    request: GET,
    build: (app, hang) => app.get('/', { query: { q: z.string().default('a').refine(hang) }, ...Text }, () => 'x'),
  },
  'transform of an input': {
    request: GET,
    build: (app, hang) => app.get('/', { query: { q: z.string().default('a').transform(hang) }, ...Text }, () => 'x'),
  },
  'encode of a representation': {
    request: GET,
    build: (app, hang) => app.get('/', { responses: { 200: defineRepresentation({ mediaType: 'text/csv', encode: hang }) } }, () => 'x'),
  },
  'decode of a representation': {
    request: post('text/csv', 'x'),
    build: (app, hang) => app.post('/', { body: defineRepresentation({ mediaType: 'text/csv', decode: hang }), ...Text }, () => 'x'),
  },
  'store of a file': {
    request: FORM,
    build: (app, hang) => app.post('/', { body: multipart(z.object({ f: z.any() }), { store: hang }), ...Text }, () => 'x'),
  },
  'error body': {
    request: GET,
    build: (app, hang) =>
      app.get('/', { errorBody: errorBody(z.object({ a: z.string() }), hang as never), ...Text }, () => {
        throw new Error('first')
      }),
  },
  'error handler': {
    request: GET,
    build(app, hang) {
      app.onError(RangeError, Text, hang)
      app.get('/', Text, () => {
        throw new RangeError('first')
      })
    },
  },
}

for (const [place, { request, build }] of Object.entries(PLACES)) {
  for (const leaves of [true, false]) {
    test(`${place} never settles, and the client ${leaves ? 'leaves' : 'waits'}: others are answered and the server stops`, async () => {
      const app = createApp({ logger: new RecordingLogger(), openapiPath: false, docsPath: false })
      const reached = new Promise<void>((resolve) => {
        build(app, () => {
          resolve()
          return forever
        })
      })
      app.get('/alive', Text, () => 'alive')
      const server = await listen(app, { stopTimeoutMs: 50 })
      using wire = new Wire(server.port).send(request)
      await reached
      if (leaves) wire.leave()
      const response = await fetch(`${server.url}/alive`)
      assert.equal(await response.text(), 'alive')
      await server.stop()
      if (!leaves) await wire.ended
    })
  }
}

test('a handler that never settles is answered for by timeout()', async () => {
  const app = createApp({ logger: new RecordingLogger() })
  app.get('/', { middleware: [timeout({ ms: 5 })], ...Text }, () => forever)
  assert.equal((await app.request('/')).status, 503)
})
