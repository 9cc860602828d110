import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { NodeIncoming } from '../../src/node/incoming.ts'
import { inTurn, latestResponse } from '../../src/node/turns.ts'
import { aborted, fakeApp, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

function get(path: string, fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`
}

function post(text: string): string {
  return `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${text.length}\r\n\r\n${text}`
}

test('pipelined requests are handled one after the other, and answered in order', async () => {
  const events: string[] = []
  const app = fakeApp(async ({ path }) => {
    events.push(`begin ${path}`)
    await new Promise((resolve) => setImmediate(resolve))
    events.push(`end ${path}`)
    return replyWith(path === '/2' ? sourceOf(() => ['answer /2'][Symbol.iterator]()) : `answer ${path}`)
  })
  await using server = await listen(app)
  using wire = new Wire(server.port)
  const all = await wire
    .send(get('/1') + get('/2') + `POST /3 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc` + get('/4', 'Connection: close\r\n'))
    .whole()
  assert.match(all, /answer \/1[^]*answer \/2[^]*answer \/3[^]*answer \/4$/)
  assert.deepEqual(
    events,
    [1, 2, 3, 4].flatMap((n) => [`begin /${n}`, `end /${n}`]),
  )
})

test('each of them reads its own content', async () => {
  const app = fakeApp(async (incoming) => {
    let text = ''
    for await (const chunk of incoming.body()) text += Buffer.from(chunk).toString()
    return replyWith(`[${text}]`)
  })
  await using server = await listen(app)
  using wire = new Wire(server.port)
  assert.match(await wire.send(post('a') + post('bc') + post('def')).until('[def]'), /\[a\][^]*\[bc\][^]*\[def\]$/)
})

test('HEAD between others has no content', async () => {
  await using server = await listen(fakeApp(({ path }) => replyWith(`answer ${path}`)))
  using wire = new Wire(server.port)
  const all = await wire.send(`HEAD /1 HTTP/1.1\r\nHost: x\r\n\r\n${get('/2', 'Connection: close\r\n')}`).whole()
  assert.match(all, /content-length: 9\r\n[^]*\r\n\r\nHTTP\/1.1 200 OK[^]*answer \/2$/)
  assert.doesNotMatch(all, /answer \/1/)
})

test('those behind a last answer, or behind a client that left, are not handled', async () => {
  const paths: string[] = []
  const begun = deferred()
  const left = deferred()
  const app = fakeApp(async ({ path, signal }) => {
    paths.push(path)
    if (path === '/leave') {
      begun.resolve()
      await aborted(signal)
      left.resolve()
    }
    return replyWith('', ['connection', 'close'])
  })
  await using server = await listen(app)
  using closing = new Wire(server.port)
  await closing.send(get('/1') + get('/2')).whole()
  assert.deepEqual(paths, ['/1'])

  const leaving = new Wire(server.port).send(get('/leave'))
  await begun.promise
  await new Promise((resolve) => leaving.socket.write(get('/3'), resolve))
  leaving.leave()
  await server.stop()
  assert.deepEqual(paths, ['/1', '/leave'])
})

test('a thousand requests at once are answered, each once', async () => {
  let handled = 0
  const app = fakeApp(async () => replyWith(`[${(handled += 1)}]`))
  await using server = await listen(app)
  using wire = new Wire(server.port)
  const all = await wire.send(get('/').repeat(999) + get('/', 'Connection: close\r\n')).whole()
  assert.deepEqual(
    all.match(/\[\d+\]/g),
    Array.from({ length: 1_000 }, (_, index) => `[${index + 1}]`),
  )
})

test('a connection is used again and again', async () => {
  await using server = await listen(fakeApp(({ path }) => replyWith(`answer ${path}`)))
  using wire = new Wire(server.port)
  for (let n = 1; n <= 20; n += 1) await wire.send(get(`/${n}!`)).until(`answer /${n}!`)
})

test('an idle connection keeps nothing of its last request in memory', async (context) => {
  const responses: ServerResponse[] = []
  const held: unknown[] = []
  const handler = inTurn((message, response) => {
    held.push(latestResponse(message.socket))
    responses.push(response)
    message.resume().on('end', () => response.end('answer'))
  })
  const server = createServer(handler).listen(0, '127.0.0.1')
  context.after(() => server.close())
  await once(server, 'listening')
  using wire = new Wire((server.address() as AddressInfo).port)
  for (const [index, request] of [get('/'), post('abc')].entries()) {
    await wire.send(request).until('answer', index + 1)
    const response = responses[index]!
    if (!response.closed) await once(response, 'close')
    assert.ok(held[index] === response, 'held while it is made')
    assert.ok(!response.req.socket.destroyed, 'still open')
    assert.ok(latestResponse(response.req.socket) === undefined, 'held no longer')
  }
})

test('what a client sends behind a hundred waiting requests is not read until they are answered', async () => {
  const release = deferred()
  const arrived = deferred()
  const messages: IncomingMessage[] = []
  const app = fakeApp(async (incoming) => {
    messages.push((incoming as NodeIncoming).message)
    if (incoming.path === '/slow') {
      arrived.resolve()
      await release.promise
    }
    return replyWith(`[${incoming.path}]`)
  })
  await using server = await listen(app)
  using wire = new Wire(server.port)
  const count = 60_000
  wire.send(get('/slow'))
  await arrived.promise
  wire.send(get('/a').repeat(count))
  // The server has read all that it takes once it has answered over another connection, again and again.
  using other = new Wire(server.port)
  for (let number = 1; number <= 50; number += 1) await other.send(get(`/${number}!`)).until(`[/${number}!]`)
  const { bytesRead } = messages[0]!.socket
  assert.ok(bytesRead < 500_000, `${bytesRead} of ${count * get('/a').length} bytes read`)
  release.resolve()
  await wire.until('[/a]', count)
})

test('a client that leaves while requests wait is noticed', async () => {
  const left = deferred()
  const arrived = deferred()
  const app = fakeApp(async ({ signal }) => {
    arrived.resolve()
    await aborted(signal)
    left.resolve()
    return replyWith('')
  })
  await using server = await listen(app)
  const wire = new Wire(server.port).send(get('/').repeat(20))
  await arrived.promise
  wire.leave()
  await left.promise
})
