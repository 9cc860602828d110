/** Entity tags of whole bodies, and conditional writes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, empty, stream, text } from '../../src/index.ts'
import { conditional, precondition } from '../../src/middleware/index.ts'
import { compression } from '../../src/node/index.ts'
import { bearer } from '../../src/security/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

describe('reads', () => {
  const app = createApp().use(compression()).use(conditional())
  app.get('/text', { responses: { 200: text() } }, () => 'all work and no play '.repeat(100))
  app.get('/stream', { responses: { 200: stream('text/plain') } }, () => ['a', 'b'])
  app.get('/own', { responses: { 200: text() } }, ({ response }) => {
    response.headers.set('etag', '"v1"')
    return 'x'
  })

  matrix('a client that already has the content gets a 304 with the same ETag and Vary', app, async (request) => {
    for (const coding of ['identity', 'gzip']) {
      const first = await request('/text', { headers: { 'accept-encoding': coding } })
      const etag = first.headers.get('etag')!
      assert.match(etag, coding === 'gzip' ? /^W\/"/ : /^"/)
      for (const method of ['GET', 'HEAD']) {
        const again = await request('/text', { method, headers: { 'accept-encoding': coding, 'if-none-match': etag } })
        assert.deepEqual([again.status, again.headers.get('etag'), again.headers.get('vary')], [304, etag, first.headers.get('vary')])
        assert.equal(await again.text(), '')
      }
      await first.arrayBuffer()
    }
  })

  test('the document describes the condition and the ETag of the 304', async () => {
    const { parameters, responses } = (await app.document()).paths['/text']!['get']!
    assert.deepEqual(
      parameters?.map((parameter) => 'name' in parameter && `${parameter.in} ${parameter.name} ${parameter.required ?? false}`),
      ['header If-None-Match false'],
    )
    assert.deepEqual(Object.keys((responses['304'] as { headers: object }).headers), ['ETag'])
  })

  matrix('an ETag that the handler set is kept, and a stream gets no ETag', app, async (request) => {
    const own = await request('/own', { headers: { 'if-none-match': '"v1"' } })
    assert.deepEqual([own.status, own.headers.get('etag')], [304, '"v1"'])
    const streamed = await request('/stream')
    assert.deepEqual([streamed.status, streamed.headers.get('etag'), await streamed.text()], [200, null, 'ab'])
  })
})

describe('a declared version', () => {
  const Item = z.object({ id: z.int(), name: z.string(), version: z.int() }).meta({ id: 'Item' })
  const items = new Map<number, z.infer<typeof Item>>()
  const item = { body: Item, version: 'version' }
  const unchanged = precondition({ params: { id: z.int() }, required: true }, ({ params }) => items.get(params.id)?.version)
  const app = createApp()
    .use(compression({ thresholdBytes: 1 }))
    .use(conditional())
  app.get('/items/{id}', { params: { id: z.int() }, responses: { 200: item } }, ({ params }) => items.get(params.id)!)
  const contract = { params: { id: z.int() }, body: z.object({ name: z.string() }), responses: { 200: item }, dependencies: { unchanged } }
  app.put('/items/{id}', contract, ({ params, body, unchanged: version }) => {
    const changed = { id: params.id, name: body.name, version: Number(version ?? 0) + 1 }
    items.set(params.id, changed)
    return changed
  })

  matrix('is the ETag, and writes require the current one', app, async (request) => {
    items.clear()
    const put = async (headers: Record<string, string>, body = '{"name":"a"}') => {
      const init = { method: 'PUT', headers: { 'content-type': 'application/json', 'accept-encoding': 'identity', ...headers }, body }
      const { status, headers: answered } = await request('/items/1', init)
      return [status, answered.get('etag')]
    }
    assert.deepEqual(await put({}), [428, null])
    assert.deepEqual(await put({ 'if-none-match': '"7"' }), [428, null])
    assert.deepEqual(await put({ 'if-match': '*' }), [412, null])
    assert.deepEqual(await put({ 'if-none-match': '*' }), [200, '"1"'])
    assert.deepEqual(await put({ 'if-none-match': '*' }), [412, null])
    assert.deepEqual(await put({ 'if-match': '"0", "2"' }), [412, null])
    assert.deepEqual(await put({ 'if-match': '"0", "1"' }), [200, '"2"'])
    assert.deepEqual(await put({ 'if-match': '"1"' }), [412, null])
    assert.deepEqual(await put({ 'if-match': '"2"' }, 'no JSON'), [422, null])
  })

  matrix('is the ETag of a read, also of a gzipped one, and the next write accepts it', app, async (request) => {
    items.set(1, { id: 1, name: 'pen', version: 7 })
    for (const [coding, expected] of [
      ['identity', '"7"'],
      ['gzip', 'W/"7"'],
    ] as const) {
      const read = await request('/items/1', { headers: { 'accept-encoding': coding } })
      assert.equal(read.headers.get('etag'), expected)
      await read.arrayBuffer()
      const again = await request('/items/1', { headers: { 'accept-encoding': coding, 'if-none-match': expected } })
      assert.equal(again.status, 304)
      const other = await request('/items/1', { headers: { 'accept-encoding': coding, 'if-match': '"6"' } })
      assert.equal(other.status, 412)
      const headers = { 'content-type': 'application/json', 'if-match': expected }
      const write = await request('/items/1', { method: 'PUT', headers, body: '{"name":"ink"}' })
      assert.equal(write.status, 200)
      items.set(1, { id: 1, name: 'pen', version: 7 })
    }
  })

  test('the document describes the ETag, the conditions and their errors on the routes that have them', async () => {
    const { get, put } = (await app.document()).paths['/items/{id}']!
    assert.deepEqual(Object.keys(get!.responses), ['200', '304', '400', '412', '422', '500'])
    assert.deepEqual(Object.keys(put!.responses), ['200', '400', '412', '413', '415', '422', '428', '500'])
    assert.match(JSON.stringify(get!.responses['200']), /"ETag":\{[^}]*"required":true/)
    assert.deepEqual(
      put!.parameters!.map(({ name, in: location, required }) => [name, location, required]),
      [
        ['id', 'path', true],
        ['If-Match', 'header', undefined],
        ['If-None-Match', 'header', undefined],
      ],
    )
  })

  test('a guard refuses the request before the version is looked up', async () => {
    let lookedUp = 0
    const guard = dependency({ security: bearer() }, ({ credentials }) => credentials)
    const current = precondition({ dependencies: { guard } }, () => (lookedUp += 1))
    const guarded = createApp()
    guarded.put('/', { responses: { 204: empty() }, dependencies: { guard, current } }, () => undefined)
    assert.equal((await guarded.request('/', { method: 'PUT', headers: { 'if-match': '"0"' } })).status, 401)
    assert.equal(lookedUp, 0)
  })

  test('a text or a date becomes an ETag, and a response without a version is a breach of contract', async () => {
    const logger = new RecordingLogger()
    const Dated = z.object({ at: z.date(), name: z.string() })
    const app = createApp({ logger })
    app.get('/date', { responses: { 200: { body: Dated, version: 'at' } } }, () => ({ at: new Date(5), name: '' }))
    app.get('/text', { responses: { 200: { body: Dated, version: 'name' } } }, () => ({ at: new Date(5), name: 'a "é" %' }))
    app.get('/none', { responses: { 200: { body: Dated, version: 'at' } } }, () => ({ at: new Date(NaN), name: '' }))
    assert.equal((await app.request('/date')).headers.get('etag'), '"5"')
    assert.equal((await app.request('/text')).headers.get('etag'), '"a%20%22%C3%A9%22%20%25"')
    assert.equal((await app.request('/none')).status, 500)
    assert.match(logger.takeMessages().join(), /RESPONSE_BREACH: GET \/none 200: at: expected a version/)
  })

  test('a version that is not a required property is refused at declaration', () => {
    for (const [version, body] of [
      ['missing', Item],
      ['version', Item.partial()],
      ['length', text()],
    ] as const)
      assert.throws(
        () => createApp().get('/', { responses: { 200: { body, version } } }, (() => undefined) as never),
        /^DeclarationError: RESPONSE_VERSION: /,
      )
  })
})
