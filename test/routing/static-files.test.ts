import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, get, staticFiles, text, type StaticOptions } from '../../src/index.ts'
import { memoryRoot } from '../representation/memory-root.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { silent } from '../support/recording-logger.ts'

const root = memoryRoot({
  'index.html': 'home',
  'app.js': 'app',
  'app.js.br': 'BR',
  'assets/app-3f2a.js': 'hashed',
  'docs/index.html': 'docs',
  'docs/a b/index.html': 'deep',
})

const appWith = (prefix: string, options?: StaticOptions) =>
  createApp({ logger: silent, docsPath: false, openapiPath: false })
    .add({ own: get(`${prefix}/api/hello`, { responses: { 200: text() } }, () => 'own') })
    .add(staticFiles(prefix, root, options))

const send = (request: SendRequest, path: string, headers: Record<string, string> = {}, method = 'GET') =>
  request(path, { method, headers })

async function answerTo(request: SendRequest, path: string, headers: Record<string, string> = {}) {
  const response = await send(request, path, headers)
  return [response.status, response.status === 404 ? '' : await response.text(), response.headers.get('cache-control')]
}

const slashApp = () =>
  createApp({ logger: silent, docsPath: false, openapiPath: false })
    .add({ own: get('/api/hello', { responses: { 200: text() } }, () => 'own') })
    .static('/', root)

const html = { accept: 'text/html,application/xhtml+xml' }

matrix('a folder below a prefix', appWith('/static'), async (request) => {
  assert.deepEqual(await answerTo(request, '/static/app.js'), [200, 'app', 'no-cache'])
  assert.deepEqual(await answerTo(request, '/static/'), [200, 'home', 'no-cache'])
  assert.deepEqual(await answerTo(request, '/static/docs/'), [200, 'docs', 'no-cache'])
  assert.deepEqual(await answerTo(request, '/static/docs/a%20b/'), [200, 'deep', 'no-cache'])
  assert.deepEqual(await answerTo(request, '/static/api/hello'), [200, 'own', null])
  for (const path of ['/static/nope', '/static/nope/', '/static/app.js/', '/static/../secret', '/static/%2e%2e%2fsecret', '/other'])
    assert.deepEqual(await answerTo(request, path, html), [404, '', null], path)
})

matrix('a folder without its slash', appWith('/static'), async (request) => {
  for (const [path, location] of [
    ['/static/docs', './docs/'],
    ['/static/docs?a=1', './docs/?a=1'],
    ['/static/docs/a%20b', './a%20b/'],
    ['/static', './static/'],
    ['/static?a=1', './static/?a=1'],
  ] as const) {
    const response = await send(request, path)
    assert.deepEqual([response.status, response.headers.get('location')], [307, location])
    await response.arrayBuffer()
  }
})

for (const prefix of ['', '/'])
  matrix(`the root of a site, with the prefix "${prefix}"`, prefix === '' ? appWith('') : slashApp(), async (request) => {
    assert.deepEqual(await answerTo(request, '/'), [200, 'home', 'no-cache'])
    assert.deepEqual(await answerTo(request, '/docs/'), [200, 'docs', 'no-cache'])
    assert.deepEqual(await answerTo(request, '/api/hello'), [200, 'own', null])
  })

matrix('a single-page application', appWith('', { fallback: 'index.html', immutable: /-[\da-f]{4}\.\w+$/g }), async (request) => {
  const response = await send(request, '/users/7', html)
  assert.deepEqual([response.headers.get('vary'), response.headers.get('content-type')], ['Accept', 'text/html; charset=utf-8'])
  assert.equal(await response.text(), 'home')
  assert.deepEqual(await answerTo(request, '/users/7/', html), [200, 'home', 'no-cache'])
  assert.deepEqual(await answerTo(request, '/assets/gone-3f2a.js', { accept: '*/*' }), [404, '', null])
  for (let i = 0; i < 2; i++)
    assert.deepEqual(await answerTo(request, '/assets/app-3f2a.js'), [200, 'hashed', 'public, max-age=31536000, immutable'])
})

matrix('what a file can do', appWith('/static', { precompressed: true }), async (request) => {
  const encoded = await send(request, '/static/app.js', { 'accept-encoding': 'br' })
  assert.deepEqual([encoded.headers.get('content-encoding'), await encoded.text()], ['br', 'BR'])
  const etag = encoded.headers.get('etag')!
  const same = await send(request, '/static/app.js', { 'accept-encoding': 'br', 'if-none-match': etag })
  assert.deepEqual([same.status, same.headers.get('cache-control')], [304, 'no-cache'])
  const part = await send(request, '/static/app.js', { range: 'bytes=1-' })
  assert.deepEqual([part.status, await part.text()], [206, 'pp'])
  const head = await send(request, '/static/', {}, 'HEAD')
  assert.deepEqual([head.status, head.headers.get('content-length'), await head.text()], [200, '4', ''])
})

describe('the document', () => {
  test('does not list them', async () => {
    const app = createApp().add(staticFiles('/static', root))
    const document = (await (await app.request('/openapi.json')).json()) as { paths: object }
    assert.deepEqual(document.paths, {})
  })
})
