import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import type { Reply } from '../../src/index.ts'
import { toNodeHandler } from '../../src/node/index.ts'
import { fakeApp, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { fieldsOf, Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

/** The whole answer to a request that asks for the connection to be closed. */
async function answerTo(reply: Reply, method = 'GET'): Promise<string> {
  await using server = await listen(fakeApp(() => reply))
  using wire = new Wire(server.port)
  return await wire.send(`${method} / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`).whole()
}

function contentOf(answer: string): string {
  return answer.slice(answer.indexOf('\r\n\r\n') + 4)
}

describe('content that is there', () => {
  for (const [name, body, sent] of [
    ['text', 'hello', 'hello'],
    ['no text', '', ''],
    ['few bytes', Uint8Array.of(0, 127, 128, 255), '\0\x7f\x80\xff'],
    ['many bytes', new Uint8Array(100_000).fill(200), '\xc8'.repeat(100_000)],
    ['a part of a buffer', Buffer.from('0123456789').subarray(3, 5), '34'],
    ['nothing', null, ''],
  ] as const) {
    test(`${name}: its length is said, and it is sent`, async () => {
      const answer = await answerTo(replyWith(body, ['content-type', 'a/b']))
      assert.match(answer, /^HTTP\/1.1 200 OK\r\n/)
      assert.equal(fieldsOf(answer).get('content-length'), String(sent.length))
      assert.equal(fieldsOf(answer).get('content-type'), 'a/b')
      assert.equal(contentOf(answer), sent)
    })

    test(`${name}: HEAD has the fields of GET and no content`, async () => {
      const answer = await answerTo(replyWith(body, ['content-type', 'a/b']), 'HEAD')
      assert.equal(fieldsOf(answer).get('content-length'), String(sent.length))
      assert.equal(fieldsOf(answer).get('content-type'), 'a/b')
      assert.equal(contentOf(answer), '')
    })
  }
})

describe('statuses that never have content', () => {
  for (const status of [204, 304]) {
    test(`${status}: no content and no Content-Length is sent`, async () => {
      const answer = await answerTo(replyWith('content', ['content-type', 'a/b', 'content-length', '7', 'etag', '"a"'], status))
      assert.equal(fieldsOf(answer).get('content-length'), undefined)
      assert.equal(fieldsOf(answer).get('content-type'), undefined)
      assert.equal(fieldsOf(answer).get('transfer-encoding'), undefined)
      assert.equal(fieldsOf(answer).get('etag'), '"a"')
      assert.equal(contentOf(answer), '')
    })
  }

  test('205 has Content-Length: 0', async () => {
    const answer = await answerTo(replyWith('content', ['content-type', 'a/b'], 205))
    assert.equal(fieldsOf(answer).get('content-length'), '0')
    assert.equal(fieldsOf(answer).get('content-type'), undefined)
    assert.equal(contentOf(answer), '')
  })

  test('their producer is closed without being started', async () => {
    const seen: string[] = []
    const source = sourceOf(() => ({
      next: () => ({ done: seen.push('next') > 5, value: 'a' }),
      return: () => ({ done: seen.push('return') > 5, value: '' }),
    }))
    assert.equal(contentOf(await answerTo(replyWith(source, [], 204))), '')
    assert.deepEqual(seen, ['return'])
  })

  test('a status that cannot end an exchange is the server’s fault', async () => {
    for (const status of [100, 103, 199, 600, Number.NaN]) {
      const answer = await answerTo(replyWith('content', [], status))
      assert.match(answer, /^HTTP\/1.1 500 Internal Server Error\r\n/)
      assert.equal(contentOf(answer), '')
    }
  })
})

test('HEAD never opens a producer, and sends its length if known', async () => {
  let opened = 0
  const open = () => [`${(opened += 1)}`][Symbol.iterator]()
  const sized = await answerTo(replyWith(sourceOf(open, { length: 1 })), 'HEAD')
  assert.equal(fieldsOf(sized).get('content-length'), '1')
  const unsized = await answerTo(replyWith(sourceOf(open)), 'HEAD')
  assert.equal(fieldsOf(unsized).get('content-length'), undefined)
  assert.equal(fieldsOf(unsized).get('transfer-encoding'), undefined)
  assert.equal(contentOf(unsized), '')
  assert.equal(opened, 0)
})

test('framing headers of the reply are replaced by the writer', async () => {
  const framing = ['content-length', '999', 'transfer-encoding', 'gzip', 'content-length', '1', 'trailer', 'x']
  const answer = await answerTo(replyWith('hello', framing))
  assert.deepEqual(answer.match(/content-length: .*/gi), ['content-length: 5'])
  assert.equal(fieldsOf(answer).get('transfer-encoding'), undefined)
  assert.equal(fieldsOf(answer).get('trailer'), undefined)
})

test('repeated fields stay apart and in order', async () => {
  const answer = await answerTo(replyWith('', ['set-cookie', 'a=1', 'x', '1', 'set-cookie', 'b=2']))
  assert.deepEqual(answer.match(/set-cookie: .*/g), ['set-cookie: a=1', 'set-cookie: b=2'])
})

test('a reply that cannot be sent is a 500, whose error only the app gets', async () => {
  const reply = replyWith('SECRET', ['x-a', 'SECRET\u0100'])
  const errors: unknown[] = []
  reply.afterwards = (cut) => void errors.push(cut?.error)
  const answer = await answerTo(reply)
  assert.match(answer, /^HTTP\/1.1 500 Internal Server Error\r\n/)
  assert.doesNotMatch(answer, /SECRET/)
  assert.equal(errors.length, 1)
  assert.ok(errors[0] instanceof TypeError)
})

test('afterwards runs once, after the last byte', async () => {
  const reply = replyWith('hello')
  const done = deferred()
  let calls = 0
  reply.afterwards = (cut) => {
    calls += 1
    assert.equal(cut, undefined)
    done.resolve()
  }
  assert.match(await answerTo(reply), /hello$/)
  await done.promise
  assert.equal(calls, 1)
})

test('fields that another framework has put on the response stay, lists gather, others are replaced', async () => {
  const handler = toNodeHandler(fakeApp(() => replyWith('', ['x-a', 'ours', 'set-cookie', 'b=2', 'set-cookie', 'c=3', 'vary', 'Accept'])))
  const server = createServer((message, response) => {
    response.setHeader('x-a', 'theirs').setHeader('x-b', 'theirs').setHeader('set-cookie', 'a=1').setHeader('vary', 'Origin')
    handler(message, response)
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  using wire = new Wire((server.address() as AddressInfo).port)
  const answer = await wire.send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n').whole()
  server.close()
  assert.equal(fieldsOf(answer).get('x-a'), 'ours')
  assert.equal(fieldsOf(answer).get('x-b'), 'theirs')
  assert.deepEqual(answer.match(/set-cookie: .*/gi), ['set-cookie: a=1', 'set-cookie: b=2', 'set-cookie: c=3'])
  assert.deepEqual(answer.match(/vary: .*/gi), ['vary: Origin', 'vary: Accept'])
})
