/** Entity tags of whole bodies, and writes that depend on them. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, empty, stream, text } from '../../src/index.ts'
import { conditional } from '../../src/middleware/index.ts'
import { compression } from '../../src/node/index.ts'
import { matrix } from '../support/matrix.ts'

describe('reads', () => {
  const app = createApp().use(compression()).use(conditional())
  app.get('/text', { responses: { 200: text() } }, () => 'all work and no play '.repeat(100))
  app.get('/stream', { responses: { 200: stream('text/plain') } }, () => ['a', 'b'])
  app.get('/own', { responses: { 200: text() } }, ({ response }) => {
    response.headers.set('etag', '"v1"')
    return 'x'
  })

  matrix('a client that has the content gets a 304 with the same ETag and Vary', app, async (request) => {
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

  matrix('the tag of a handler is kept, and a stream gets none', app, async (request) => {
    const own = await request('/own', { headers: { 'if-none-match': '"v1"' } })
    assert.deepEqual([own.status, own.headers.get('etag')], [304, '"v1"'])
    const streamed = await request('/stream')
    assert.deepEqual([streamed.status, streamed.headers.get('etag'), await streamed.text()], [200, null, 'ab'])
  })
})

describe('writes', () => {
  let version = 1
  const middleware = [conditional({ current: () => (version === 0 ? undefined : `"v${version}"`), required: true })]
  const app = createApp()
  app.put('/', { responses: { 204: empty() }, middleware }, () => {
    version += 1
  })

  matrix('need the current tag', app, async (request) => {
    const write = async (headers: Record<string, string>) => (await request('/', { method: 'PUT', headers })).status
    version = 1
    assert.equal(await write({}), 428)
    assert.equal(await write({ 'if-match': '"v0"' }), 412)
    assert.equal(await write({ 'if-match': '"v1"' }), 204)
    assert.equal(await write({ 'if-match': '"v1"' }), 412)
    assert.equal(await write({ 'if-none-match': '*' }), 412)
    version = 0
    assert.equal(await write({ 'if-match': '*' }), 412)
    assert.equal(await write({ 'if-none-match': '*' }), 204)
  })

  test('412 and 428 are in the document, 304 is not', async () => {
    const { responses } = (await app.document()).paths['/']!['put']!
    assert.deepEqual(Object.keys(responses), ['204', '412', '428', '500'])
  })
})
