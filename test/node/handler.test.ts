import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { createApp, text } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node/index.ts'
import { fakeApp, replyWith } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'

const GET = 'GET /api/users?a=b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** The whole answer of a server of another make. */
async function answerOf(listener: RequestListener, request = GET): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, resolve))
  using wire = new Wire((server.address() as AddressInfo).port)
  try {
    return await wire.send(request).whole()
  } finally {
    server.close()
  }
}

const echo = fakeApp(({ path, search }) => replyWith(`${path} ${search}`))

test('it is a listener of node:http', async () => {
  assert.match(await answerOf(toNodeHandler(echo)), /^HTTP\/1.1 200 OK\r\n[^]*\/api\/users a=b$/)
})

test('where a framework cuts the mount path off, routes still see the whole path', async () => {
  const handler = toNodeHandler(echo)
  const answer = await answerOf((message: IncomingMessage & { originalUrl?: string }, response) => {
    message.originalUrl = message.url!
    message.url = message.url!.replace('/api', '')
    handler(message, response)
  })
  assert.match(answer, /\/api\/users a=b$/)
})

test('a response that another framework has started is left alone', async () => {
  let asked = 0
  const handler = toNodeHandler(
    fakeApp(() => {
      asked += 1
      return replyWith('ours')
    }),
  )
  const answer = await answerOf((message, response: ServerResponse) => {
    response.writeHead(200)
    handler(message, response)
    response.end('theirs')
  })
  assert.match(answer, /theirs/)
  assert.doesNotMatch(answer, /ours/)
  assert.equal(asked, 0)
})

test('an app that breaks its promise never to fail is a 500 and a line in the log, whatever it throws', async () => {
  for (const fail of [
    () => {
      throw new Error('SECRET')
    },
    () => Promise.reject(new Error('SECRET')),
    () => Promise.reject(undefined),
  ]) {
    const app = fakeApp(fail)
    await using server = await listen(app)
    using wire = new Wire(server.port)
    const answer = await wire.send(GET).whole()
    assert.match(answer, /^HTTP\/1.1 500 Internal Server Error\r\n/)
    assert.doesNotMatch(answer, /SECRET/)
    assert.equal(app.logged.length, 1)
    assert.match(app.logged[0]!, /^REPLY: GET: /)
  }
})

test('a Host that no URL can have is a 400, and does not change the path of the URL', async () => {
  const handler = toNodeHandler(fakeApp((incoming) => replyWith(incoming.toRequest(() => Infinity).url)))
  for (const host of ['x/public?', 'x/public#', 'x?', 'x\\public?', 'a:99999', '%', '1.2.3.999', 'xn--', '[1]', 'user@x'])
    assert.match(await answerOf(handler, GET.replace('Host: x', `Host: ${host}`)), /^HTTP\/1.1 400 Bad Request\r\n/, host)
  assert.match(await answerOf(handler), /http:\/\/x\/api\/users\?a=b$/)
})

test('TRACE is a 405 under middleware that reads the request', async () => {
  const app = createApp()
  app.use(({ request }, next) => (request.headers.has('x-none') ? next() : next()))
  app.get('/api/users', { responses: { 200: text() } }, () => 'users')
  const answer = await answerOf(toNodeHandler(app), GET.replace('GET', 'TRACE'))
  assert.match(answer, /^HTTP\/1.1 405 Method Not Allowed\r\n[^]*allow: GET, HEAD, OPTIONS\r\n/i)
})
