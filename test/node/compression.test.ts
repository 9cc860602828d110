import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { describe, test } from 'node:test'
import zlib, { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib'
import type { Chunk, Source } from '../../src/index.ts'
import { createApp, defineMiddleware, Reply, text } from '../../src/index.ts'
import { compression, type CompressionOptions } from '../../src/node/index.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'

const words = 'all work and no play '.repeat(200)

function answer(reply: () => Reply, options: CompressionOptions = {}) {
  const app = createApp()
  app.use(compression(options))
  app.use(defineMiddleware({ responses: { 200: {} } }, reply))
  return (accept?: string) => app.request('/', accept === undefined ? {} : { headers: { 'accept-encoding': accept } })
}

const whole = (headers: Readonly<Record<string, string>> = {}) =>
  answer(() => new Reply(200, { headers: { 'content-type': 'text/plain', etag: '"a"', ...headers }, body: words }))

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

test('content is sent in the coding that the client prefers', async () => {
  const brotli = await whole()('gzip, br')
  assert.equal(brotli.headers.get('content-encoding'), 'br')
  assert.equal(brotliDecompressSync(await bytesOf(brotli)).toString(), words)
  const gzip = await whole()('br;q=0.1, gzip')
  assert.equal(gzip.headers.get('content-encoding'), 'gzip')
  assert.equal(gunzipSync(await bytesOf(gzip)).toString(), words)
})

test('Vary names Accept-Encoding, also where the content is not compressed', async () => {
  const plain = await whole()()
  assert.equal(plain.headers.get('vary'), 'Accept-Encoding')
  assert.equal(plain.headers.get('content-encoding'), null)
  assert.equal(await plain.text(), words)
  assert.equal((await whole()('br;q=0, gzip;q=0')).headers.get('content-encoding'), null)
})

test('a strong validator becomes a weak one', async () => {
  assert.equal((await whole()('br')).headers.get('etag'), 'W/"a"')
})

test('content that is short, coded already, not to be transformed or not text is left alone', async () => {
  assert.equal((await whole({ 'content-encoding': 'identity' })('br')).headers.get('content-encoding'), 'identity')
  assert.equal((await whole({ 'cache-control': 'no-transform' })('br')).headers.get('content-encoding'), null)
  const small = answer(() => new Reply(200, { headers: { 'content-type': 'text/plain' }, body: 'short' }))
  assert.equal((await small('br')).headers.get('content-encoding'), null)
  const image = answer(() => new Reply(200, { headers: { 'content-type': 'image/png' }, body: words }))
  assert.equal((await image('br')).headers.get('content-encoding'), null)
})

function streamed(source: Source) {
  return answer(() => new Reply(200, { headers: { 'content-type': 'text/plain' }, body: source }))
}

test('a stream is compressed whole, whatever the size of its chunks', async () => {
  const chunks = [randomBytes(300_000).toString('latin1'), '', 'end']
  for (const [accept, decode] of [
    ['gzip', gunzipSync],
    ['br', brotliDecompressSync],
  ] as const) {
    const response = await streamed({ open: () => chunks[Symbol.iterator]() })(accept)
    assert.equal(decode(await bytesOf(response)).toString(), chunks.join(''))
  }
})

test('a chunk can be read by the client before the next one is made', async () => {
  const second = new EventEmitter()
  async function* chunks(): AsyncGenerator<Chunk> {
    yield 'first'
    await once(second, 'made')
    yield 'second'
  }
  const response = await streamed({ open: () => chunks() })('gzip')
  const decoder = createGunzip()
  const reader = response.body!.getReader()
  decoder.write((await reader.read()).value)
  const [piece] = (await once(decoder, 'data')) as [Buffer]
  assert.equal(piece.toString(), 'first')
  second.emit('made')
  await reader.cancel()
  decoder.destroy()
})

test('a client that disconnects closes the producer, even while the producer waits', async () => {
  let isClosed = false
  const source: Source = {
    open: () => ({
      next: () => new Promise(() => undefined),
      return: async () => {
        isClosed = true
        return { done: true, value: undefined }
      },
    }),
  }
  const response = await streamed(source)('br')
  const reader = response.body!.getReader()
  void reader.read().catch(() => undefined)
  await reader.cancel()
  assert.equal(isClosed, true)
})

const typed = (type: string, cacheControl = 'private') =>
  answer(() => new Reply(200, { headers: { 'content-type': type, 'cache-control': cacheControl }, body: words }))

const oneEvent: Source = { open: () => ['data: 1\n\n'][Symbol.iterator]() }
const events = (options: CompressionOptions) =>
  answer(() => new Reply(200, { headers: { 'content-type': 'text/event-stream' }, body: oneEvent }), options)

const codingOf = async (send: ReturnType<typeof typed>) => (await send('gzip')).headers.get('content-encoding')

describe('what is compressed', () => {
  for (const type of [
    'text/plain',
    'Text/HTML; charset=utf-8',
    'Application/JSON',
    'image/SVG+xml',
    'application/problem+json',
    'font/TTF',
  ])
    test(`${type} is`, async () => assert.equal(await codingOf(typed(type)), 'gzip'))
  for (const type of ['image/png', 'application/zip', 'application/octet-stream', 'text', 'x/text/plain', ''])
    test(`"${type}" is not`, async () => assert.equal(await codingOf(typed(type)), null))
  for (const directives of ['no-transform', 'No-Transform', 'private, NO-TRANSFORM', 'max-age=1,no-transform'])
    test(`Cache-Control: ${directives} prevents it`, async () => assert.equal(await codingOf(typed('text/plain', directives)), null))
  test('another directive whose name contains no-transform does not prevent it', async () =>
    assert.equal(await codingOf(typed('text/plain', 'private="no-transform-x"')), 'gzip'))
})

test('a client that prefers uncoded content gets it', async () => {
  assert.equal((await whole()('gzip;q=0.1, identity;q=0.9')).headers.get('content-encoding'), null)
})

test('events are compressed only where the option asks for it', async () => {
  const plain = await events({})('gzip, br')
  assert.deepEqual([plain.headers.get('content-encoding'), plain.headers.get('vary'), await plain.text()], [null, null, 'data: 1\n\n'])
  const gzip = await events({ events: true })('br, gzip')
  assert.equal(gzip.headers.get('content-encoding'), 'gzip')
  assert.equal(gunzipSync(await bytesOf(gzip)).toString(), 'data: 1\n\n')
  const brotli = await events({ events: true })('br')
  assert.equal(brotliDecompressSync(await bytesOf(brotli)).toString(), 'data: 1\n\n')
})

test('a source shorter than its length is cut, and never looks like a complete compressed stream', async () => {
  const response = await streamed({ length: 2_000, open: () => ['x'.repeat(1_999)][Symbol.iterator]() })('gzip')
  assert.equal(response.headers.get('content-encoding'), 'gzip')
  await assert.rejects(response.arrayBuffer())
})

test('a Host that is not a URL and the method TRACE get their own answer', async (t) => {
  const app = createApp()
  app.use(compression())
  app.get('/', { responses: { 200: text() } }, () => words)
  const server = await listen(app)
  t.after(() => server.stop())
  using wire = new Wire(server.port)
  wire.send('TRACE / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  assert.match(await wire.whole(), /^HTTP\/1\.1 405 /)
  using other = new Wire(server.port)
  other.send('GET / HTTP/1.1\r\nHost: a:99999\r\nConnection: close\r\n\r\n')
  assert.match(await other.whole(), /^HTTP\/1\.1 [24]00 /)
})

test('zstd is used where this version of Node has it', { skip: 'zstdDecompressSync' in zlib ? false : 'needs Node 22.15' }, async () => {
  const response = await whole()('zstd')
  assert.equal(response.headers.get('content-encoding'), 'zstd')
  const zstd = zlib as unknown as { zstdDecompressSync(bytes: Buffer): Buffer }
  assert.equal(zstd.zstdDecompressSync(await bytesOf(response)).toString(), words)
})
