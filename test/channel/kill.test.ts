/**
 * Several servers on one store, which are killed while their clients come and go: each client sees each message once and in order. One that is away for
 * too long is told of a gap. What they have received leaves nothing in the memory of a server.
 */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { channel, type ChannelStore } from '../../src/channel/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { afterwards } from '../support/afterwards.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { startProgram, type Program } from '../support/program.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'
import { ResumingClient } from './resuming-client.ts'
import { openRedis, openSchema } from './stores.ts'

const SERVERS = fuzzRuns(2, 4)
const CHANNELS = fuzzRuns(2, 20)
/** Of each channel. */
const CLIENTS = fuzzRuns(10, 50)
const MESSAGES = fuzzRuns(1000, 5000)
const CAPACITY = fuzzRuns(200, 500)
const KILLS = fuzzRuns(3, 50)
const MOST_GROWTH = 16 * 1_048_576
const PROGRAM = join(import.meta.dirname, 'kill-server.program.ts')

interface Shared {
  readonly url: string
  /** The prefix of the keys, or the schema. */
  readonly name: string
  /** The publisher's. */
  readonly store: ChannelStore & { close(): void }
}

/** `undefined` if there is no server: the test is skipped. */
const STORES: Readonly<Record<string, (t: TestContext) => Promise<Shared | undefined>>> = {
  async Redis(t) {
    const name = `test:${crypto.randomUUID()}:`
    const client = await openRedis(t, name)
    return client && { url: REDIS_URL, name, store: redisStore(client, { capacity: CAPACITY, prefix: name }) }
  },
  async PostgreSQL(t) {
    const [pool] = (await openSchema(t, 1)) ?? []
    if (pool === undefined) return undefined
    const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
    return { url: DATABASE_URL, name: rows[0]!.search_path, store: postgresStore(pool, { capacity: CAPACITY }) }
  },
}

/** One server, or the one that starts in its place. */
interface Place {
  readonly program: Program
  /** `undefined` while it starts. */
  port: number | undefined
  readonly started: Promise<void>
}

interface Memory {
  readonly subscribers: number
  readonly heap: number
  readonly resident: number
}

const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(Math.random() * items.length)]!
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0)
const toMiB = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MiB`

async function readMemory({ port }: Place): Promise<Memory> {
  return (await (await fetch(`http://127.0.0.1:${port}/memory`)).json()) as Memory
}

async function until(is: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await is())) await sleep(5)
}

for (const [kind, open] of Object.entries(STORES)) {
  describe(`${SERVERS} servers on ${kind}, ${KILLS} kills`, () => {
    test(`each of ${CHANNELS * CLIENTS} clients gets each of the ${MESSAGES} messages of its channel once and in order`, async (t) => {
      const shared = await open(t)
      if (shared === undefined) return
      afterwards(t, () => shared.store.close())
      const places: Place[] = []
      const begin = (index: number) => {
        const program = startProgram(t, PROGRAM, kind, shared.url, shared.name, String(CAPACITY))
        const place: Place = { program, port: undefined, started: program.readLine().then((line) => void (place.port = Number(line))) }
        // The test may end while it starts.
        place.started.catch(() => undefined)
        places[index] = place
      }
      for (let index = 0; index < SERVERS; index++) begin(index)
      for (const { started } of places) await started
      const survivor = places.at(-1)!
      const before = await readMemory(survivor)

      const feeds = Array.from({ length: CHANNELS }, (_, index) => openFeed(`messages-${index}`, shared.store, places))
      const all = feeds.flatMap(({ clients, late }) => [...clients, late])
      const runs = all.map((client) => client.run())
      await until(() => all.every(({ next }) => next !== undefined))
      const publishing = Promise.all(feeds.map((feed) => feed.publish()))

      const countPublished = () => sum(feeds.map(({ published }) => published))
      for (let kills = 0; kills < KILLS; kills++) {
        const index = kills % (SERVERS - 1)
        await places[index]!.started
        await until(() => countPublished() >= (kills * CHANNELS * MESSAGES) / KILLS)
        places[index]!.port = undefined
        await places[index]!.program.kill()
        begin(index)
        if (kills % 10 === 0) t.diagnostic(`${countPublished()} messages: ${toMiB((await readMemory(survivor)).heap)} of heap`)
      }
      await publishing
      await until(() => all.every(({ next }) => next === MESSAGES))
      for (const client of all) client.end()
      await Promise.all(runs)

      for (const { faults, gaps } of feeds.flatMap(({ clients }) => clients)) assert.deepEqual([faults, gaps], [[], 0])
      for (const { late } of feeds) assert.deepEqual([late.faults, late.gaps > 0, late.lost > 0], [[], true, true])
      await until(async () => (await readMemory(survivor)).subscribers === 0)
      const after = await readMemory(survivor)
      t.diagnostic(
        `${sum(all.map(({ cuts }) => cuts))} cuts, heap ${toMiB(before.heap)} before and ${toMiB(after.heap)} after, resident ${toMiB(after.resident)}`,
      )
      assert.ok(after.heap - before.heap < MOST_GROWTH, `the heap grew by ${toMiB(after.heap - before.heap)}`)
    })
  })
}

const pause = () => sleep(Math.random() * 50)
/** About ten times for each client. */
const isCut = () => Math.random() < 10 / MESSAGES

/** A channel with its clients. `late` is away until half of the messages are published. */
function openFeed(name: string, store: ChannelStore, places: readonly Place[]) {
  const messages = channel(name, z.object({ n: z.int() }), { store })
  const path = `/channels/${name}`
  const port = () => pick(places.flatMap((place) => place.port ?? []))
  const clients = Array.from({ length: CLIENTS }, () => new ResumingClient({ path, port, pause, isCut }))
  let release!: () => void
  const released = new Promise<void>((resolve) => (release = resolve))
  let isAway = true
  const feed = {
    clients,
    late: new ResumingClient({ path, port, pause: () => released, isCut: () => isAway }),
    published: 0,
    async publish() {
      for (; feed.published < MESSAGES; feed.published++) {
        await messages.publish({ n: feed.published })
        if (feed.published === MESSAGES / 2) {
          isAway = false
          release()
        }
        // Only the one that is away falls behind what is kept.
        if (feed.published % 10 === 0) await until(() => clients.every(({ next }) => next! > feed.published - CAPACITY / 2))
      }
    },
  }
  return feed
}
