import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { EventEmitter, once } from 'node:events'
import { test } from 'node:test'
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib'
import { createApp } from '../../src/index.ts'
import { HeaderList } from '../../src/http/header-list.ts'
import { compression } from '../../src/node/compression.ts'
import { Reply, type Chunk, type Source } from '../../src/reply/reply.ts'

const words = 'all work and no play '.repeat(200)

function answer(reply: () => Reply) {
  const app = createApp()
  app.use(compression())
  app.use(() => reply())
  return (accept?: string) => app.request('/', accept === undefined ? {} : { headers: { 'accept-encoding': accept } })
}

const whole = (headers: string[] = []) =>
  answer(() => new Reply(200, HeaderList.from(['content-type', 'text/plain', 'etag', '"a"', ...headers]), words))

async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer())
}

test('content goes out in the coding that the client likes best', async () => {
  const brotli = await whole()('gzip, br')
  assert.equal(brotli.headers.get('content-encoding'), 'br')
  assert.equal(brotliDecompressSync(await bytesOf(brotli)).toString(), words)
  const gzip = await whole()('br;q=0.1, gzip')
  assert.equal(gzip.headers.get('content-encoding'), 'gzip')
  assert.equal(gunzipSync(await bytesOf(gzip)).toString(), words)
})

test('caches learn that the answer depends on the coding, also where it was not compressed', async () => {
  const plain = await whole()()
  assert.equal(plain.headers.get('vary'), 'Accept-Encoding')
  assert.equal(plain.headers.get('content-encoding'), null)
  assert.equal(await plain.text(), words)
  assert.equal((await whole()('br;q=0, gzip;q=0')).headers.get('content-encoding'), null)
})

test('a strong validator becomes a weak one', async () => {
  assert.equal((await whole()('br')).headers.get('etag'), 'W/"a"')
})

test('what is small, coded already, not to be transformed or not text is left alone', async () => {
  assert.equal((await whole(['content-encoding', 'identity'])('br')).headers.get('content-encoding'), 'identity')
  assert.equal((await whole(['cache-control', 'no-transform'])('br')).headers.get('content-encoding'), null)
  const small = answer(() => new Reply(200, HeaderList.from(['content-type', 'text/plain']), 'short'))
  assert.equal((await small('br')).headers.get('content-encoding'), null)
  const image = answer(() => new Reply(200, HeaderList.from(['content-type', 'image/png']), words))
  assert.equal((await image('br')).headers.get('content-encoding'), null)
})

function streamed(source: Source) {
  return answer(() => new Reply(200, HeaderList.from(['content-type', 'text/plain']), source))
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

test('a client that leaves closes the producer, also while it waits', async () => {
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
