/** An app inside Express and inside Fastify, as they are installed. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import express, { type ErrorRequestHandler } from 'express'
import { fastify } from 'fastify'
import { z } from 'zod'
import { createApp, sse, text } from '../../src/index.ts'
import { toNodeHandler, type NodeHandlerOptions } from '../../src/node/index.ts'
import { aborted } from '../support/fake-app.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Item = z.object({ name: z.string() })

function itemApp() {
  const app = createApp({ logger: new RecordingLogger() })
  app.get('/ping', { responses: { 200: text() } }, ({ request }) => new URL(request.url).pathname)
  app.post('/items', { body: Item, responses: { 201: Item } }, ({ body }) => body)
  app.get('/fails', { responses: { 200: text() } }, () => {
    throw new Error('SECRET')
  })
  app.get('/events', { responses: { 200: sse(text()) } }, async function* ({ signal }) {
    yield 'first'
    await aborted(signal)
  })
  return app
}

async function listening(server: Server): Promise<AsyncDisposable & { readonly url: string }> {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, [Symbol.asyncDispose]: close }
}

const post = (body: unknown) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

function expressHost(options: NodeHandlerOptions) {
  const handler = toNodeHandler(itemApp(), options)
  const host = express()
  host.use(express.json())
  host.use('/api', handler)
  host.get('/api/legacy', (_message, response) => void response.send('of the host'))
  host.use((_message, response) => void response.status(404).send('the host found nothing'))
  return { host, handler }
}

describe('inside Express', () => {
  test('below use("/api", …), with a base path, and without a route on the host', async () => {
    const { host } = expressHost({ basePath: '/api', fallThrough: true, parsedBody: true })
    await using server = await listening(createServer(host))
    assert.equal(await (await fetch(`${server.url}/api/ping`)).text(), '/ping')
    assert.equal(await (await fetch(`${server.url}/api/legacy`)).text(), 'of the host')
    for (const path of ['/api/nowhere', '/ping'])
      assert.equal(await (await fetch(server.url + path)).text(), 'the host found nothing', path)
    assert.equal((await fetch(`${server.url}/api/items`)).status, 405)
  })

  test('a path without a route is a 404 of the app, unless the host wants it', async () => {
    const { host } = expressHost({ basePath: '/api' })
    await using server = await listening(createServer(host))
    const response = await fetch(`${server.url}/api/legacy`)
    assert.deepEqual([response.status, response.headers.get('content-type')], [404, 'application/problem+json'])
    await response.text()
  })

  test('takes what express.json() has parsed, and judges it', async () => {
    const { host } = expressHost({ basePath: '/api', parsedBody: true })
    await using server = await listening(createServer(host))
    const created = await fetch(`${server.url}/api/items`, post({ name: 'pen', more: 1 }))
    assert.deepEqual([created.status, await created.json()], [201, { name: 'pen' }])
    assert.equal((await fetch(`${server.url}/api/items`, post({ name: 1 }))).status, 422)
  })

  test('an error of a handler is answered by the app, and does not reach the error handler of the host', async () => {
    const { host } = expressHost({ basePath: '/api' })
    const seen: unknown[] = []
    const onError: ErrorRequestHandler = (error, _message, _response, next) => {
      seen.push(error)
      next(error)
    }
    host.use(onError)
    await using server = await listening(createServer(host))
    const response = await fetch(`${server.url}/api/fails`)
    assert.equal(response.status, 500)
    assert.doesNotMatch(await response.text(), /SECRET/)
    assert.deepEqual(seen, [])
  })

  test('ends its endless streams with the host', async () => {
    const { host, handler } = expressHost({ basePath: '/api' })
    const server = await listening(createServer(host))
    const response = await fetch(`${server.url}/api/events`)
    const read = response.text()
    const closed = server[Symbol.asyncDispose]()
    await handler.stop()
    assert.match(await read, /data: first/)
    await closed
  })
})

describe('inside Fastify', () => {
  test('a plug-in that leaves the body alone hands everything below a path over', async () => {
    const handler = toNodeHandler(itemApp(), { basePath: '/api' })
    const host = fastify()
    await host.register(async (scope) => {
      scope.removeAllContentTypeParsers()
      scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
      scope.all('/api/*', (request, reply) => {
        reply.hijack()
        handler(request.raw, reply.raw)
      })
      // 'onClose' would wait for the streams that this ends.
      scope.addHook('preClose', () => handler.stop())
    })
    host.post('/own', ({ body }) => body)
    const url = await host.listen({ port: 0, host: '127.0.0.1' })
    assert.equal(await (await fetch(`${url}/api/ping`)).text(), '/ping')
    const created = await fetch(`${url}/api/items`, post({ name: 'pen', more: 1 }))
    assert.deepEqual([created.status, await created.json()], [201, { name: 'pen' }])
    assert.equal((await fetch(`${url}/api/items`, post({ name: 1 }))).status, 422)
    assert.equal((await fetch(`${url}/api/none`)).status, 404)
    assert.deepEqual(await (await fetch(`${url}/own`, post({ name: 'host' }))).json(), { name: 'host' })
    const read = (await fetch(`${url}/api/events`)).text()
    await host.close()
    assert.match(await read, /data: first/)
  })
})
