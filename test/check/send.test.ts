/** Sending requests over a connection. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { test } from 'node:test'
import { checkContract } from '../../src/check/index.ts'
import { connect } from '../../src/check/send/http.ts'
import { deferred } from '../support/deferred.ts'
import { startServer } from '../support/http-server.ts'

const RESPONSE = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 4\r\n\r\ntrue'

test('a request on a connection that the server closes is sent again', async () => {
  let closed = 0
  const server = createServer((socket) => {
    let requests = 0
    socket.on('error', () => undefined)
    socket.on('data', () => {
      requests += 1
      if (requests === 1) socket.write(RESPONSE)
      else {
        closed += 1
        socket.resetAndDestroy()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const schema = { type: 'string', maxLength: 20 }
  const document = {
    openapi: '3.1.0',
    info: { title: 'Closing', version: '1.0.0' },
    paths: {
      '/a': {
        get: {
          parameters: [{ name: 'q', in: 'query', schema }],
          responses: { 200: { description: 'OK', content: { 'application/json': { schema: { type: 'boolean' } } } } },
        },
      },
    },
  }
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const { causes } = await checkContract(url, { document, seed: 1, requests: 10, phases: ['examples', 'boundaries', 'random'] })
  server.close()
  assert.deepEqual(causes, [])
  assert.ok(closed > 0)
})

test('a document of more than 4 MiB is read from a server, and a response of that size is not read to its end', async () => {
  const content = { 'application/json': { schema: { type: 'string' } } }
  const document = JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'Large', version: '1.0.0', description: 'a'.repeat(5 * 1024 * 1024) },
    paths: { '/a': { get: { responses: { 200: { description: 'OK', content } } } } },
  })
  await using server = await startServer((request, response) => {
    response.setHeader('content-type', 'application/json').end(request.url === '/openapi.json' ? document : JSON.stringify(document))
  })
  const { title, causes, requests } = await checkContract(server.url, { seed: 1, phases: ['examples'] })
  assert.deepEqual([title, causes, requests], ['Large', [], 1])
})

test('a response that stops arriving is cut off, and its connection is closed', async () => {
  const closed = deferred()
  await using server = await startServer((_request, response) => {
    response.on('close', closed.resolve)
    response.setHeader('content-length', '2').write('{')
  })
  const { send, close } = connect(new URL(server.url), { timeoutMs: 2000, streamMs: 10, streamItems: 1 })
  const { ending } = await send({ method: 'GET', path: '/', headers: [], body: undefined })
  await closed.promise
  close()
  assert.equal(ending, 'cut')
})
