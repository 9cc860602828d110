/** An app in front of another server: answers of `fetch` are passed on by `raw()` as that server meant them, over real connections. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server as NodeServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import { createApp, either, json, raw, sse } from '../src/index.ts'
import type { Server } from '../src/node/index.ts'
import { listen } from './support/listen.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { Wire } from './support/wire.ts'

const TEXT = 'all work and no play '.repeat(100)

describe('answers of another server', () => {
  let upstream: NodeServer
  let origin: string
  let server: Server

  before(async () => {
    upstream = createServer((request, response) => {
      const isCoded = request.headers['accept-encoding']?.includes('gzip') === true
      const body = isCoded ? gzipSync(TEXT) : Buffer.from(TEXT)
      response.writeHead(200, {
        'content-type': 'text/plain',
        'content-length': body.byteLength,
        connection: 'keep-alive, x-hop',
        'x-hop': '1',
        'x-kept': '1',
        vary: 'Accept-Encoding',
        ...(isCoded ? { 'content-encoding': 'gzip' } : {}),
      })
      response.end(request.method === 'HEAD' ? undefined : body)
    })
    upstream.listen(0, '127.0.0.1')
    await once(upstream, 'listening')
    origin = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`
    const app = createApp({ logger: new RecordingLogger() })
    const responses = { default: raw() }
    app.get('/fetched', { responses }, () => fetch(origin, { headers: { 'accept-encoding': 'gzip' } }))
    app.get('/wrapped', { responses }, async () => {
      const response = await fetch(origin, { headers: { 'accept-encoding': 'gzip' } })
      return new Response(response.body, response)
    })
    app.get(
      '/coded',
      { responses },
      () => new Response(gzipSync(TEXT), { headers: { 'content-encoding': 'gzip', 'content-type': 'text/plain' } }),
    )
    app.get('/head', { responses }, ({ request }) => fetch(origin, { method: request.method, headers: { 'accept-encoding': 'identity' } }))
    server = await listen(app)
  })

  after(async () => {
    await server.stop()
    upstream.closeAllConnections()
    upstream.close()
  })

  const ask = async (path: string, method = 'GET') => {
    const wire = new Wire(server.port)
    wire.send(`${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
    const received = await wire.whole()
    const [head = '', ...body] = received.split('\r\n\r\n')
    return { head: head.toLowerCase(), body: body.join('\r\n\r\n') }
  }

  for (const path of ['/fetched', '/wrapped']) {
    test(`${path}: a body that fetch has decoded is sent without its coding`, async () => {
      const { head } = await ask(path)
      assert.doesNotMatch(head, /content-encoding/)
      assert.equal(await (await fetch(server.url + path)).text(), TEXT)
    })
  }

  test('a body that is coded is sent with its coding', async () => {
    const { head } = await ask('/coded')
    assert.match(head, /\r\ncontent-encoding: gzip/)
    assert.equal(await (await fetch(`${server.url}/coded`)).text(), TEXT)
  })

  test('fields of the connection stay there, others are passed on', async () => {
    const { head } = await ask('/fetched')
    assert.doesNotMatch(head, /x-hop/)
    assert.match(head, /\r\nx-kept: 1/)
    assert.match(head, /\r\nvary: accept-encoding/)
    assert.match(head, /\r\nconnection: close/)
  })

  test('HEAD has the length of what GET would send, and no content', async () => {
    const { head, body } = await ask('/head', 'HEAD')
    assert.match(head, new RegExp(`\\r\\ncontent-length: ${TEXT.length}`))
    assert.equal(body, '')
  })
})

test('either() over a socket: one route answers JSON or events, as the handler chooses', async (t) => {
  const app = createApp()
  const Word = z.object({ word: z.string() })
  app.get('/', { query: { stream: z.boolean().default(false) }, responses: { 200: either(json(Word), sse(Word)) } }, ({ query }) => {
    if (!query.stream) return { word: 'whole', secret: 'x' }
    return (async function* () {
      yield { word: 'one', secret: 'x' }
      yield { word: 'two' }
    })()
  })
  const server = await listen(app)
  t.after(() => server.stop())
  const whole = await fetch(server.url)
  assert.deepEqual([whole.headers.get('content-type'), await whole.text()], ['application/json', '{"word":"whole"}'])
  const events = await fetch(`${server.url}/?stream=true`)
  assert.equal(events.headers.get('content-type'), 'text/event-stream')
  const data = (await events.text()).split('\n').filter((line) => line.startsWith('data'))
  assert.deepEqual(data, ['data: {"word":"one"}', 'data: {"word":"two"}'])
})
