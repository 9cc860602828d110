/** Streams: any producer of text or bytes, begun before the head, closed whatever happens. */
import { strict as assert } from 'node:assert'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import { ModelError } from '../../src/index.ts'
import { stream } from '../../src/representation/stream.ts'
import { readAll, render, sourceOf } from './exchange.ts'
import { fc } from '../support/fuzz.ts'
import { deferred } from '../support/deferred.ts'

const text = stream('text/plain')
const words = fc.string({ unit: 'grapheme' })
const never = new AbortController().signal

async function* asynchronous(chunks: readonly unknown[]) {
  yield* chunks
}

function* synchronous(chunks: readonly unknown[]) {
  yield* chunks
}

const producers: Record<string, (chunks: readonly unknown[]) => unknown> = {
  'an array': (chunks) => chunks,
  'a synchronous generator': synchronous,
  'an asynchronous generator': asynchronous,
  'a ReadableStream': (chunks) => ReadableStream.from(chunks),
  'a Node stream': (chunks) => Readable.from(chunks),
}

for (const [name, produce] of Object.entries(producers)) {
  test(`${name}: text and bytes in order`, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            words,
            words.map((word) => new TextEncoder().encode(word)),
          ),
        ),
        async (chunks) => {
          const whole = Buffer.concat(chunks.map((chunk) => Buffer.from(chunk as string))).toString()
          assert.equal(await readAll(await render(text, produce(chunks))), whole)
        },
      ),
      { numRuns: 30 },
    ))

  test(`${name}: empty`, async () => {
    assert.equal(await readAll(await render(text, produce([]))), '')
  })

  test(`${name}: a first chunk of another type is a 500`, async () => {
    for (const chunk of [1, {}, [], true]) await assert.rejects(render(text, produce([chunk])), ModelError)
  })

  test(`${name}: a later chunk that is neither is an error after the chunks before it`, async () => {
    const reader = sourceOf(await render(text, produce(['a', 1]))).open(never)
    assert.equal((await reader.next()).value, 'a')
    await assert.rejects(async () => reader.next(), ModelError)
  })
}

test('a generator is not read ahead: one chunk is made for each that is asked for, the first before the head', async () => {
  let made = 0
  async function* count() {
    for (;;) yield String(made++)
  }
  const reader = sourceOf(await render(text, count())).open(never)
  assert.equal(made, 1)
  await reader.next()
  assert.equal(made, 1)
  await reader.next()
  assert.equal(made, 2)
})

function* failing(error: Error): Generator<string> {
  yield* []
  throw error
}

async function* failingLater(error: Error): AsyncGenerator<string> {
  await Promise.resolve()
  yield* failing(error)
}

test('an error before the first chunk is an ordinary one', async () => {
  const error = new Error('before')
  for (const value of [
    failing(error),
    failingLater(error),
    new ReadableStream({ pull: () => Promise.reject(error) }),
    Readable.from([]).destroy(error),
  ]) {
    await assert.rejects(render(text, value), error)
  }
})

test('an error later comes after every chunk before it', async () => {
  const reader = sourceOf(
    await render(
      text,
      (async function* () {
        yield 'a'
        yield 'b'
        throw new Error('late')
      })(),
    ),
  ).open(never)
  assert.equal((await reader.next()).value, 'a')
  assert.equal((await reader.next()).value, 'b')
  await assert.rejects(async () => reader.next(), /late/)
})

test('a value that is not a sequence is a breach', async () => {
  for (const value of [undefined, null, 1, 'text', {}, Promise.resolve('')]) await assert.rejects(render(text, value), ModelError)
})

/** Each producer tells when it is closed. */
const closing: Record<string, (closed: () => void) => unknown> = {
  'a synchronous generator': function* (closed) {
    try {
      for (;;) yield 'a'
    } finally {
      closed()
    }
  },
  'an asynchronous generator': async function* (closed) {
    try {
      for (;;) yield 'a'
    } finally {
      closed()
    }
  },
  'a ReadableStream': (closed) => new ReadableStream({ pull: (controller) => controller.enqueue('a'), cancel: closed }),
  'a Node stream': (closed) => new Readable({ read: () => undefined }).once('close', closed).setEncoding('utf8'),
}

for (const [name, produce] of Object.entries(closing)) {
  test(`${name}: closed once when the reader leaves`, async () => {
    let closings = 0
    const { promise, resolve } = deferred()
    const value = produce(() => {
      closings++
      resolve()
    })
    if (value instanceof Readable) value.push('a')
    const reader = sourceOf(await render(text, value)).open(never)
    await reader.next()
    await reader.return?.()
    await promise
    assert.equal(closings, 1)
  })

  test(`${name}: closed when it is never read`, async () => {
    const { promise, resolve } = deferred()
    const value = produce(resolve)
    if (value instanceof Readable) value.push('a')
    await sourceOf(await render(text, value))
      .open(never)
      .return?.()
    await promise
  })
}

test('a producer that waits is closed at once where it can be', async () => {
  const cancelled = deferred()
  const web = sourceOf(
    await render(text, new ReadableStream({ start: (controller) => controller.enqueue('a'), cancel: cancelled.resolve })),
  ).open(never)
  await web.next()
  const waiting = web.next()
  await web.return?.()
  await cancelled.promise
  assert.equal((await waiting).done, true)

  const destroyed = deferred()
  const readable = new Readable({ read: () => undefined }).setEncoding('utf8').once('close', destroyed.resolve)
  readable.push('a')
  const node = sourceOf(await render(text, readable)).open(never)
  await node.next()
  const left = Promise.resolve(node.next()).catch(() => undefined)
  await node.return?.()
  await Promise.all([destroyed.promise, left])
})

test('after a breach the producer is closed before the error is told', async () => {
  let open = true
  async function* broken() {
    try {
      yield 'a'
      yield 1
    } finally {
      open = false
    }
  }
  const reader = sourceOf(await render(text, broken())).open(never)
  await reader.next()
  await assert.rejects(async () => reader.next(), ModelError)
  assert.equal(open, false)
})

test('HEAD starts no producer, and closes it', async () => {
  let started = false
  const reply = await render(
    text,
    (async function* () {
      started = true
      yield 'a'
    })(),
    'HEAD',
  )
  assert.equal(await readAll(reply), '')
  assert.equal(started, false)

  const cancelled = deferred()
  await render(text, new ReadableStream({ cancel: cancelled.resolve }), 'HEAD')
  await cancelled.promise

  const readable = new Readable({ read: () => undefined })
  await render(text, readable, 'HEAD')
  assert.equal(readable.destroyed, true)
})

test('text names its charset', () => {
  assert.equal(stream('text/csv').mediaType, 'text/csv; charset=utf-8')
  assert.equal(stream('image/png').mediaType, 'image/png')
})

test('the slow client limits are passed to the writer, and must be positive numbers', async () => {
  assert.deepEqual(sourceOf(await render(text, ['a'])).slowClient, { bytes: 65_536, ms: 30_000 })
  const patient = stream('text/plain', { slowClientBytes: 1, slowClientMs: Infinity })
  assert.deepEqual(sourceOf(await render(patient, ['a'])).slowClient, { bytes: 1, ms: Infinity })
  for (const options of [{ slowClientBytes: 0 }, { slowClientMs: -1 }, { slowClientMs: Number.NaN }]) {
    assert.throws(() => stream('text/plain', options), /^RangeError: SLOW_CLIENT_LIMIT: slowClient/)
  }
})
