/** `ETag`, `Vary` and status of 200, 206, 304, 412, 416 and HEAD agree: for each way to serve a file, each coding, each method, each condition. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { createApp, defineMiddleware, empty, file, get, Reply, text, type FileLike, type Routes } from '../../src/index.ts'
import { compression, directory } from '../../src/node/index.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'

const folder = mkdtempSync(join(tmpdir(), 'riposte-conditions-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const words = 'All work and no play makes Jack a dull boy.\n'
for (const [name, content] of [
  ['small.txt', words.repeat(100)],
  ['large.txt', words.repeat(5_000)],
  ['short.txt', words],
  ['image.png', words.repeat(100)],
  ['app.js', words.repeat(100)],
] as const)
  writeFileSync(join(folder, name), content)
writeFileSync(join(folder, 'app.js.br'), brotliCompressSync(words.repeat(100)))
writeFileSync(join(folder, 'app.js.gz'), gzipSync(words.repeat(100)))

const root = directory(folder)
const blob = new File([words.repeat(100)], 'a.txt', { type: 'text/plain', lastModified: Date.UTC(2024, 0, 2) })
const weak: FileLike = { size: blob.size, type: 'text/plain', etag: 'W/"weak"', slice: (start, end) => blob.slice(start, end) }

const routes: Routes = {
  small: get('/small', { responses: { 200: file({ root }) } }, () => 'small.txt'),
  large: get('/large', { responses: { 200: file({ root }) } }, () => 'large.txt'),
  short: get('/short', { responses: { 200: file({ root }) } }, () => 'short.txt'),
  image: get('/image', { responses: { 200: file({ root }) } }, () => 'image.png'),
  precompressed: get('/precompressed', { responses: { 200: file({ root, precompressed: true }) } }, () => 'app.js'),
  blob: get('/blob', { responses: { 200: file() } }, () => blob),
  weak: get('/weak', { responses: { 200: file() } }, () => weak),
  untransformed: get('/untransformed', { responses: { 200: file({ root }) } }, ({ response }) => {
    response.headers.set('cache-control', 'private, No-Transform')
    return 'small.txt'
  }),
}
const PATHS = [...Object.keys(routes).map((name) => `/${name}`), '/static/small.txt']
const CODINGS = [undefined, 'gzip', 'br', 'gzip, deflate, br', 'identity', 'gzip;q=0.1, identity;q=0.9', 'br;q=0, gzip;q=0']

const appWith = () => createApp({ logger: { info: () => {}, warn: () => {}, error: () => {} } }).add(routes)
const plain = appWith().static('/static', root)
const compressed = appWith().static('/static', root)
compressed.use(compression())

interface Asked {
  readonly path: string
  readonly coding?: string | undefined
  readonly method?: string
}

async function ask(request: SendRequest, { path, coding, method = 'GET' }: Asked, headers: Record<string, string> = {}) {
  const response = await request(path, { method, headers: { ...(coding === undefined ? {} : { 'accept-encoding': coding }), ...headers } })
  const content = Buffer.from(await response.arrayBuffer())
  const fields = (...names: string[]) => Object.fromEntries(names.map((name) => [name, response.headers.get(name)]))
  return { status: response.status, content, header: (name: string) => response.headers.get(name), fields }
}

const SAME = ['etag', 'vary', 'cache-control', 'content-location', 'expires']
const OF_CONTENT = ['content-type', 'content-encoding', 'content-length', 'accept-ranges', 'content-range']

for (const [name, app] of [
  ['without compression', plain],
  ['with compression', compressed],
] as const) {
  matrix(`HEAD has the headers of GET, ${name}`, app, async (request) => {
    for (const path of PATHS)
      for (const coding of CODINGS) {
        const whole = await ask(request, { path, coding })
        const head = await ask(request, { path, coding, method: 'HEAD' })
        assert.equal(whole.status, 200)
        const names = [...SAME, 'content-type', 'content-encoding', 'accept-ranges', 'last-modified']
        assert.deepEqual([head.status, head.fields(...names)], [200, whole.fields(...names)], `${path} ${coding}`)
        // A server may leave the length out where only encoding would tell it (RFC 9110 §9.3.2).
        if (head.header('content-length') !== null) assert.equal(head.header('content-length'), String(whole.content.length))
        assert.equal(head.content.length, 0)
      }
  })

  matrix(`304 has ETag and Vary of the 200, ${name}`, app, async (request) => {
    for (const path of PATHS)
      for (const coding of CODINGS)
        for (const method of ['GET', 'HEAD']) {
          const whole = await ask(request, { path, coding })
          const conditions: Record<string, string>[] = [{ 'if-none-match': '*' }]
          const etag = whole.header('etag')
          const modified = whole.header('last-modified')
          if (etag !== null) conditions.push({ 'if-none-match': etag }, { 'if-none-match': `"other", ${etag}` })
          if (modified !== null) conditions.push({ 'if-modified-since': modified })
          for (const condition of conditions) {
            const unmodified = await ask(request, { path, coding, method }, condition)
            const label = `${method} ${path} ${coding} ${JSON.stringify(condition)}`
            assert.equal(unmodified.status, 304, label)
            assert.deepEqual(unmodified.fields(...SAME), whole.fields(...SAME), label)
            assert.deepEqual(
              Object.values(unmodified.fields(...OF_CONTENT)).filter((value) => value !== null),
              [],
              label,
            )
          }
        }
  })

  matrix(`206 has ETag and Vary of the 200 to the same request, and uncoded bytes, ${name}`, app, async (request) => {
    for (const path of PATHS)
      for (const coding of CODINGS) {
        const label = `${path} ${coding}`
        // The condition fails, so the whole content answers a request with the same Range.
        const whole = await ask(request, { path, coding }, { range: 'bytes=0-9', 'if-range': '"stale"' })
        assert.equal(whole.status, 200)
        const vary = (await ask(request, { path, coding })).header('vary')
        for (const range of ['bytes=0-9', 'bytes=0-9,20-29']) {
          const part = await ask(request, { path, coding }, { range })
          assert.deepEqual([part.status, part.fields(...SAME)], [206, whole.fields(...SAME)], label)
          assert.deepEqual([part.header('vary'), part.header('content-encoding')], [vary, whole.header('content-encoding')], label)
        }
        const part = await ask(request, { path, coding }, { range: 'bytes=0-9' })
        assert.deepEqual(part.content, whole.content.subarray(0, 10), label)
        assert.equal(part.header('content-range'), `bytes 0-9/${whole.content.length}`, label)
        const etag = part.header('etag')
        if (etag !== null) {
          const again = await ask(request, { path, coding }, { range: 'bytes=0-9', 'if-range': etag })
          assert.equal(again.status, etag.startsWith('W/') ? 200 : 206, label)
        }
      }
  })

  matrix(`412 and 416 are errors that say nothing about the content, ${name}`, app, async (request) => {
    for (const path of PATHS)
      for (const coding of CODINGS) {
        const failed = await ask(request, { path, coding }, { 'if-match': '"other"' })
        const outside = await ask(request, { path, coding }, { range: 'bytes=900000-' })
        assert.deepEqual([failed.status, outside.status], [412, 416], `${path} ${coding}`)
        assert.match(outside.header('content-range')!, /^bytes \*\/\d+$/)
        for (const { fields } of [failed, outside])
          assert.deepEqual(fields('etag', 'content-encoding'), { etag: null, 'content-encoding': null })
      }
  })
}

matrix('which content varies and is weak under compression', compressed, async (request) => {
  const answer = async (path: string, coding?: string) => {
    const { header } = await ask(request, { path, coding })
    return [header('vary'), header('content-encoding'), header('etag')?.startsWith('W/') ?? null]
  }
  assert.deepEqual(await answer('/small'), ['Accept-Encoding', null, false])
  assert.deepEqual(await answer('/small', 'gzip'), ['Accept-Encoding', 'gzip', true])
  assert.deepEqual(await answer('/large', 'br'), ['Accept-Encoding', 'br', true])
  assert.deepEqual(await answer('/blob', 'br'), ['Accept-Encoding', 'br', null])
  assert.deepEqual(await answer('/short', 'gzip'), [null, null, false])
  assert.deepEqual(await answer('/image', 'gzip'), [null, null, false])
  assert.deepEqual(await answer('/untransformed', 'gzip'), [null, null, false])
  // Once: the file and the layer both name the header.
  assert.deepEqual(await answer('/precompressed', 'gzip'), ['Accept-Encoding', 'gzip', false])
  assert.deepEqual(await answer('/precompressed', 'gzip;q=0.1, identity;q=0.9'), ['Accept-Encoding', null, false])
})

matrix('a 304 that another layer makes gets the headers of the compressed 200', layered(), async (request) => {
  const whole = await ask(request, { path: '/', coding: 'gzip' })
  const unmodified = await ask(request, { path: '/', coding: 'gzip' }, { 'if-none-match': 'W/"a"' })
  assert.deepEqual([whole.status, unmodified.status], [200, 304])
  assert.deepEqual(unmodified.fields('etag', 'vary'), whole.fields('etag', 'vary'))
})

function layered() {
  const app = createApp({ docsPath: false, openapiPath: false })
  app.use(compression())
  app.use(
    defineMiddleware({ responses: { 304: empty() } }, async ({ header }, next) => {
      const reply = await next()
      reply.headers.set('etag', '"a"')
      if (header('if-none-match') === undefined) return reply
      return new Reply(304, { headers: { etag: '"a"' } })
    }),
  )
  app.get('/', { responses: { 200: text() } }, () => words.repeat(100))
  return app
}
