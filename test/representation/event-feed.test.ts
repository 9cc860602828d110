/** Server-sent events in time: the first byte, silence, age, the client's leave and the server's stop. */
import { strict as assert } from 'node:assert'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { FINALLY_GRACE_MS, ServerClosing } from '../../src/reply/stream-ending.ts'
import { FIRST_ITEM_GRACE_MS } from '../../src/representation/chunks.ts'
import { EventFeed } from '../../src/representation/event-feed.ts'
import { toRhythm, type EventStreamOptions, FeedClock } from '../../src/representation/event-stream.ts'
import { toItems } from '../../src/reply/sequence.ts'
import { deferred } from '../support/deferred.ts'

beforeEach(() => mock.timers.enable({ apis: ['setTimeout', 'setInterval'] }))
afterEach(() => mock.timers.reset())

const BREACH = new Error('breach')

/** `bad` breaks its model. */
function format(item: unknown): string {
  if (item === 'bad') throw BREACH
  return `${String(item)};`
}

function feedOf(events: unknown, options: EventStreamOptions = {}): EventFeed {
  return new EventFeed(toItems(events)!, new FeedClock(toRhythm(options)), { format, isGet: true })
}

/** Begins and opens a feed, as the flow and a writer do. */
async function openFeed(events: unknown, options?: EventStreamOptions) {
  const feed = feedOf(events, options)
  await feed.begin()
  const controller = new AbortController()
  const reader = feed.open(controller.signal)
  return { reader, controller, stop: () => controller.abort(new ServerClosing()) }
}

/** A producer that says nothing after `first` until its signal aborts or it is told to go on. */
function waiting(first: readonly string[] = ['first']) {
  const { promise, resolve, reject } = deferred<string>()
  const log: string[] = []
  async function* events() {
    try {
      yield* first
      yield await promise
    } finally {
      log.push('finally')
    }
  }
  return { events: events(), log, next: resolve, fail: reject }
}

function* failing(error: Error): Generator<string> {
  yield* []
  throw error
}

const chunk = (value: string) => ({ done: false, value })
const DONE = { done: true, value: undefined }

test('an event that is there at once is the first byte, with no comment before or after it', async () => {
  const { reader } = await openFeed(['a', 'b'])
  mock.timers.tick(FIRST_ITEM_GRACE_MS)
  assert.deepEqual(await reader.next(), chunk('a;'))
  assert.deepEqual(await reader.next(), chunk('b;'))
  assert.deepEqual(await reader.next(), DONE)
})

test('the head does not wait for a late event: a comment is the first byte', async () => {
  const { events, next } = waiting([])
  const feed = feedOf(events)
  const begun = feed.begin()
  mock.timers.tick(FIRST_ITEM_GRACE_MS)
  await begun
  const reader = feed.open(new AbortController().signal)
  assert.deepEqual(await reader.next(), chunk(':\n\n'))
  const second = reader.next()
  next('late')
  assert.deepEqual(await second, chunk('late;'))
})

test('an event between the first byte and the reader is not lost', async () => {
  const { events, next } = waiting([])
  const feed = feedOf(events)
  const begun = feed.begin()
  mock.timers.tick(FIRST_ITEM_GRACE_MS)
  next('late')
  await begun
  await turn()
  const reader = feed.open(new AbortController().signal)
  assert.deepEqual(await reader.next(), chunk(':\n\nlate;'))
  assert.deepEqual(await reader.next(), DONE)
})

test('retryMs is told first, with the first event or without', async () => {
  const { reader } = await openFeed(['a'], { retryMs: 700 })
  assert.deepEqual(await reader.next(), chunk('retry: 700\n\na;'))

  const feed = feedOf(waiting([]).events, { retryMs: 700 })
  const begun = feed.begin()
  mock.timers.tick(FIRST_ITEM_GRACE_MS)
  await begun
  assert.deepEqual(await feed.open(new AbortController().signal).next(), chunk('retry: 700\n\n'))
})

test('an error before the first event is an ordinary one', async () => {
  const error = new Error('before')
  await assert.rejects(feedOf(failing(error)).begin(), error)
  const { events, fail } = waiting([])
  const begun = feedOf(events).begin()
  mock.timers.tick(FIRST_ITEM_GRACE_MS - 1)
  fail(error)
  await assert.rejects(begun, error)
  await assert.rejects(feedOf(['bad']).begin(), BREACH)
})

test('an error after the first byte comes after what was yielded, and the end is never clean', async () => {
  const { events, fail } = waiting(['a'])
  const { reader } = await openFeed(events)
  fail(BREACH)
  assert.deepEqual(await reader.next(), chunk('a;'))
  await assert.rejects(reader.next(), BREACH)

  const late = waiting([])
  const feed = feedOf(late.events)
  const begun = feed.begin()
  mock.timers.tick(FIRST_ITEM_GRACE_MS)
  await begun
  late.fail(BREACH)
  await turn()
  const opened = feed.open(new AbortController().signal)
  assert.deepEqual(await opened.next(), chunk(':\n\n'))
  await assert.rejects(opened.next(), BREACH)
})

test('after a breach the producer is closed before the error is told', async () => {
  const log: string[] = []
  async function* events() {
    try {
      yield 'a'
      yield 'bad'
    } finally {
      log.push('finally')
    }
  }
  const { reader } = await openFeed(events())
  await reader.next()
  await assert.rejects(reader.next(), BREACH)
  assert.deepEqual(log, ['finally'])
})

test('one item is made for each chunk that is asked for', async () => {
  let made = 0
  async function* events() {
    for (;;) yield ++made
  }
  const { reader } = await openFeed(events())
  await turn()
  assert.equal(made, 1)
  await reader.next()
  await turn()
  assert.equal(made, 1)
  await reader.next()
  await turn()
  assert.equal(made, 2)
})

test('a heartbeat is sent once per interval without an event, and not otherwise', async () => {
  const { events, next } = waiting(['a'])
  const { reader } = await openFeed(events, { heartbeatMs: 1000 })
  await reader.next()
  for (let beats = 0; beats < 3; beats++) {
    const beat = reader.next()
    let isTold = false
    void beat.then(() => (isTold = true))
    mock.timers.tick(750)
    await turn()
    assert.equal(isTold, false)
    mock.timers.tick(250)
    assert.deepEqual(await beat, chunk(':\n\n'))
  }
  const event = reader.next()
  mock.timers.tick(750)
  next('b')
  assert.deepEqual(await event, chunk('b;'))
})

test('no heartbeat is sent with Infinity', async () => {
  const { events, next } = waiting(['a'])
  const { reader } = await openFeed(events, { heartbeatMs: Infinity })
  await reader.next()
  const event = reader.next()
  mock.timers.tick(1_000_000)
  next('b')
  assert.deepEqual(await event, chunk('b;'))
})

test('an event is not lost when a heartbeat took its place', async () => {
  const { events, next } = waiting(['a'])
  const { reader } = await openFeed(events, { heartbeatMs: 1000 })
  await reader.next()
  const beat = reader.next()
  mock.timers.tick(1000)
  next('b')
  await turn()
  assert.deepEqual(await beat, chunk(':\n\n'))
  assert.deepEqual(await reader.next(), chunk('b;'))
  assert.deepEqual(await reader.next(), DONE)
})

for (const [name, leave] of Object.entries({
  'the server stops': ({ stop }: { stop: () => void }) => stop(),
  'its time is over': () => mock.timers.tick(60_000),
})) {
  test(`${name}: a last retry, then a clean end`, async () => {
    const { events, log } = waiting(['a'])
    const opened = await openFeed(events, { maxAgeMs: 60_000, heartbeatMs: Infinity, retryMs: 100 })
    await opened.reader.next()
    const farewell = opened.reader.next()
    leave(opened)
    const { done, value } = await farewell
    assert.equal(done, false)
    const retry = Number(/^retry: (\d+)\n\n$/.exec(String(value))?.[1])
    assert.ok(retry >= 100 && retry <= 200, 'between once and twice its time')
    const end = opened.reader.next()
    assert.deepEqual(log, [])
    mock.timers.tick(FINALLY_GRACE_MS)
    assert.deepEqual(await end, DONE)
  })
}

test('the last retry comes after the yielded events, and nothing after it', async () => {
  const { events, next } = waiting(['a'])
  const { reader, stop } = await openFeed(events)
  await reader.next()
  const farewell = reader.next()
  stop()
  next('too late')
  await turn()
  assert.match(String((await farewell).value), /^retry: \d+\n\n$/)
  assert.deepEqual(await reader.next(), DONE)

  const held = await openFeed(waiting(['a']).events)
  held.stop()
  assert.match(String((await held.reader.next()).value), /^a;retry: \d+\n\n$/)
})

test('the producer is not asked again while it is asked', async () => {
  let asked = 0
  const producer = {
    [Symbol.asyncIterator]: () => ({
      next: () => (asked++ === 0 ? Promise.resolve({ done: false, value: 'a' }) : new Promise<never>(() => undefined)),
    }),
  }
  const { reader } = await openFeed(producer, { heartbeatMs: 1000 })
  await reader.next()
  for (let beats = 0; beats < 3; beats++) {
    const beat = reader.next()
    mock.timers.tick(1000)
    await beat
  }
  assert.equal(asked, 2)
})

test('a farewell waits for the finally of a producer that listens', async () => {
  const log: string[] = []
  const controller = new AbortController()
  async function* events() {
    try {
      yield 'a'
      await new Promise((_resolve, reject) => controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error)))
    } finally {
      await turn()
      log.push('finally')
    }
  }
  const feed = feedOf(events())
  await feed.begin()
  const reader = feed.open(controller.signal)
  await reader.next()
  const farewell = reader.next()
  controller.abort(new ServerClosing())
  assert.match(String((await farewell).value), /^retry: /)
  assert.deepEqual(log, [])
  assert.deepEqual(await reader.next(), DONE)
  assert.deepEqual(log, ['finally'])
})

test('a finally that fails at the farewell is an error, where somebody is left to hear it', async () => {
  async function* events() {
    try {
      yield 'a'
    } finally {
      // oxlint-disable-next-line no-unsafe-finally -- it is what is tested
      throw BREACH
    }
  }
  const { reader, stop } = await openFeed(events())
  await reader.next()
  stop()
  await reader.next()
  await assert.rejects(reader.next(), BREACH)

  const unheard = await openFeed(events())
  unheard.stop()
  await turn()
})

test('a server that stopped before the reader began sends the last retry', async () => {
  const feed = feedOf(waiting(['a']).events)
  await feed.begin()
  const reader = feed.open(AbortSignal.abort(new ServerClosing()))
  assert.match(String((await reader.next()).value), /^a;retry: /)
})

test('a client that leaves closes the producer: its finally runs once', async () => {
  const atYield = waiting(['a', 'b'])
  const first = await openFeed(atYield.events)
  await first.reader.next()
  assert.deepEqual(await first.reader.return(), DONE)
  assert.deepEqual(atYield.log, ['finally'])
  await first.reader.return()
  assert.deepEqual(atYield.log, ['finally'])

  const atAwait = waiting(['a'])
  const second = await openFeed(atAwait.events)
  await second.reader.next()
  const pending = second.reader.next()
  second.controller.abort()
  const left = second.reader.return()
  assert.deepEqual(await pending, DONE)
  atAwait.fail(second.controller.signal.reason as Error)
  await left
  assert.deepEqual(atAwait.log, ['finally'])
})

test('a feed that is never read closes its producer', async () => {
  const { events, log } = waiting(['a'])
  const { reader } = await openFeed(events)
  await reader.return()
  assert.deepEqual(log, ['finally'])
})

test('return() is not called on a producer that ended by itself', async () => {
  let returns = 0
  const items = (end: () => Promise<IteratorResult<string>>) => {
    let made = 0
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => (made++ === 0 ? Promise.resolve({ done: false, value: 'a' }) : end()),
        return: () => {
          returns++
          return Promise.resolve({ done: true as const, value: undefined })
        },
      }),
    }
  }
  const whole = await openFeed(items(() => Promise.resolve({ done: true, value: undefined })))
  await whole.reader.next()
  await whole.reader.next()
  await whole.reader.return()
  const broken = await openFeed(items(() => Promise.reject(BREACH)))
  await broken.reader.next()
  await assert.rejects(broken.reader.next())
  await broken.reader.return()
  assert.equal(returns, 0)
})

test('after its end, no timer runs and no listener remains', async () => {
  const listeners = { added: 0, removed: 0 }
  const signal = Object.assign(new EventTarget(), { aborted: false, reason: undefined }) as unknown as AbortSignal
  signal.addEventListener = () => listeners.added++
  signal.removeEventListener = () => listeners.removed++
  const running = mock.method(globalThis, 'clearInterval')
  for (const end of ['return', 'done', 'error'] as const) {
    const feed = feedOf(end === 'error' ? ['a', 'bad'] : ['a'])
    await feed.begin()
    const reader = feed.open(signal)
    await reader.next()
    await (end === 'return' ? reader.return() : reader.next().catch(() => undefined))
  }
  assert.deepEqual(listeners, { added: 3, removed: 3 })
  assert.equal(running.mock.callCount(), 3)
  running.mock.restore()
})

test('each feed has a timer and a silence of its own', async () => {
  const clock = new FeedClock(toRhythm({ heartbeatMs: 800 }))
  const started = mock.method(globalThis, 'setInterval')
  const stopped = mock.method(globalThis, 'clearInterval')
  const open = async () => {
    const { events, next } = waiting(['a'])
    const feed = new EventFeed(toItems(events)!, clock, { format, isGet: true })
    await feed.begin()
    const reader = feed.open(new AbortController().signal)
    await reader.next()
    return { reader, next }
  }
  const one = await open()
  const other = await open()
  const beat = one.reader.next()
  const event = other.reader.next()
  mock.timers.tick(700)
  other.next('b')
  assert.deepEqual(await event, chunk('b;'))
  mock.timers.tick(100)
  assert.deepEqual(await beat, chunk(':\n\n'))
  assert.deepEqual(await other.reader.next(), DONE)
  assert.equal(stopped.mock.callCount(), 1)
  one.next('c')
  await one.reader.return()
  assert.equal(started.mock.callCount(), 2)
  assert.equal(stopped.mock.callCount(), 2)
  started.mock.restore()
  stopped.mock.restore()
})
