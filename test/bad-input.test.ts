/** Bad input in every place: a clear error in the declared model, nothing of it echoed, and the process lives on. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { bytes, createApp, fastapi, form, multipart, problem, text } from '../src/index.ts'
import { listen } from './support/listen.ts'
import { matrix, type SendRequest } from './support/matrix.ts'
import { Wire } from './support/wire.ts'
import { silent } from './support/recording-logger.ts'

/** Stands in every bad value: no answer may hold it. */
const MARK = 'ECHO-ME-NOT'
const Ok = z.object({ ok: z.boolean() })
const answer = { responses: { 200: Ok } }
const ok = () => ({ ok: true })
const number = z.int()

function createPickyApp(errorBody = fastapi()) {
  const app = createApp({ errorBody, logger: silent })
  app.get('/path/{number}', { params: { number }, ...answer }, ok)
  app.get('/query', { query: { number, list: z.array(number).default([]) }, ...answer }, ok)
  app.get('/header', { headers: { 'x-number': number }, ...answer }, ok)
  app.get('/cookie', { cookies: { number }, ...answer }, ok)
  app.post('/json', { body: z.object({ number, any: z.unknown().optional() }), bodyLimitBytes: 32_000_000, ...answer }, ok)
  app.post('/form', { body: form(z.object({ number })), ...answer }, ok)
  app.post('/multipart', { body: multipart(z.object({ number })), ...answer }, ok)
  app.post('/text', { body: text(), ...answer }, ok)
  app.post('/limited', { body: bytes(), bodyLimitBytes: 16, ...answer }, ok)
  app.get('/alive', answer, ok)
  return app
}

interface BadRequest {
  readonly path: string
  readonly headers?: Record<string, string>
  readonly body?: string | Uint8Array
  readonly status: number
  /** Where the error is said to be, for 422. */
  readonly loc?: readonly (string | number)[]
}

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const part = (name: string, value: string) => `--limit\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--limit--\r\n`

const BAD: Readonly<Record<string, BadRequest>> = {
  'a path parameter of the wrong type': { path: `/path/${MARK}`, status: 422, loc: ['path', 'number'] },
  'a malformed percent escape in the path': { path: `/path/%zz${MARK}`, status: 400 },
  'a path that is not UTF-8': { path: `/path/%ff${MARK}`, status: 400 },
  'a query parameter of the wrong type': { path: `/query?number=${MARK}`, status: 422, loc: ['query', 'number'] },
  'a query parameter that is missing': { path: `/query?other=${MARK}`, status: 422, loc: ['query', 'number'] },
  'a query parameter that is given twice but is not a list': {
    path: `/query?number=1&number=${MARK}`,
    status: 422,
    loc: ['query', 'number'],
  },
  'one wrong element of a list': { path: `/query?number=1&list=2&list=${MARK}`, status: 422, loc: ['query', 'list', 1] },
  'a malformed percent escape in the query': { path: `/query?number=%zz${MARK}`, status: 422, loc: ['query', 'number'] },
  'a header field of the wrong type': { path: '/header', headers: { 'x-number': MARK }, status: 422, loc: ['header', 'x-number'] },
  'a cookie of the wrong type': { path: '/cookie', headers: { cookie: `number=${MARK}` }, status: 422, loc: ['cookie', 'number'] },
  'JSON of the wrong type': { path: '/json', headers: JSON_TYPE, body: `{"number":"${MARK}"}`, status: 422, loc: ['body', 'number'] },
  'JSON that lacks a field': { path: '/json', headers: JSON_TYPE, body: `{"${MARK}":1}`, status: 422, loc: ['body', 'number'] },
  'JSON that is cut off': { path: '/json', headers: JSON_TYPE, body: `{"number":1,"any":"${MARK}`, status: 422 },
  'text that is not JSON': { path: '/json', headers: JSON_TYPE, body: MARK, status: 422 },
  'JSON that is not UTF-8': { path: '/json', headers: JSON_TYPE, body: Uint8Array.of(0x22, 0xff, 0x22), status: 422, loc: ['body'] },
  'no content where JSON is needed': { path: '/json', headers: JSON_TYPE, body: '', status: 422, loc: ['body'] },
  'ten megabytes of nested lists': { path: '/json', headers: JSON_TYPE, body: `{"number":1,"any":${'['.repeat(10_000_000)}`, status: 422 },
  'JSON in a charset that is unknown': {
    path: '/json',
    headers: { 'content-type': 'application/json; charset=x-unknown' },
    body: `{"number":1,"any":"${MARK}"}`,
    status: 415,
  },
  'JSON under another media type': {
    path: '/json',
    headers: { 'content-type': 'text/plain' },
    body: `{"number":1,"any":"${MARK}"}`,
    status: 415,
  },
  'JSON under a media type that does not exist': { path: '/json', headers: { 'content-type': MARK }, body: '{"number":1}', status: 415 },
  'JSON that is compressed': { path: '/json', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' }, body: MARK, status: 415 },
  'a form field of the wrong type': { path: '/form', headers: FORM_TYPE, body: `number=${MARK}`, status: 422, loc: ['body', 'number'] },
  'a part of the wrong type': {
    path: '/multipart',
    headers: { 'content-type': 'multipart/form-data; boundary=limit' },
    body: part('number', MARK),
    status: 422,
    loc: ['body', 'number'],
  },
  'multipart content without a boundary': {
    path: '/multipart',
    headers: { 'content-type': 'multipart/form-data' },
    body: MARK,
    status: 422,
  },
  'multipart content that is cut off': {
    path: '/multipart',
    headers: { 'content-type': 'multipart/form-data; boundary=limit' },
    body: part('number', MARK).slice(0, 50),
    status: 422,
  },
  'text that is not UTF-8': {
    path: '/text',
    headers: { 'content-type': 'text/plain' },
    body: Uint8Array.of(0xc3, 0x28),
    status: 422,
    loc: ['body'],
  },
  'more content than the route takes': {
    path: '/limited',
    headers: { 'content-type': 'application/octet-stream' },
    body: MARK.repeat(2),
    status: 413,
  },
}

async function assertRefused(send: SendRequest, { path, headers, body, status, loc }: BadRequest): Promise<void> {
  const init = { ...(headers && { headers }), ...(body !== undefined && { method: 'POST', body: body as string }) }
  const response = await send(path, init)
  const content = await response.text()
  assert.equal(response.status, status, content)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json$/)
  assert.doesNotMatch([...response.headers].flat().join() + content, new RegExp(MARK))
  const { detail } = JSON.parse(content) as { detail: unknown }
  if (status !== 422) return assert.equal(typeof detail, 'string')
  const issues = detail as { loc: unknown; msg: unknown; type: unknown }[]
  assert.ok(issues.length > 0)
  for (const { loc: place, msg, type } of issues)
    assert.deepEqual([Array.isArray(place), typeof msg, typeof type], [true, 'string', 'string'])
  if (loc !== undefined) assert.deepEqual(issues[0]!.loc, loc)
}

for (const [name, bad] of Object.entries(BAD)) matrix(name, createPickyApp(), (send) => assertRefused(send, bad))

matrix('the error model is the one that is declared', createPickyApp(problem()), async (send) => {
  const response = await send(`/query?number=${MARK}`)
  assert.equal(response.status, 422)
  assert.equal(response.headers.get('content-type'), 'application/problem+json')
  const { status, errors } = (await response.json()) as { status: unknown; errors: { loc: unknown }[] }
  assert.deepEqual([status, errors.map(({ loc }) => loc)], [422, [['query', 'number']]])
})

const head = (line: string, ...fields: string[]) => [line, 'Host: localhost', ...fields, '', ''].join('\r\n')

const NO_REQUESTS = {
  'a head beyond its limit': [head('GET /alive HTTP/1.1', `X-Bomb: ${MARK.repeat(10_000)}`), 431],
  'more header fields than anyone sends': [head('GET /alive HTTP/1.1', ...Array.from({ length: 5000 }, (_, n) => `X-${n}: ${MARK}`)), 431],
  'a header field that holds a NUL': [head('GET /alive HTTP/1.1', `X-Nul: a\0${MARK}`), 400],
  'a line that is not a request line': [`GET /alive HTTP/9.9 ${MARK}\r\n\r\n`, 400],
  'two lengths': [head('POST /json HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 1', 'Content-Length: 2') + MARK, 400],
  'a length and chunks': [head('POST /json HTTP/1.1', 'Content-Length: 4', 'Transfer-Encoding: chunked') + MARK, 400],
  'a transfer coding that is unknown': [head('POST /json HTTP/1.1', `Transfer-Encoding: ${MARK}`), 501],
  'no host': [`GET /alive HTTP/1.1\r\nX-Mark: ${MARK}\r\n\r\n`, 400],
} as const

describe('what is no request', () => {
  for (const [name, [request, status]] of Object.entries(NO_REQUESTS)) {
    test(name, async () => {
      await using server = await listen(createPickyApp())
      using wire = new Wire(server.port)
      const received = await wire.send(request).whole()
      assert.match(received, new RegExp(`^HTTP/1\\.1 ${status} `))
      assert.equal(received.split('HTTP/1.1 ').length, 2, 'one answer')
      assert.doesNotMatch(received, new RegExp(MARK))
      assert.equal((await fetch(`${server.url}/alive`)).status, 200)
    })
  }

  test('content that ends before its length', async () => {
    await using server = await listen(createPickyApp())
    using wire = new Wire(server.port)
    wire.send(head('POST /json HTTP/1.1', 'Content-Type: application/json', 'Content-Length: 100') + `{"any":"${MARK}"`)
    wire.socket.end()
    assert.doesNotMatch(await wire.whole(), new RegExp(`^HTTP/1\\.1 200|${MARK}`))
    assert.equal((await fetch(`${server.url}/alive`)).status, 200)
  })
})

test('a model that rejects is a 500, and what else goes wrong leaves no rejection unheard', async () => {
  const app = createApp({ logger: silent })
  const broken = z.string().refine(() => Promise.reject(new Error(MARK)))
  app.post('/both', { query: { text: broken, other: broken }, body: z.object({ number }), ...answer }, ok)
  const unhandled: unknown[] = []
  const note = (reason: unknown) => unhandled.push(reason)
  process.on('unhandledRejection', note)
  try {
    const response = await app.request('/both?text=a&other=b', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a' })
    assert.equal(response.status, 500)
    // Node looks for them after each turn of its loop.
    await new Promise(setImmediate)
    assert.deepEqual(unhandled, [])
  } finally {
    process.off('unhandledRejection', note)
  }
})
