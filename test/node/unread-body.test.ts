import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Incoming } from '../../src/index.ts'
import { fakeApp, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { fieldsOf, Wire } from '../support/wire.ts'

const NEXT = 'GET /next HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Answers with the path, and reads nothing unless it is asked to. */
const app = fakeApp(async (incoming) => {
  if (incoming.path === '/begin') await readFirst(incoming)
  if (incoming.path === '/stream') return replyWith(sourceOf(() => ['streamed'][Symbol.iterator]()))
  return replyWith(`answer ${incoming.path}`)
})

async function readFirst(incoming: Incoming): Promise<void> {
  for await (const _chunk of incoming.body()) return
}

describe('little that nobody read', () => {
  for (const path of ['/unread', '/begin', '/stream']) {
    test(`${path}: is not taken for the next request, and the connection is kept`, async () => {
      await using server = await listen(app)
      using wire = new Wire(server.port)
      wire.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 40000\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n`)
      const first = await wire.until(path === '/stream' ? '0\r\n\r\n' : `answer ${path}`)
      assert.notEqual(fieldsOf(first).get('connection'), 'close')
      wire.send('x'.repeat(40_000 - 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n'.length)).send(NEXT)
      const both = await wire.whole()
      assert.match(both, /answer \/next$/)
      assert.doesNotMatch(both, /smuggled/)
    })
  }

  test('content that comes with its request', async () => {
    await using server = await listen(app)
    using wire = new Wire(server.port)
    assert.match(
      await wire.send(`POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc${NEXT}`).whole(),
      /answer \/unread[^]*answer \/next$/,
    )
  })
})

describe('chunks that nobody read', () => {
  const HEAD = 'HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n'
  const prompt = fakeApp(({ path }) => replyWith(`answer ${path}`))

  for (const path of ['/unread', '/begin', '/stream']) {
    test(`${path}: a few keep the connection`, async () => {
      for (const served of path === '/unread' ? [app, prompt] : [app]) {
        await using server = await listen(served)
        using wire = new Wire(server.port)
        const all = await wire.send(`POST ${path} ${HEAD}5\r\nhello\r\n0\r\n\r\n${NEXT}`).whole()
        assert.match(all, /^HTTP\/1.1 200 OK[^]*(?:answer \/|streamed)[^]*answer \/next$/)
      }
    })
  }

  test('too many end it', async () => {
    const paths: string[] = []
    const watching = fakeApp(({ path }) => {
      paths.push(path)
      return replyWith(`answer ${path}`)
    })
    await using server = await listen(watching)
    using wire = new Wire(server.port)
    wire.send(`POST /unread ${HEAD}`)
    await wire.until('answer /unread')
    wire.send(`100000\r\n${'x'.repeat(1_048_576)}\r\n0\r\n\r\n${NEXT}`)
    assert.match(await wire.whole(), /answer \/unread$/)
    assert.equal(await wire.ended, 'end')
    assert.deepEqual(paths, ['/unread'])
  })
})

describe('much that nobody read', () => {
  test('closes the connection', async () => {
    await using server = await listen(app)
    using wire = new Wire(server.port)
    const answer = await wire.send('POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n').whole()
    assert.equal(fieldsOf(answer).get('connection'), 'close')
    assert.match(answer, /answer \/unread$/)
    assert.equal(await wire.ended, 'end')
  })

  test('requests behind it are not handled', async () => {
    const paths: string[] = []
    const watching = fakeApp(({ path }) => {
      paths.push(path)
      return replyWith('')
    })
    await using server = await listen(watching)
    using wire = new Wire(server.port)
    const body = 'x'.repeat(300_000)
    await wire.send(`POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}${NEXT}`).whole()
    assert.deepEqual(paths, ['/unread'])
  })

  test('a client that sends all of it first and listens then gets the answer, not a reset', async () => {
    await using server = await listen(app)
    for (const head of ['', 'Connection: close\r\n', 'Expect: 100-continue\r\n']) {
      using wire = new Wire(server.port)
      wire.stall().send(`POST /unread HTTP/1.1\r\nHost: x\r\n${head}Content-Length: 20000000\r\n\r\n`)
      const part = 'x'.repeat(1_000_000)
      for (let sent = 0; sent < 20; sent += 1) await new Promise((resolve) => wire.socket.write(part, resolve))
      wire.socket.resume()
      assert.match(await wire.whole(), /answer \/unread$/)
      assert.equal(await wire.ended, 'end')
    }
  })

  test('an answer that is made while content still arrives may read it: an echo', async () => {
    const echo = fakeApp((incoming) => replyWith({ open: () => incoming.body()[Symbol.asyncIterator]() }))
    await using server = await listen(echo)
    using wire = new Wire(server.port)
    wire.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n')
    await wire.until('1\r\na\r\n')
    wire.send('2\r\nbc\r\n0\r\n\r\n')
    assert.match(await wire.until('0\r\n\r\n'), /\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n$/)
  })
})
