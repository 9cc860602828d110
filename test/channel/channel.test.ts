/** Channels: a subscriber gets every message once and in order, or a gap if messages are lost. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { createApp, ModelError, sse } from '../../src/index.ts'
import { channel, memoryStore, type ChannelItem, type ChannelLog, type ChannelStore, type StoredMessages } from '../../src/channel/index.ts'
import { fc } from '../support/fuzz.ts'
import { heapAfterCollection } from '../support/heap.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'

const Order = z.object({ n: z.int() })
type Received = ChannelItem<{ n: number }>

/** The next message or gap. Skips the position. */
async function nextOf(received: AsyncGenerator<Received>): Promise<Received> {
  const { value } = await received.next()
  return value.kind === 'position' ? nextOf(received) : value
}

/** Reads a subscription into a list, without the position. The list grows until the subscription ends. */
function collect(received: AsyncIterable<Received>): Received[] {
  const list: Received[] = []
  void (async () => {
    for await (const each of received) if (each.kind !== 'position') list.push(each)
  })()
  return list
}

const numbers = (list: readonly Received[]) => list.map((each) => (each.kind === 'message' ? each.data.n : each.kind))
const never = () => new AbortController().signal

test('a subscriber gets the messages that are published after its call, in order', async () => {
  const orders = channel('orders', Order)
  await orders.publish({ n: 1 })
  const subscription = orders.subscribe(undefined, never())
  const ids = [await orders.publish({ n: 2 }), await orders.publish({ n: 3 })]
  const list = collect(subscription)
  await turn()
  ids.push(await orders.publish({ n: 4 }))
  await turn()
  assert.deepEqual(numbers(list), [2, 3, 4])
  assert.deepEqual(
    list.map(({ id }) => id),
    ids,
  )
})

test('a subscriber that reconnects continues after the last id that it received', async () => {
  const orders = channel('orders', Order)
  const ids: string[] = []
  for (let n = 0; n < 5; n++) ids.push(await orders.publish({ n }))
  for (const [index, id] of ids.entries()) {
    const list = collect(orders.subscribe(id, never()))
    await turn()
    assert.deepEqual(numbers(list), [0, 1, 2, 3, 4].slice(index + 1))
  }
})

test('a subscriber that reconnects too late gets a gap, and then the kept messages', async () => {
  const orders = channel('orders', Order, { store: memoryStore({ capacity: 3 }) })
  const first = await orders.publish({ n: 0 })
  for (let n = 1; n < 4; n++) await orders.publish({ n })
  const kept = collect(orders.subscribe(first, never()))
  await orders.publish({ n: 4 })
  const late = collect(orders.subscribe(first, never()))
  await turn()
  assert.deepEqual(numbers(late), ['gap', 2, 3, 4])
  assert.deepEqual(numbers(kept), ['gap', 2, 3, 4])
  const again = collect(orders.subscribe(late[0]!.id, never()))
  await turn()
  assert.deepEqual(numbers(again), [2, 3, 4])
})

test('the id just before the oldest kept message causes no gap', async () => {
  const orders = channel('orders', Order, { store: memoryStore({ capacity: 3 }) })
  const ids: string[] = []
  for (let n = 0; n < 4; n++) ids.push(await orders.publish({ n }))
  const list = collect(orders.subscribe(ids[0], never()))
  await turn()
  assert.deepEqual(numbers(list), [1, 2, 3])
})

test('an id that is not from this channel causes a gap: an earlier process, a later message, or any text', async () => {
  const orders = channel('orders', Order)
  const id = await orders.publish({ n: 1 })
  const [start, number] = id.split('-')
  for (const foreign of [`1-${number}`, `${start}-2`, `${start}-99999999999999999999`, '1', '', 'x', '__proto__', `${id}\n`, `-${id}`]) {
    const list = collect(orders.subscribe(foreign, never()))
    await turn()
    assert.deepEqual(numbers(list), ['gap', 1], foreign)
  }
  const empty = collect(channel('empty', Order).subscribe('1-1', never()))
  await turn()
  assert.deepEqual(numbers(empty), ['gap'])
})

test('a slow subscriber gets a gap in place of the messages that it lost', async () => {
  const orders = channel('orders', Order, { store: memoryStore({ capacity: 2 }) })
  const slow = orders.subscribe(undefined, never())
  await orders.publish({ n: 1 })
  assert.deepEqual(numbers([await nextOf(slow)]), [1])
  for (let n = 2; n < 6; n++) await orders.publish({ n })
  const list = collect(slow)
  await turn()
  assert.deepEqual(numbers(list), ['gap', 4, 5])
})

test('data is validated and filtered before a subscriber gets it', async () => {
  const orders = channel('orders', Order)
  const list = collect(orders.subscribe(undefined, never()))
  await orders.publish({ n: 1, secret: 'x' } as { n: number })
  await assert.rejects(orders.publish({ n: 'x' } as never), ModelError)
  await turn()
  assert.deepEqual(
    list.map((each) => each.kind === 'message' && each.data),
    [{ n: 1 }],
  )
})

test('a subscription ends and stops watching when its signal aborts, also between two messages', async () => {
  let watching = 0
  const kept = memoryStore()
  const store: ChannelStore = {
    open(name) {
      const log = kept.open(name)
      return {
        append: (text) => log.append(text),
        earliest: () => log.earliest(),
        latest: () => log.latest(),
        last: () => log.last(),
        read: (after, limit) => log.read(after, limit),
        watch(notify) {
          const unwatch = log.watch(notify)
          watching++
          return () => {
            watching--
            unwatch()
          }
        },
      }
    },
  }
  const orders = channel('orders', Order, { store })
  const controller = new AbortController()
  const waiting = orders.subscribe(undefined, controller.signal)
  assert.equal((await waiting.next()).done, false)
  const first = waiting.next()
  await turn()
  assert.equal(watching, 1)
  controller.abort()
  assert.equal((await first).done, true)
  assert.equal(watching, 0)

  const between = new AbortController()
  const reading = orders.subscribe(undefined, between.signal)
  await orders.publish({ n: 1 })
  await orders.publish({ n: 2 })
  await nextOf(reading)
  between.abort()
  assert.equal((await reading.next()).done, true)

  assert.equal((await orders.subscribe(undefined, AbortSignal.abort()).next()).done, true)

  for await (const _ of orders.subscribe((await orders.publish({ n: 3 })).replace(/\d+$/, '0'), never())) break
  assert.equal(watching, 0)
})

test('a subscriber gets a message that is published during an asynchronous read of the store', async () => {
  let reads = 0
  let notify: (() => void) | undefined
  const log: ChannelLog = {
    append: () => '1-1',
    earliest: () => '1-0',
    latest: () => '1-0',
    last: () => undefined,
    async read() {
      if (reads++ > 0) return { messages: [{ id: '1-1', text: '{"n":1}' }] }
      notify?.()
      return { messages: [] }
    },
    watch(wake) {
      notify = wake
      return () => undefined
    },
  }
  const received = await nextOf(channel('orders', Order, { store: { open: () => log } }).subscribe(undefined, never()))
  assert.deepEqual(received, { kind: 'message', id: '1-1', data: { n: 1 } })
})

test('in one store, channels with the same name share messages, and others do not', async () => {
  const store = memoryStore()
  const list = collect(channel('a', Order, { store }).subscribe(undefined, never()))
  const other = collect(channel('b', Order, { store }).subscribe(undefined, never()))
  await channel('a', Order, { store }).publish({ n: 1 })
  await turn()
  assert.deepEqual([numbers(list), numbers(other)], [[1], []])
})

test('subscribers share their reads, even if each creates its own channel of the name', async () => {
  const kept = memoryStore().open('orders')
  let reads = 0
  const log: ChannelLog = {
    append: (text) => kept.append(text),
    earliest: () => kept.earliest(),
    latest: () => kept.latest(),
    last: () => kept.last(),
    watch: (notify) => kept.watch(notify),
    read(after, limit) {
      reads++
      return kept.read(after, limit)
    },
  }
  const store: ChannelStore = { open: () => log }
  const subscriptions = Array.from({ length: 20 }, () => channel('orders', Order, { store }).subscribe(undefined, never()))
  for (const subscription of subscriptions) await subscription.next()
  await channel('orders', Order, { store }).publish({ n: 1 })
  const received = await Promise.all(subscriptions.map(nextOf))
  assert.deepEqual(numbers(received), Array<number>(20).fill(1))
  assert.equal(reads, 2, 'one before the message and one after it')
  assert.equal(new Set(received.map((each) => each.kind === 'message' && each.data)).size, 1, 'one value for all')
  for (const subscription of subscriptions) await subscription.return()
})

test('a channel without messages uses no memory after its subscription, and its position stays valid', async () => {
  const store = memoryStore()
  const subscribeTo = async (name: string) => {
    const subscription = channel(name, Order, { store }).subscribe(undefined, never())
    const { value } = await subscription.next()
    await subscription.return()
    return value!.id
  }
  const position = await subscribeTo('orders')
  for (let n = 0; n < 1000; n++) await subscribeTo(`warm ${n}`)
  const before = heapAfterCollection()
  for (let n = 0; n < 50_000; n++) await subscribeTo(`name ${n}`)
  assert.ok(heapAfterCollection() - before < 5_000_000)
  await channel('orders', Order, { store }).publish({ n: 1 })
  const list = collect(channel('orders', Order, { store }).subscribe(position, never()))
  await turn()
  assert.deepEqual(numbers(list), [1])
})

test('a client that does not read keeps no messages in memory', async () => {
  const Long = z.object({ text: z.string() })
  const longs = channel('longs', Long, { store: memoryStore({ capacity: 10 }) })
  const app = createApp()
  app.get('/', { responses: { 200: sse({ long: Long, position: z.object({}), gap: z.object({}) }) } }, async function* ({ event, signal }) {
    for await (const item of longs.subscribe(undefined, signal)) {
      yield item.kind === 'message' ? event.long(item.data, { id: item.id }) : event[item.kind]({}, { id: item.id })
    }
  })
  await using server = await listen(app)
  const stalled = new Wire(server.port).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await stalled.until('position')
  stalled.stall()
  const text = 'x'.repeat(100_000)
  await longs.publish({ text })
  const before = heapAfterCollection()
  for (let n = 0; n < 1000; n++) {
    await longs.publish({ text: `${n}${text}` })
    await turn()
  }
  assert.ok(heapAfterCollection() - before < 20_000_000, 'of 100 MB')
  stalled.leave()
})

test('an error of the store rejects only the read of the subscription', async () => {
  const log: ChannelLog = {
    append: () => '1-1',
    earliest: () => '1-0',
    last: () => undefined,
    latest: () => Promise.reject(new Error('no store')),
    read: () => ({ messages: [] }),
    watch: () => () => undefined,
  }
  const orders = channel('orders', Order, { store: { open: () => log } })
  orders.subscribe(undefined, never())
  await turn()
  await assert.rejects(orders.subscribe(undefined, never()).next(), /no store/)
})

test('for any order of publishing, reading and reconnecting, each message arrives once and in order, or after a gap', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.oneof(fc.constant('publish' as const), fc.constant('read' as const), fc.constant('return' as const)), { maxLength: 60 }),
      async (capacity, steps) => {
        const orders = channel('orders', Order, { store: memoryStore({ capacity }) })
        let published = 0
        let seen = 0
        let lastId: string | undefined
        let subscription = orders.subscribe(undefined, never())
        for (const step of steps) {
          if (step === 'publish') await orders.publish({ n: ++published })
          else if (step === 'return') subscription = orders.subscribe(lastId, never())
          if (step === 'return' && lastId === undefined) seen = published
          if (step !== 'read' || seen === published) continue
          let received = await nextOf(subscription)
          if (received.kind === 'gap') {
            lastId = received.id
            received = await nextOf(subscription)
            assert.ok(received.kind === 'message' && received.data.n > seen + 1, 'what is kept comes after a gap')
            seen = received.data.n - 1
          }
          assert.deepEqual(received.kind === 'message' && received.data, { n: seen + 1 })
          seen++
          lastId = received.id
        }
      },
    ),
  ))

test('a read returns at most as many messages as its limit', () => {
  const log = memoryStore().open('orders')
  const start = log.latest() as string
  for (let n = 0; n < 3; n++) void log.append(String(n))
  assert.deepEqual(
    (log.read(start, 2) as StoredMessages).messages.map(({ text }) => text),
    ['0', '1'],
  )
})

test('a capacity that is not an integer > 0 is refused', () => {
  for (const capacity of [0, -1, 1.5, NaN, Infinity]) assert.throws(() => memoryStore({ capacity }), RangeError)
})
