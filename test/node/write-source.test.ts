import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import type { Chunk, Source } from '../../src/index.ts'
import { ModelError, Reply } from '../../src/index.ts'
import type { ConnectMiddleware } from '../../src/node/index.ts'
import { aborted, fakeApp, replyWith, sourceOf, type FakeApp } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { fieldsOf, Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const GET_1_0 = 'GET / HTTP/1.0\r\n\r\n'

/** The chunks of an answer, whole or not. */
function contentOf(answer: string): string {
  return answer
    .slice(answer.indexOf('\r\n\r\n') + 2)
    .replace(/\r\n[\da-f]+\r\n/g, '')
    .replace(/\r\n$/, '')
}

interface Streaming {
  readonly app: FakeApp
  /** Each call of `afterwards`, with its error. */
  readonly ends: unknown[]
  readonly ended: Promise<void>
}

/** An app that answers with one source. */
function streaming(source: Source): Streaming {
  const ends: unknown[] = []
  const { promise: ended, resolve: open } = deferred()
  const app = fakeApp(() => {
    const reply = replyWith(source)
    reply.afterwards = (cut) => {
      ends.push(cut?.error)
      open()
    }
    return reply
  })
  return { app, ends, ended }
}

const abc = () => ['a', 'b', Uint8Array.of(99)][Symbol.iterator]()

describe('framing', () => {
  test('of unknown length: chunks, and the connection is kept', async () => {
    await using server = await listen(streaming(sourceOf(abc)).app)
    using wire = new Wire(server.port)
    const answer = await wire.send(GET).until('0\r\n\r\n')
    assert.equal(fieldsOf(answer).get('transfer-encoding'), 'chunked')
    assert.equal(contentOf(answer), 'abc')
    await wire.send(GET).until('0\r\n\r\n', 2)
  })

  test('of unknown length to HTTP/1.0: until the connection ends', async () => {
    await using server = await listen(streaming(sourceOf(abc)).app)
    using wire = new Wire(server.port)
    const answer = await wire.send(GET_1_0).whole()
    assert.equal(fieldsOf(answer).get('transfer-encoding'), undefined)
    assert.equal(fieldsOf(answer).get('connection'), 'close')
    assert.match(answer, /\r\n\r\nabc$/)
    assert.equal(await wire.ended, 'end')
  })

  test('of declared length', async () => {
    await using server = await listen(streaming(sourceOf(abc, { length: 3 })).app)
    using wire = new Wire(server.port)
    const answer = await wire.send(GET).until('abc')
    assert.equal(fieldsOf(answer).get('content-length'), '3')
    assert.equal(fieldsOf(answer).get('transfer-encoding'), undefined)
  })

  test('empty chunks do not end it, no chunk at all is an end', async () => {
    await using empty = await listen(streaming(sourceOf(() => ['a', '', new Uint8Array(0), 'é', ''][Symbol.iterator]())).app)
    using wire = new Wire(empty.port)
    assert.equal(contentOf(await wire.send(GET).until('0\r\n\r\n')), 'a\xc3\xa9')
    await using none = await listen(streaming(sourceOf(() => [][Symbol.iterator]())).app)
    using other = new Wire(none.port)
    assert.match(await other.send(GET).until('0\r\n\r\n'), /\r\n\r\n0\r\n\r\n$/)
  })
})

describe('when chunks leave', () => {
  test('the head leaves although no chunk is made yet', async () => {
    const { promise: opened, resolve: open } = deferred()
    const { app } = streaming(
      sourceOf(async function* () {
        await opened
        yield 'late'
      }),
    )
    await using server = await listen(app)
    using wire = new Wire(server.port)
    assert.match(await wire.send(GET).until('\r\n\r\n'), /\r\n\r\n$/)
    open()
    await wire.until('late')
  })

  test('those that are ready together leave together, those before a wait do not wait', async (t) => {
    // On a machine that is busy, a tick may take longer than a turn.
    t.mock.method(performance, 'now', () => 0)
    const { promise: opened, resolve: open } = deferred()
    const { app } = streaming(
      sourceOf(async function* () {
        yield 'a'
        yield 'b'
        await opened
        yield 'c'
        yield 'd'
      }),
    )
    await using server = await listen(app)
    using wire = new Wire(server.port)
    assert.match(await wire.send(GET).until('ab'), /\r\n\r\n2\r\nab\r\n$/)
    open()
    assert.match(await wire.until('0\r\n\r\n'), /\r\n2\r\nab\r\n2\r\ncd\r\n0\r\n\r\n$/)
  })

  test('a producer that is always ready leaves others their turn, and what it made leaves in parts', async () => {
    let made = 0
    const theOther = { isAnswered: false }
    const busy = sourceOf(function* () {
      while (!theOther.isAnswered) yield `${(made += 1)}\n`.padStart(1_000)
    })
    const app = fakeApp(({ path }) => replyWith(path === '/other' ? 'other' : busy))
    await using server = await listen(app)
    using wire = new Wire(server.port)
    using other = new Wire(server.port)
    await wire.send(GET).until('1\n')
    await other.send('GET /other HTTP/1.1\r\nHost: x\r\n\r\n').until('other')
    theOther.isAnswered = true
    await wire.until('0\r\n\r\n')
  })
})

describe('a slow client', () => {
  const CHUNK = new Uint8Array(65_536).fill(120)

  test('stops the producer, and when it goes on gets every byte', async () => {
    const COUNT = 400
    let made = 0
    const stalled = deferred()
    const { app, ended } = streaming(
      sourceOf(async function* () {
        for (; made < COUNT; made += 1) {
          yield CHUNK
          // What is made after a turn of everything else was made because the client took something.
          if (made === 10) stalled.resolve()
        }
      }),
    )
    await using server = await listen(app)
    const socket = connect(server.port, '127.0.0.1').pause()
    socket.write(GET_1_0)
    await stalled.promise
    const atRest = await settledValue(() => made)
    assert.ok(atRest < COUNT, `${atRest} chunks were made for a client that reads nothing`)
    let taken = 0
    let headLength: number | undefined
    for await (const data of socket) {
      headLength ??= (data as Buffer).indexOf('\r\n\r\n') + 4
      taken += (data as Buffer).length
    }
    await ended
    assert.equal(taken - headLength!, COUNT * CHUNK.length)
  })

  test('that takes nothing for too long is cut off, and its producer closed once', async () => {
    let cleanups = 0
    const source = sourceOf(
      async function* () {
        try {
          for (;;) yield CHUNK
        } finally {
          cleanups += 1
        }
      },
      { slowClient: { bytes: 65_536, ms: 20 } },
    )
    for (const request of [GET, GET_1_0]) {
      const { app, ended, ends } = streaming(source)
      await using server = await listen(app)
      using wire = new Wire(server.port)
      wire.stall().send(request)
      await ended
      assert.match((ends[0] as Error).message, /^SLOW_CLIENT: /)
      wire.socket.resume()
      assert.doesNotMatch(await wire.whole(), /0\r\n\r\n$/)
    }
    assert.equal(cleanups, 2)
  })

  test('for which nothing is made is empty', async () => {
    const { promise: opened, resolve: open } = deferred()
    const source = sourceOf(
      async function* () {
        yield CHUNK
        await opened
        yield 'late'
      },
      { slowClient: { bytes: 1, ms: 1 } },
    )
    const { app, ended, ends } = streaming(source)
    await using server = await listen(app)
    using wire = new Wire(server.port)
    await wire.send(GET).until('xxx\r\n')
    await new Promise((resolve) => setTimeout(resolve, 20))
    open()
    await wire.until('0\r\n\r\n')
    await ended
    assert.deepEqual(ends, [undefined])
  })

  test('has as much made for it as may wait, and no more', async () => {
    const LIMIT = 16_777_216
    let made = 0
    const isFull = deferred()
    const source = sourceOf(
      async function* () {
        for (;;) {
          made += CHUNK.length
          if (made > LIMIT) isFull.resolve()
          yield CHUNK
        }
      },
      { slowClient: { bytes: LIMIT, ms: Infinity } },
    )
    const { app, ended } = streaming(source)
    await using server = await listen(app)
    using wire = new Wire(server.port)
    wire.stall().send(GET)
    await isFull.promise
    assert.ok((await settledValue(() => made)) < 4 * LIMIT)
    wire.leave()
    await ended
  })

  test('that stalls and then leaves ends its producer', async () => {
    let cleanups = 0
    let made = 0
    const { app, ended, ends } = streaming(
      sourceOf(async function* () {
        try {
          for (;;) {
            made += 1
            yield CHUNK
          }
        } finally {
          cleanups += 1
        }
      }),
    )
    await using server = await listen(app)
    using wire = new Wire(server.port)
    wire.stall().send(GET)
    await settledValue(() => made)
    wire.leave()
    await ended
    assert.equal(cleanups, 1)
    assert.deepEqual(ends, [undefined])
  })
})

/** The value when it has stopped changing over many turns of the event loop. */
async function settledValue(read: () => number): Promise<number> {
  let last = Number.NaN
  for (let same = 0; same < 50; same = read() === last ? same + 1 : 0) {
    last = read()
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  return last
}

describe('a client that leaves', () => {
  test('aborts the signal and closes the producer once, in this order', async () => {
    const events: string[] = []
    const { app, ended, ends } = streaming(
      sourceOf((signal) => {
        signal.addEventListener('abort', () => events.push('abort'))
        let count = 0
        return {
          next: async () => {
            if (count++ === 0) return { done: false, value: 'first' }
            await aborted(signal)
            return { done: false, value: 'nobody reads this' }
          },
          return: async () => {
            events.push('return')
            return { done: true, value: undefined }
          },
        }
      }),
    )
    await using server = await listen(app)
    const wire = new Wire(server.port)
    await wire.send(GET).until('first')
    wire.leave()
    await ended
    assert.deepEqual(events, ['abort', 'return'])
    assert.deepEqual(ends, [undefined])
  })

  test('an error of the producer that its abort caused is not reported; an error of its clean-up is', async () => {
    const failure = new Error('from the clean-up')
    const quiet = streaming(
      sourceOf(async function* (signal) {
        yield 'first'
        await aborted(signal)
        signal.throwIfAborted()
      }),
    )
    const loud = streaming(
      sourceOf(() => ({
        next: async () => ({ done: false, value: 'first' }),
        return: () => Promise.reject(failure),
      })),
    )
    for (const [{ app, ended, ends }, expected] of [
      [quiet, undefined],
      [loud, failure],
    ] as const) {
      await using server = await listen(app)
      const wire = new Wire(server.port)
      await wire.send(GET).until('first')
      wire.leave()
      await ended
      assert.deepEqual(ends, [expected])
    }
  })

  test('before the reply is there: a producer that has begun is closed', async () => {
    const arrived = deferred()
    const events: string[] = []
    const done = deferred()
    const app = fakeApp(async (incoming) => {
      arrived.resolve()
      await aborted(incoming.signal)
      const reply = replyWith(
        sourceOf(() => ({
          next: () => ({ done: true, value: events.push('next') }),
          return: () => ({ done: true, value: events.push('return') }),
        })),
      )
      reply.afterwards = () => done.resolve()
      return reply
    })
    await using server = await listen(app)
    const wire = new Wire(server.port).send(GET)
    await arrived.promise
    wire.leave()
    await done.promise
    assert.deepEqual(events, ['return'])
  })

  test('five hundred of them leave no producer behind', async () => {
    let alive = 0
    let ends = 0
    const allEnded = deferred()
    const source = sourceOf(async function* (signal) {
      alive += 1
      try {
        for (;;) {
          yield 'tick\n'
          await pause(1_000, undefined, { signal })
        }
      } finally {
        alive -= 1
      }
    })
    const app = fakeApp(() => {
      const reply = replyWith(source)
      reply.afterwards = () => {
        ends += 1
        if (ends === 500) allEnded.resolve()
      }
      return reply
    })
    await using server = await listen(app)
    const wires: Wire[] = []
    while (wires.length < 500) {
      // All at once, they would wait for places in the backlog.
      const wave = Array.from({ length: 50 }, () => new Wire(server.port).send(GET))
      await Promise.all(wave.map((wire) => wire.until('tick')))
      wires.push(...wave)
    }
    assert.equal(alive, 500)
    for (const wire of wires) wire.leave()
    await allEnded.promise
    assert.equal(alive, 0)
    assert.equal(ends, 500)
  })
})

const failing = (failure: unknown) =>
  sourceOf(async function* () {
    yield 'a'
    yield 'b'
    throw failure
  })

describe('an error after the head', () => {
  test('sends what was made before, and never the end of a whole answer', async () => {
    const failure = new Error('SECRET')
    const { app, ended, ends } = streaming(failing(failure))
    await using server = await listen(app)
    using wire = new Wire(server.port)
    const answer = await wire.send(GET).whole()
    assert.equal(contentOf(answer), 'ab')
    assert.doesNotMatch(answer, /0\r\n\r\n$/)
    await ended
    assert.deepEqual(ends, [failure])
  })

  test('does not send all of a declared length', async () => {
    const { app } = streaming({ ...failing(new Error('x')), length: 3 })
    await using server = await listen(app)
    using wire = new Wire(server.port)
    assert.match(await wire.send(GET).whole(), /content-length: 3\r\n[^]*\r\n\r\nab$/)
  })

  test('resets a connection whose end would be the end of the answer', async () => {
    const { promise: opened, resolve: open } = deferred()
    const { app } = streaming(
      sourceOf(async function* () {
        yield 'a'
        await opened
        throw new Error('x')
      }),
    )
    await using server = await listen(app)
    using wire = new Wire(server.port)
    await wire.send(GET_1_0).until('a')
    open()
    assert.equal(await wire.ended, 'ECONNRESET')
  })

  test('of a synchronous producer, of one that fails to open, of one that throws nothing that is an error', async () => {
    const sources: Source[] = [
      sourceOf(function* () {
        yield 'a'
        throw new Error('x')
      }),
      sourceOf(() => {
        throw new Error('x')
      }),
      failing(undefined),
    ]
    for (const source of sources) {
      const { app, ended, ends } = streaming(source)
      await using server = await listen(app)
      using wire = new Wire(server.port)
      assert.doesNotMatch(await wire.send(GET).whole(), /0\r\n\r\n$/)
      await ended
      assert.equal(ends.length, 1)
    }
  })
})

const chunks =
  (...parts: Chunk[]) =>
  () =>
    parts[Symbol.iterator]()

describe('a declared length is held', () => {
  for (const [name, source, sent] of [
    ['too little', sourceOf(chunks('a', 'b'), { length: 3 }), 'ab'],
    ['too much at once', sourceOf(chunks('a', 'bcd'), { length: 3 }), 'a'],
    ['too much after the last byte', sourceOf(chunks('a', 'bc', 'd'), { length: 3 }), 'a'],
    ['something where nothing was declared', sourceOf(chunks('a'), { length: 0 }), ''],
    ['bytes are counted, not characters', sourceOf(chunks('é', 'é'), { length: 2 }), ''],
  ] as const) {
    test(name, async () => {
      const { app, ended, ends } = streaming(source)
      await using server = await listen(app)
      using wire = new Wire(server.port)
      const answer = await wire.send(GET).whole()
      assert.equal(answer.slice(answer.indexOf('\r\n\r\n') + 4), sent)
      await ended
      assert.ok(ends[0] instanceof ModelError)
    })
  }

  test('empty chunks after the last byte are no breach', async () => {
    const { app } = streaming(sourceOf(chunks('', 'abc', ''), { length: 3 }))
    await using server = await listen(app)
    using wire = new Wire(server.port)
    await wire.send(GET).until('abc')
  })

  test('a producer that makes too much is closed', async () => {
    let closed = 0
    const source: Source = {
      length: 1,
      open: () => ({ next: () => ({ done: false, value: 'ab' }), return: () => ({ done: true, value: (closed += 1) }) }),
    }
    const { app, ended } = streaming(source)
    await using server = await listen(app)
    using wire = new Wire(server.port)
    await wire.send(GET).whole()
    await ended
    assert.equal(closed, 1)
  })
})

const shout: ConnectMiddleware = (_message, response, next) => {
  const write = response.write.bind(response) as (chunk: Chunk) => boolean
  response.write = (given: unknown) => write(String(given).toUpperCase())
  next()
}

test('middleware of other frameworks gets what was made, not how it is framed', async () => {
  const { app } = streaming(
    sourceOf(async function* () {
      yield 'a'
      await new Promise((resolve) => setImmediate(resolve))
      yield 'bcdefghijkl'
    }),
  )
  await using server = await listen(app, { connect: [shout] })
  using wire = new Wire(server.port)
  const answer = await wire.send(GET).until('0\r\n\r\n')
  assert.match(answer, /\r\n\r\n1\r\nA\r\nb\r\n/)
  assert.equal(fieldsOf(answer).get('transfer-encoding'), 'chunked')
})

test('a reply without afterwards is written too', async () => {
  await using server = await listen(fakeApp(() => new Reply(200, { headers: {}, body: sourceOf(() => ['a'][Symbol.iterator]()) })))
  using wire = new Wire(server.port)
  await wire.send(GET).until('0\r\n\r\n')
})
