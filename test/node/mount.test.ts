import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import { connect as connectHTTP2, constants, createServer as createHTTP2Server } from 'node:http2'
import type { AddressInfo, Server } from 'node:net'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, form, sse, text } from '../../src/index.ts'
import { compression, toNodeHandler } from '../../src/node/index.ts'
import { aborted } from '../support/fake-app.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { deferred } from '../support/deferred.ts'

const Item = z.object({ name: z.string() })

function itemApp() {
  const app = createApp({ logger: new RecordingLogger() })
  app.get('/items', { responses: { 200: text() } }, ({ request }) => request.url.replace(/^.*?:\d+/, ''))
  app.post('/items', { body: Item, responses: { 200: Item } }, ({ body }) => body)
  app.post('/form', { body: form(Item), responses: { 200: Item } }, ({ body }) => body)
  return app
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = async () => {
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close }
}

/** As Express calls what `use('/api', …)` mounts. */
function mounted(handler: ReturnType<typeof toNodeHandler>): RequestListener {
  return (message: IncomingMessage & { originalUrl?: string; baseUrl?: string }, response) => {
    message.originalUrl = message.url!
    message.baseUrl = message.url!.startsWith('/api') ? '/api' : ''
    message.url = message.url!.replace(/^\/api(?=\/|$)/, '') || '/'
    handler(message, response, () => response.end(`host ${message.originalUrl}`))
  }
}

describe('an app that is mounted below a path', () => {
  test('matches its routes without the path, and shows them as the URL', async () => {
    await using host = await listening(createServer(mounted(toNodeHandler(itemApp(), { basePath: '/api' }))))
    assert.equal(await (await fetch(`${host.url}/api/items?a=b`)).text(), '/items?a=b')
    for (const path of ['/items', '/apis/items', '/api', '/api/none']) {
      const response = await fetch(host.url + path)
      assert.equal(response.status, 404, path)
      await response.text()
    }
  })

  test('matches the rest of the path, or the whole path, where Express says what it has cut off', async () => {
    const app = itemApp()
    app.get('/api/whole', { responses: { 200: text() } }, ({ path }) => path)
    await using host = await listening(createServer(mounted(toNodeHandler(app))))
    assert.equal(await (await fetch(`${host.url}/api/items?a=b`)).text(), '/items?a=b')
    assert.equal(await (await fetch(`${host.url}/api/whole`)).text(), '/api/whole')
    assert.equal((await fetch(`${host.url}/api/docs`)).status, 200)
    assert.equal((await fetch(`${host.url}/api/none`)).status, 404)
  })

  test('hands requests for which it has no route to its host, if asked', async () => {
    const handler = toNodeHandler(itemApp(), { basePath: '/api', fallThrough: true })
    await using host = await listening(createServer(mounted(handler)))
    for (const path of ['/items', '/api/none', '/api/%zz']) assert.equal(await (await fetch(host.url + path)).text(), `host ${path}`)
    const other = await fetch(`${host.url}/api/items`, { method: 'DELETE' })
    assert.equal(other.status, 405)
    await other.text()
    assert.equal(await (await fetch(`${host.url}/api/items`)).text(), '/items')
  })

  test('refuses a base path that is not a path', () => {
    for (const basePath of ['api', '/api/', '', '/a?b'])
      assert.throws(() => toNodeHandler(itemApp(), { basePath }), { name: 'RangeError', message: /^BASE_PATH: / })
  })
})

describe('content that a body parser of the host has read', () => {
  for (const [name, path, type, sent, parsed] of [
    ['JSON', '/items', 'application/json', '{"name":"a"}', { body: { name: 'a' } }],
    ['a form', '/form', 'application/x-www-form-urlencoded', 'name=a', { body: { name: 'a' } }],
    ['bytes', '/items', 'application/json', '{"name":"a"}', { body: Buffer.from('{"name":"a"}') }],
    [
      'content that is kept as it was sent',
      '/items',
      'application/json',
      '{"name":"a"}',
      { body: { name: 'b' }, rawBody: Buffer.from('{"name":"a"}') },
    ],
  ] as const) {
    test(`${name} is taken if asked, and judged by the route`, async () => {
      for (const [parsedBody, status] of [
        [true, 200],
        [false, 500],
      ] as const) {
        const handler = toNodeHandler(itemApp(), { parsedBody })
        await using host = await listening(
          createServer((message, response) => {
            message.on('data', () => undefined).once('end', () => handler(Object.assign(message, parsed), response))
          }),
        )
        const response = await fetch(host.url + path, { method: 'POST', body: sent, headers: { 'content-type': type } })
        assert.equal(response.status, status)
        const body = await response.json()
        if (status === 200) assert.deepEqual(body, { name: 'a' })
      }
    })
  }
})

test('a mounted app ends its endless streams when it is told that its host stops', async () => {
  const app = createApp()
  app.get('/events', { responses: { 200: sse(text()) } }, async function* ({ signal }) {
    yield 'first'
    await aborted(signal)
  })
  const handler = toNodeHandler(app)
  const server = createServer(handler)
  const host = await listening(server)
  const response = await fetch(`${host.url}/events`)
  const read = response.text()
  const closed = host[Symbol.asyncDispose]()
  await handler.stop()
  assert.match(await read, /data: first/)
  await closed
})

async function ask(url: string, fields: Record<string, string>, body?: string) {
  const session = connectHTTP2(url)
  try {
    const stream = session.request(fields, { endStream: body === undefined })
    if (body !== undefined) stream.end(body)
    const [headers] = await once(stream, 'response')
    let received = ''
    for await (const chunk of stream.setEncoding('utf8')) received += chunk
    return { headers, received }
  } finally {
    session.destroy()
  }
}

describe('over HTTP/2', () => {
  test('requests are answered, with content of unknown length and middleware that reads the request', async () => {
    const app = itemApp()
    app.use(compression())
    await using host = await listening(createHTTP2Server(toNodeHandler(app)))
    const got = await ask(host.url, { ':path': '/items' })
    assert.equal(got.headers[':status'], 200)
    assert.equal(got.received, '/items')
    const posted = await ask(host.url, { ':method': 'POST', ':path': '/items', 'content-type': 'application/json' }, '{"name":"a"}')
    assert.equal(posted.received, '{"name":"a"}')
    assert.equal((await ask(host.url, { ':path': '/none' })).headers[':status'], 404)
    assert.equal((await ask(host.url, { ':path': '/', ':authority': 'a:99999' })).headers[':status'], 400)
  })

  test('a stream that fails is reset, and the process goes on', async () => {
    const app = createApp({ logger: new RecordingLogger() })
    app.get('/fail', { responses: { 200: sse(text()) } }, async function* () {
      yield 'first'
      throw new Error('broken')
    })
    await using host = await listening(createHTTP2Server(toNodeHandler(app)))
    await assert.rejects(ask(host.url, { ':path': '/fail' }), { code: 'ERR_HTTP2_STREAM_ERROR' })
  })

  test('a reset of the client aborts the signal', async () => {
    const begun = deferred()
    const left = deferred()
    const app = createApp()
    app.get('/hang', { responses: { 200: text() } }, async ({ signal }) => {
      begun.resolve()
      await aborted(signal)
      left.resolve()
      return ''
    })
    await using host = await listening(createHTTP2Server(toNodeHandler(app)))
    const session = connectHTTP2(host.url)
    const stream = session.request({ ':path': '/hang' })
    stream.on('error', () => undefined)
    await begun.promise
    stream.close(constants.NGHTTP2_CANCEL)
    await left.promise
    session.destroy()
  })
})
