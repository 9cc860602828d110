/** Tests that every store of channels passes: ids, order, positions, gaps, and two processes that share the data. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { z } from 'zod'
import { channel, type ChannelItem } from '../../src/channel/index.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { closePGlite, STORES } from './stores.ts'

const Order = z.object({ n: z.int(), at: z.date() })
type Item = ChannelItem<z.output<typeof Order>>
const at = new Date('2026-01-02T03:04:05.678Z')
const order = (n: number) => ({ n, at })

/** The next `count` items. */
async function take(items: AsyncGenerator<Item>, count: number): Promise<Item[]> {
  const taken: Item[] = []
  while (taken.length < count) {
    const { value, done } = await items.next()
    if (done === true) break
    taken.push(value)
  }
  return taken
}

const shown = (items: readonly Item[]) =>
  items.map((item) => (item.kind === 'message' ? item.data.n : item.kind === 'gap' ? item.reason : 'position'))

const MANY = fuzzRuns(100, 2000)

after(closePGlite)

for (const { name, open } of STORES) {
  describe(`a channel on ${name}`, () => {
    test('delivers the messages that are published after the call, in order, with ids of an epoch and a number', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      await orders.publish(order(1))
      const { signal } = new AbortController()
      const subscription = orders.subscribe(undefined, signal)
      const [position] = await take(subscription, 1)
      const ids = [await orders.publish(order(2)), await orders.publish(order(3))]
      const items = await take(subscription, 2)
      assert.deepEqual(shown(items), [2, 3])
      assert.deepEqual(
        items.map(({ id }) => id),
        ids,
      )
      const [epoch, seq] = ids[0]!.split('-').map(Number)
      assert.deepEqual(ids, [`${epoch}-${seq}`, `${epoch}-${seq! + 1}`])
      assert.equal(position!.id, `${epoch}-${seq! - 1}`)
      assert.deepEqual(items[0]!.kind === 'message' && items[0]!.data, order(2))
      await subscription.return()
    })

    test('a subscriber that reconnects before the first message continues from its position and loses no message', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      const { signal } = new AbortController()
      const cut = orders.subscribe(undefined, signal)
      const [position] = await take(cut, 1)
      assert.equal(position!.kind, 'position')
      await cut.return()
      await orders.publish(order(1))
      const again = orders.subscribe(position!.id, signal)
      assert.deepEqual(shown(await take(again, 2)), ['position', 1])
      await again.return()
    })

    test('a subscriber gets the messages of another process', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const { signal } = new AbortController()
      const subscription = channel(t.name, Order, { store: tried.store }).subscribe(undefined, signal)
      await take(subscription, 1)
      const other = channel(t.name, Order, { store: tried.other })
      for (let n = 1; n <= 20; n++) await other.publish(order(n))
      assert.deepEqual(
        shown(await take(subscription, 20)),
        Array.from({ length: 20 }, (_, index) => index + 1),
      )
      await subscription.return()
    })

    test('if two processes publish at once, every subscriber gets the messages in the same order', async (t) => {
      const tried = await open(t, 1000)
      if (tried === undefined) return
      const { signal } = new AbortController()
      const both = [tried.store, tried.other].map((store) => channel(t.name, Order, { store }))
      const subscriptions = both.map((each) => each.subscribe(undefined, signal))
      for (const subscription of subscriptions) await take(subscription, 1)
      await Promise.all(both.flatMap((each, process) => Array.from({ length: 30 }, (_, n) => each.publish(order(process * 100 + n)))))
      const [first, second] = await Promise.all(subscriptions.map((subscription) => take(subscription, 60)))
      assert.deepEqual(first, second)
      assert.equal(new Set(shown(first!)).size, 60)
      for (const subscription of subscriptions) await subscription.return()
    })

    test('earliest begins with the oldest message that is kept', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      const { signal } = new AbortController()
      const before = orders.subscribe('earliest', signal)
      await orders.publish(order(1))
      await orders.publish(order(2))
      assert.deepEqual(shown(await take(before, 3)), ['position', 1, 2])
      const after = orders.subscribe('earliest', signal)
      assert.deepEqual(shown(await take(after, 3)), ['position', 1, 2])
      await before.return()
      await after.return()
    })

    test('latestOnly yields the newest message at once, and skips to the newest if several wait', async (t) => {
      const tried = await open(t, 1000)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      for (let n = 1; n <= 3; n++) await orders.publish(order(n))
      const { signal } = new AbortController()
      const subscription = orders.subscribe(undefined, signal, { latestOnly: true })
      assert.deepEqual(shown(await take(subscription, 2)), ['position', 3])
      for (let n = 4; n <= 150; n++) await orders.publish(order(n))
      assert.deepEqual(shown(await take(subscription, 1)), [150])
      await subscription.return()
    })

    test('messages that are no longer kept cause a gap with the reason expired', async (t) => {
      const tried = await open(t, 2)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      const first = await orders.publish(order(0))
      // Redis removes some hundred messages at a time.
      const count = name.startsWith('Redis') ? 300 : 3
      for (let n = 1; n <= count; n++) await orders.publish(order(n))
      const { signal } = new AbortController()
      const subscription = orders.subscribe(first, signal)
      const [position, gap, message] = await take(subscription, 3)
      assert.deepEqual([position!.kind, shown([gap!])[0]], ['position', 'expired'])
      assert.ok(message?.kind === 'message' && message.data.n > 1)
      const again = orders.subscribe(gap!.id, signal)
      assert.deepEqual((await take(again, 2))[1], message)
      await subscription.return()
      await again.return()
    })

    test('an id that is not from the channel causes a gap with the reason unknown', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      const id = await orders.publish(order(1))
      const [epoch, seq] = id.split('-')
      const { signal } = new AbortController()
      for (const foreign of [`1-${seq}`, `${epoch}-999`, `${epoch}-99999999999999999999`, '', 'x', "'; DROP TABLE", `${id}\n`, `-${id}`]) {
        const subscription = orders.subscribe(foreign, signal)
        assert.deepEqual(shown(await take(subscription, 3)), ['position', 'unknown', 1], foreign)
        await subscription.return()
      }
    })

    test('a stored message that no longer fits the model causes a gap with the reason unreadable', async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const { signal } = new AbortController()
      const subscription = channel(t.name, Order, { store: tried.store }).subscribe(undefined, signal)
      await take(subscription, 1)
      await channel(t.name, z.object({ n: z.string() }), { store: tried.other }).publish({ n: 'x' })
      await channel(t.name, Order, { store: tried.other }).publish(order(2))
      assert.deepEqual(shown(await take(subscription, 2)), ['unreadable', 2])
      await subscription.return()
    })

    test('a lost history causes a gap with the reason unknown, for waiting and for reconnecting subscribers', async (t) => {
      const tried = await open(t, 100)
      if (tried?.lose === undefined) return
      const orders = channel(t.name, Order, { store: tried.store })
      const { signal } = new AbortController()
      const waiting = orders.subscribe(undefined, signal)
      await take(waiting, 1)
      for (let n = 1; n <= 3; n++) await orders.publish(order(n))
      const seen = await take(waiting, 3)
      await tried.lose()
      await channel(t.name, Order, { store: tried.other }).publish(order(4))
      assert.deepEqual(shown(await take(waiting, 2)), ['unknown', 4])
      const back = orders.subscribe(seen[1]!.id, signal)
      assert.deepEqual(shown(await take(back, 3)), ['position', 'unknown', 4])
      await waiting.return()
      await back.return()
    })

    test(`${MANY} channels: each subscriber gets only the messages of its channel`, async (t) => {
      const tried = await open(t, 100)
      if (tried === undefined) return
      const names = Array.from({ length: MANY }, (_, n) => `${t.name} ${n}`)
      const subscriptions = names.map((each) =>
        channel(each, Order, { store: tried.store }).subscribe(undefined, new AbortController().signal),
      )
      for (const subscription of subscriptions) await take(subscription, 1)
      const received = Promise.all(subscriptions.map((subscription) => take(subscription, 1)))
      for (const [n, each] of names.entries()) await channel(each, Order, { store: tried.other }).publish(order(n))
      assert.deepEqual((await received).flatMap(shown), [...names.keys()])
      for (const subscription of subscriptions) await subscription.return()
    })
  })
}
