/** The headers that middleware adds are on every response that passes it, with any status. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { createApp, empty, file, json, stream, text } from '../../src/index.ts'
import { conditional, cors, csrf, idempotency, rateLimit, requestLog, secureHeaders, timeout } from '../../src/middleware/index.ts'
import { compression } from '../../src/node/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const ADDED = [
  'access-control-allow-origin',
  'access-control-allow-credentials',
  'content-security-policy',
  'cross-origin-opener-policy',
  'cross-origin-resource-policy',
  'ratelimit',
  'ratelimit-policy',
  'referrer-policy',
  'strict-transport-security',
  'x-content-type-options',
  'x-frame-options',
  'x-own',
]

const app = createApp({ logger: new RecordingLogger(), bodyLimitBytes: 100 })
app.use(requestLog({ logger: { info: () => undefined, error: () => undefined } }))
app.use(async (_context, next) => {
  const reply = await next()
  reply.headers.set('x-own', 'yes')
  return reply
})
app.use(secureHeaders())
app.use(cors({ origins: ['https://app.example'], credentials: true }))
app.use(rateLimit({ points: 90, duration: 60, key: ({ header }) => header('x-client') ?? 'one' }))
app.use(compression({ thresholdBytes: 1 }))
app.use(csrf({ origins: ['https://app.example'] }))
app.use(conditional())
app.use(idempotency())
app.use(timeout({ ms: 50 }))

const content = new File(['0123456789'], 'digits.txt', { type: 'text/plain', lastModified: 1e12 })
app.get('/text', { responses: { 200: text() } }, () => 'some text')
app.get('/file', { responses: { 200: file() } }, () => ({
  size: content.size,
  etag: '"v1"',
  slice: (a?: number, b?: number) => content.slice(a, b),
}))
app.get('/stream', { responses: { 200: stream('text/plain') } }, () => ['a', 'b'])
app.get('/fails', { responses: { 200: text() } }, () => {
  throw new Error('broken')
})
app.get('/slow', { responses: { 200: text() } }, () => new Promise<never>(() => undefined))
app.get('/items/{id}', { params: { id: z.int() }, responses: { 200: text() } }, () => 'x')
app.get('/choice', { responses: { 200: [json(z.string()), text()] } }, () => 'x')
app.post('/empty', { body: z.object({ name: z.string() }), responses: { 204: empty() } }, () => undefined)

const JSON_TYPE = { 'content-type': 'application/json' }
const CASES: readonly (readonly [status: number, method: string, path: string, headers?: Record<string, string>, body?: string])[] = [
  [200, 'GET', '/text'],
  [200, 'HEAD', '/text'],
  [200, 'GET', '/text', { 'accept-encoding': 'gzip' }],
  [200, 'GET', '/stream'],
  [200, 'GET', '/file'],
  [204, 'POST', '/empty', JSON_TYPE, '{"name":"a"}'],
  [204, 'POST', '/empty', { ...JSON_TYPE, 'idempotency-key': 'k' }, '{"name":"a"}'],
  [204, 'OPTIONS', '/text'],
  [206, 'GET', '/file', { range: 'bytes=1-2' }],
  [304, 'GET', '/file', { 'if-none-match': '"v1"' }],
  [307, 'GET', '/text/'],
  [400, 'GET', '/items/%ff'],
  [400, 'POST', '/empty', { ...JSON_TYPE, 'idempotency-key': 'a b' }, '{"name":"a"}'],
  [403, 'POST', '/empty', { 'sec-fetch-site': 'cross-site', origin: 'https://app.example.evil' }, ''],
  [404, 'GET', '/nowhere'],
  [404, 'HEAD', '/nowhere'],
  [405, 'PUT', '/text'],
  [406, 'GET', '/choice', { accept: 'image/png' }],
  [412, 'GET', '/file', { 'if-match': '"v0"' }],
  [413, 'POST', '/empty', JSON_TYPE, JSON.stringify({ name: 'x'.repeat(200) })],
  [415, 'POST', '/empty', { 'content-type': 'text/csv' }, 'a'],
  [416, 'GET', '/file', { range: 'bytes=50-60' }],
  [422, 'POST', '/empty', JSON_TYPE, '{}'],
  [422, 'GET', '/items/x'],
  [500, 'GET', '/fails'],
  [503, 'GET', '/slow'],
]

matrix('successes, redirects, and errors of every layer and of the framework have all headers', app, async (request) => {
  const client = { 'x-client': crypto.randomUUID(), origin: 'https://app.example' }
  for (const [status, method, path, headers, body] of CASES) {
    const response = await request(path, { method, headers: { ...client, ...headers }, ...(body !== undefined && { body }) })
    const name = `${status} ${method} ${path} ${JSON.stringify(headers ?? {})}`
    assert.equal(response.status, status, name)
    const isForeign = headers?.['origin'] !== undefined
    const missing = ADDED.filter((field) => !response.headers.has(field) && !(isForeign && field.startsWith('access-control')))
    assert.deepEqual(missing, [], name)
    assert.match(response.headers.get('vary') ?? '', /\bOrigin\b/, name)
    await response.arrayBuffer()
  }
})

matrix('the response to a request beyond the rate limit has them too', app, async (request) => {
  const headers = { 'x-client': crypto.randomUUID(), origin: 'https://app.example' }
  let response = await request('/text', { headers })
  for (let i = 0; i < 90; i += 1) response = await request('/text', { headers })
  assert.equal(response.status, 429)
  assert.deepEqual(
    ADDED.filter((field) => !response.headers.has(field)),
    [],
  )
})
