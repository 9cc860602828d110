/** A response of another maker, passed on unchanged, and closed when nobody takes it. */
import assert from 'node:assert/strict'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { createApp, fastapi, get } from '../../src/index.ts'
import { raw } from '../../src/representation/raw.ts'
import { Journal } from '../support/journal.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const logger = new RecordingLogger()
const log = new Journal()

/** Content that says when it is cancelled. */
function upstream(isEndless = false): ReadableStream<Uint8Array> {
  const parts = ['one ', 'two'].map((text) => new TextEncoder().encode(text))
  return new ReadableStream(
    {
      pull(controller) {
        const part = parts.shift()
        if (part !== undefined) controller.enqueue(part)
        else if (!isEndless) controller.close()
        return part === undefined && isEndless ? new Promise<void>(() => undefined) : undefined
      },
      cancel: () => log.add('cancelled'),
    },
    { highWaterMark: 0 },
  )
}

const fields: [string, string][] = [
  ['content-type', 'text/x-upstream'],
  ['etag', '"a"'],
  ['set-cookie', 'a=1'],
  ['set-cookie', 'b=2'],
  ['connection', 'x-hop'],
  ['keep-alive', 'timeout=5'],
  ['transfer-encoding', 'chunked'],
  ['content-length', '1000'],
]

function usedUp(): Response {
  const response = new Response('SECRET')
  response.body!.getReader()
  return response
}

/** As `fetch` gives it: decoded, but with the field that says how it was encoded. */
function fetched(): Response {
  return Object.defineProperty(new Response('plain', { headers: { 'content-encoding': 'gzip' } }), 'url', {
    value: 'https://upstream.example/',
  })
}

const encoded = (): Response => new Response(gzipSync('plain'), { headers: { 'content-encoding': 'gzip' } })

const responses = { 200: raw(), 204: raw() }
const app = createApp({ errorBody: fastapi(), logger, openapiPath: false, docsPath: false }).add({
  passed: get('/passed', { responses }, () => new Response(upstream(), { headers: fields })),
  endless: get('/endless', { responses }, () => new Response(upstream(true))),
  created: get(
    '/status',
    { responses: { 201: raw('text/x-upstream') } },
    () => new Response('x', { status: 201, headers: { 'content-type': 'text/x-upstream; a=b' } }),
  ),
  other: get('/other', { responses: { 200: raw('image/png') } }, () => new Response(upstream(), { headers: fields })),
  empty: get('/empty', { responses: { 200: raw('image/png') } }, () => new Response(null)),
  nothing: get('/nothing', { responses }, ({ reply }) => reply(204, new Response(null, { status: 204 }))),
  wrong: get('/wrong', { responses }, () => new Response(upstream(), { status: 500 })),
  none: get('/none', { responses }, () => 'SECRET' as never),
  used: get('/used', { responses }, usedUp),
  fetched: get('/fetched', { responses }, fetched),
  encoded: get('/encoded', { responses }, encoded),
})

matrix('its status, fields and content are passed on, but nothing of its connection', app, async (request) => {
  const response = await request('/passed')
  assert.equal(await response.text(), 'one two')
  assert.equal(response.headers.get('content-type'), 'text/x-upstream')
  assert.equal(response.headers.get('etag'), '"a"')
  assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
  assert.notEqual(response.headers.get('content-length'), '1000')
  assert.doesNotMatch(response.headers.get('connection') ?? '', /x-hop/)
  assert.equal((await request('/empty')).status, 200)
  const created = await request('/status')
  assert.deepEqual([created.status, await created.text()], [201, 'x'])
  assert.equal((await request('/nothing')).status, 204)
  assert.deepEqual(log.take(), [])
})

matrix('a body that fetch has decoded loses Content-Encoding; one that was encoded by hand keeps it', app, async (request) => {
  const decoded = await request('/fetched')
  assert.deepEqual([decoded.headers.get('content-encoding'), await decoded.text()], [null, 'plain'])
  const response = await request('/encoded')
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), gzipSync('plain'))
})

const zero = new Uint8Array()
const bytesOf = (text: string) => new TextEncoder().encode(text)
const REWRAPPED: Readonly<Record<string, [coding: string, chunks: readonly Uint8Array[], isDecoded: boolean]>> = {
  'text in one chunk': ['gzip', [bytesOf('plain')], true],
  'text after an empty chunk and one byte': ['gzip', [zero, bytesOf('p'), bytesOf('lain')], true],
  nothing: ['gzip', [], true],
  'text with br': ['br', [bytesOf('{"name":"Zoë"}')], true],
  'text that begins like zlib': ['deflate', [bytesOf('x^plain')], true],
  'bytes that are no gzip': ['gzip', [Uint8Array.of(0, 1, 2)], true],
  'gzip after an empty chunk': ['gzip', [zero, gzipSync('plain')], false],
  'gzip in single bytes': ['gzip', [...gzipSync('plain')].map((byte) => Uint8Array.of(byte)), false],
  br: ['br', [brotliCompressSync('plain')], false],
  deflate: ['deflate', [deflateSync('plain')], false],
  'fast deflate': ['deflate', [deflateSync('plain', { level: 2 })], false],
}

for (const [name, [coding, chunks, isDecoded]] of Object.entries(REWRAPPED)) {
  const wrapping = createApp({ logger })
  wrapping.get('/', { responses }, () => {
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (chunks.forEach((chunk) => controller.enqueue(chunk)), controller.close()),
    })
    return new Response(body, { headers: { 'content-encoding': coding, 'content-length': '7' } })
  })
  matrix(`a wrapped body ${isDecoded ? 'loses' : 'keeps'} Content-Encoding: ${name}`, wrapping, async (request) => {
    const response = await request('/')
    assert.equal(response.headers.get('content-encoding'), isDecoded ? null : coding)
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), Buffer.concat(chunks))
    const head = await request('/', { method: 'HEAD' })
    assert.equal(head.headers.get('content-length'), null)
  })
}

matrix('content that is not sent is cancelled: of an answer to HEAD, and of another status or media type', app, async (request) => {
  const head = await request('/passed', { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('etag')], [200, '"a"'])
  assert.deepEqual(await log.takeWhen(1), ['cancelled'])
  const wrong = await request('/wrong')
  assert.deepEqual([wrong.status, await wrong.text()], [500, '{"detail":"Internal Server Error"}'])
  assert.deepEqual(await log.takeWhen(1), ['cancelled'])
  assert.equal((await request('/other')).status, 500)
  assert.deepEqual(await log.takeWhen(1), ['cancelled'])
  assert.deepEqual(logger.takeMessages(), [
    'UNDECLARED_STATUS: GET /wrong: the handler returned 500, which is not declared. Add it to responses.',
    'RESPONSE_BREACH: GET /other 200: content-type: expected image/png, got another media type',
  ])
})

matrix('a value that is not a response, or was read already, is a 500', app, async (request) => {
  for (const path of ['/none', '/used']) assert.equal((await request(path)).status, 500)
  const [none, used] = logger.takeMessages()
  assert.equal(none, 'RESPONSE_BREACH: GET /none 200: the value: expected Response, got string')
  assert.match(used!, /^GET \/used: TypeError: /)
})

matrix('a client that leaves cancels it', app, async (request) => {
  const reader = (await request('/endless')).body!.getReader()
  await reader.read()
  await reader.cancel()
  assert.deepEqual(await log.takeWhen(1), ['cancelled'])
})
