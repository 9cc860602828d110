/** Bodies between their making and the wire: the length that they were given, and producers that nobody will read. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { ModelError } from '../../src/index.ts'
import { HeaderList } from '../../src/http/header-list.ts'
import { readChunks } from '../../src/reply/sequence.ts'
import { isSource, Reply, type Source, adoptContentLength, discard } from '../../src/reply/reply.ts'

function replyWith(body: Reply['body'], contentLength?: string): Reply {
  return new Reply(200, { headers: HeaderList.from(contentLength === undefined ? [] : ['content-length', contentLength]), body })
}

test('a content-length becomes the length of a source', () => {
  const signal = new AbortController().signal
  const opened: unknown[] = []
  const slowClient = { bytes: 1, ms: 1 }
  const source: Source = {
    endless: true,
    slowClient,
    open(...parameters) {
      opened.push(this, ...parameters)
      return [][Symbol.iterator]()
    },
  }
  const reply = replyWith(source, '12')
  adoptContentLength(reply)
  assert.ok(isSource(reply.body), 'still a source')
  assert.equal(reply.body.length, 12)
  assert.equal(reply.body.endless, true)
  assert.equal(reply.body.slowClient, slowClient)
  assert.equal(reply.headers.has('content-length'), false)
  reply.body.open(signal)
  assert.deepEqual(opened, [source, signal])
})

test('an invalid content-length is a breach', () => {
  for (const field of ['', 'x', '-1', '1.5', '1, 1', ' 1', '1'.repeat(16)]) {
    assert.throws(() => adoptContentLength(replyWith({ open: () => [][Symbol.iterator]() }, field)), ModelError)
  }
})

test('other bodies know their length themselves', () => {
  const reply = replyWith('text', '12')
  adoptContentLength(reply)
  assert.equal(reply.body, 'text')
})

test('a reply that is not written closes its producer', async () => {
  let cancelled: unknown
  const stream = new ReadableStream<Uint8Array>({ cancel: (reason) => void (cancelled = reason ?? 'cancelled') })
  discard(replyWith({ open: () => readChunks(stream) }))
  await Promise.resolve()
  assert.equal(cancelled, 'cancelled')
})

test('an error of closing is ignored', async () => {
  const failing = {
    next: () => Promise.resolve({ done: true as const, value: undefined }),
    return: () => Promise.reject(new Error('late')),
  }
  discard(replyWith({ open: () => failing }))
  discard(replyWith('text'))
  discard(replyWith(null))
  await new Promise(setImmediate)
})
