/** An app as a client sees it: what HTTP expects of any server, and its own document. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { createRouter, dependency, empty, fastapi, get, stream, text } from '../src/index.ts'
import { Journal } from './support/journal.ts'
import { listen } from './support/listen.ts'
import { matrix, type SendRequest } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { fieldsOf, Wire } from './support/wire.ts'

const logger = new RecordingLogger()
const log = new Journal()
const User = z.object({ id: z.int() }).meta({ id: 'User' })
const Text = { responses: { 200: text() } }

const app = createApp({ errorBody: fastapi(), logger, bodyLimitBytes: 10 })
app.get('/users/{id}', { params: { id: z.int() }, responses: { 200: User } }, ({ params, response }) => {
  log.add('handler')
  response.headers.set('x-own', 'yes')
  return params
})
app.post('/users/{id}', { params: { id: z.int() }, responses: { 201: User } }, ({ params, reply }) => reply(201, params))
app.get('/stream', { responses: { 200: stream('text/plain') } }, async function* () {
  log.add('producer')
  yield 'a'
})
app.get('/names/{name}', Text, ({ params }) => params.name)
app.get('/folder/', Text, () => 'folder')
app.delete('/users/{id}', { params: { id: z.int() }, responses: { 204: empty() } }, () => undefined)
app.post('/text', { body: text(), ...Text }, ({ body }) => body)
app.post('/more', { body: text(), bodyLimitBytes: 20, ...Text }, ({ body }) => body)
app.get('/{name}', Text, ({ params }) => params.name)

const send = async (request: SendRequest, method: string, path: string) => {
  const response = await request(path, { method })
  return { response, body: await response.text() }
}

matrix('HEAD is GET without its content', app, async (request) => {
  const { response: got } = await send(request, 'GET', '/users/7')
  const { response, body } = await send(request, 'HEAD', '/users/7')
  assert.equal(body, '')
  assert.equal(response.status, 200)
  for (const name of ['content-type', 'content-length', 'x-own']) assert.equal(response.headers.get(name), got.headers.get(name), name)
  assert.deepEqual(log.take(), ['handler', 'handler'])
  for (const [path, status] of [
    ['/users/x', 422],
    ['/none/at/all', 404],
    ['/text/more', 404],
  ] as const) {
    const refused = await send(request, 'HEAD', path)
    assert.deepEqual([refused.response.status, refused.body], [status, ''], path)
  }
  assert.equal((await send(request, 'HEAD', '/stream')).response.status, 200)
  assert.deepEqual(log.take(), [])
})

matrix('OPTIONS tells what a path takes', app, async (request) => {
  for (const [path, allow] of [
    ['/users/7', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['/users/not-a-number', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['/text', 'GET, HEAD, OPTIONS, POST'],
    ['/openapi.json', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const { response, body } = await send(request, 'OPTIONS', path)
    assert.deepEqual([response.status, response.headers.get('allow'), body], [204, allow, ''], path)
  }
  assert.equal((await send(request, 'OPTIONS', '/none/at/all')).response.status, 404)
})

matrix('a method that a path does not take is a 405 that tells which it takes', app, async (request) => {
  for (const [method, path, allow] of [
    ['PUT', '/users/7', 'DELETE, GET, HEAD, OPTIONS, POST'],
    ['PROPFIND', '/folder/', 'GET, HEAD, OPTIONS'],
    ['DELETE', '/folder', 'GET, HEAD, OPTIONS'],
  ] as const) {
    const { response, body } = await send(request, method, path)
    assert.deepEqual([response.status, response.headers.get('allow'), body], [405, allow, '{"detail":"Method Not Allowed"}'], path)
  }
})

matrix('a slash too many or too few is sent to the right form, for any method', app, async (request) => {
  for (const [method, path, location] of [
    ['GET', '/users/7/', '../7'],
    ['POST', '/users/7/?a=1&b=%20%22', '../7?a=1&b=%20%22'],
    ['HEAD', '/folder', './folder/'],
    ['GET', '/names/a%2Fb/', '../a%2Fb'],
    ['GET', '/names/%E6%97%A5/', '../%E6%97%A5'],
  ] as const) {
    const { response, body } = await send(request, method, path)
    assert.deepEqual([response.status, response.headers.get('location'), body], [307, location, ''], path)
  }
  assert.equal(log.take().length, 0)
})

matrix('a segment is decoded once, after matching', app, async (request) => {
  for (const [segment, name] of [
    ['a%2Fb', 'a/b'],
    ['%252F', '%2F'],
    ['%E6%97%A5', '日'],
    ['a+b', 'a+b'],
  ])
    assert.equal((await send(request, 'GET', `/names/${segment}`)).body, name)
  for (const segment of ['%', '%zz', '%FF', '%C3%28', 'a%2']) {
    assert.equal((await send(request, 'GET', `/names/${segment}`)).response.status, 400, segment)
  }
  assert.deepEqual(logger.takeMessages(), [])
})

describe('on the wire, where a path can be anything', () => {
  test('no redirect leads to another host', async () => {
    await using server = await listen(app)
    for (const path of [
      '//evil.example/',
      '//evil.example',
      '///evil.example/',
      '/\\evil.example/',
      '/%5Cevil.example/',
      '/%2Fevil.example/',
      '/.//evil.example/',
      '/users/..//evil.example/',
      'http://evil.example/names/x/',
      'http://evil.example//evil.example/',
      '/@evil.example/',
      '/x:evil.example/',
    ]) {
      using wire = new Wire(server.port)
      const answer = await wire.send(`GET ${path} HTTP/1.1\r\nHost: here.example\r\nConnection: close\r\n\r\n`).whole()
      const location = fieldsOf(answer).get('location')
      if (location !== undefined) assert.equal(new URL(location, 'http://here.example/').host, 'here.example', `${path} → ${location}`)
      else assert.match(answer, /^HTTP\/1\.1 (?:200|400|404) /, path)
    }
  })

  test('OPTIONS of the server itself', async () => {
    await using server = await listen(app)
    using wire = new Wire(server.port)
    const answer = await wire.send('OPTIONS * HTTP/1.1\r\nHost: here.example\r\nConnection: close\r\n\r\n').whole()
    assert.match(answer, /^HTTP\/1\.1 204 /)
    assert.equal(fieldsOf(answer).get('allow'), 'OPTIONS')
  })
})

matrix('a body is limited by the app, or by its route', app, async (request) => {
  const sizeOf = async (path: string, bytes: number) =>
    (await request(path, { method: 'POST', body: 'x'.repeat(bytes), headers: { 'content-type': 'text/plain' } })).status
  assert.deepEqual(
    [await sizeOf('/text', 10), await sizeOf('/text', 11), await sizeOf('/more', 20), await sizeOf('/more', 21)],
    [200, 413, 200, 413],
  )
})

interface Document {
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>
  readonly components: { readonly schemas: Readonly<Record<string, object>> }
}

async function documentOf(request: SendRequest, path = '/openapi.json'): Promise<Document> {
  const response = await request(path)
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json'])
  return (await response.json()) as Document
}

describe('the document of an app', () => {
  const served = createApp({ title: 'Users', version: '2.0.0', logger })
  served.get('/a', { responses: { 200: User } }, () => ({ id: 1 }))
  served.get('/hidden', { inDocument: false, ...Text }, () => '')

  matrix('the document lists every route but those that are hidden', served, async (request) => {
    const { info, paths, components } = await documentOf(request)
    assert.deepEqual([info.title, info.version], ['Users', '2.0.0'])
    assert.deepEqual(
      Object.keys(paths).filter((path) => !path.startsWith('/late')),
      ['/a'],
    )
    assert.ok('User' in components.schemas)
  })

  matrix('what is added later is in the next document', served, async (request) => {
    const before = Object.keys((await documentOf(request)).paths)
    served.add(createRouter({ prefix: `/late-${before.length}` }).add(get('', Text, () => '')))
    assert.deepEqual(Object.keys((await documentOf(request)).paths), [...before, `/late-${before.length}`])
    class Late extends Error {}
    served.onError(Late, { responses: { 499: User } }, (_error, { reply }) => reply(499, { id: 1 }))
    const { paths } = await documentOf(request)
    assert.ok('499' in (paths['/a']!['get'] as { responses: object }).responses)
  })
})

test('the document and its page may be elsewhere, or nowhere', async () => {
  const elsewhere = createApp({ openapiPath: '/api/schema.json', docsPath: '/api/docs', logger })
  await documentOf((path) => elsewhere.request(path), '/api/schema.json')
  assert.equal((await elsewhere.request('/api/docs')).status, 200)
  assert.equal((await elsewhere.request('/openapi.json')).status, 404)
  assert.equal((await elsewhere.request('/docs')).status, 404)
  const nowhere = createApp({ openapiPath: false, docsPath: false, logger })
  assert.equal((await nowhere.request('/openapi.json')).status, 404)
  assert.equal((await nowhere.request('/docs')).status, 404)
})

test('two models of one id are found when the second route is added, which is not half there', async () => {
  const clashing = createApp({ logger, errorBody: fastapi() })
  clashing.get('/a', { responses: { 200: z.object({ a: z.int() }).meta({ id: 'Clashing' }) } }, () => ({ a: 1 }))
  const add = () => clashing.get('/b', { responses: { 200: z.object({ b: z.int() }).meta({ id: 'Clashing' }) } }, () => ({ b: 1 }))
  assert.throws(add, { code: 'DUPLICATE_MODEL', message: /GET \/b.*GET \/a/ })
  assert.deepEqual(Object.keys((await clashing.document()).paths), ['/a'])
  assert.equal((await clashing.request('/b')).status, 404)
})

test('a route that is refused is not half there', async () => {
  const refusing = createApp({ logger }).add(get('/{id}', Text, () => ''))
  assert.throws(() => refusing.get('/{name}', Text, () => ''), { code: 'DUPLICATE_ROUTE' })
  assert.throws(() => refusing.get('/openapi.json', Text, () => ''), { code: 'DUPLICATE_ROUTE' })
  assert.throws(() => refusing.get('/x', { params: { id: z.int() }, ...Text } as never, (() => '') as never), { code: 'PATH_PARAMETER' })
  assert.throws(() => refusing.get('/x', { dependencies: { request: dependency(() => 1) }, ...Text }, () => ''), {
    code: 'DEPENDENCY_NAME',
  })
  assert.deepEqual(Object.keys((await refusing.document()).paths), ['/{id}'])
  assert.equal((await refusing.request('/x', { method: 'POST' })).status, 405)
})

test('a request in memory may be a path, a URL, or a Request', async () => {
  for (const target of ['/names/a?b=c', new URL('http://localhost/names/a'), new Request('http://localhost/names/a')])
    assert.equal(await (await app.request(target)).text(), 'a')
  const init = { method: 'POST', body: 'x', headers: { 'content-type': 'text/plain' } }
  assert.equal(await (await app.request('/text', init)).text(), 'x')
  assert.equal(await (await app.fetch(new Request('http://localhost/text', init))).text(), 'x')
})
