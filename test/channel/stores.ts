/** The stores that the tests of channels run on, each with a second store on the same data. */
import type { TestContext } from 'node:test'
import type { PGlite } from '@electric-sql/pglite'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient } from 'redis'
import type { ChannelStore } from '../../src/channel/index.ts'
import { memoryStore } from '../../src/channel/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { afterwards } from '../support/afterwards.ts'
import { createPGlite } from '../support/pglite.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'

export interface TriedStore {
  /** The store of another process, with the same messages. If the store is for one process only, it is the same store. */
  readonly other: ChannelStore
  readonly store: ChannelStore
  /** The server loses all messages. A store in memory does so with its process. */
  readonly lose?: () => Promise<unknown>
}

export interface StoreCase {
  readonly name: string
  /** `undefined` if its server can't be reached: the test is skipped. */
  readonly open: (t: TestContext, capacity: number) => Promise<TriedStore | undefined>
}

export const STORES: readonly StoreCase[] = [
  {
    name: 'memory',
    async open(_, capacity) {
      const store = memoryStore({ capacity })
      return { store, other: store }
    },
  },
  {
    name: 'Redis by ioredis',
    async open(t, capacity) {
      const prefix = `test:${crypto.randomUUID()}:`
      const client = await openRedis(t, prefix)
      if (client === undefined) return undefined
      const stores = [redisStore(client, { capacity, prefix }), redisStore(client, { capacity, prefix })] as const
      afterwards(t, () => {
        for (const store of stores) store.close()
      })
      return { store: stores[0], other: stores[1], lose: async () => client.del(await client.keys(`${prefix}*`)) }
    },
  },
  {
    name: 'Redis by node-redis',
    async open(t, capacity) {
      const client = createClient({ url: REDIS_URL, socket: { reconnectStrategy: false } })
      client.on('error', () => undefined)
      const isThere = await client.connect().then(
        () => true,
        () => false,
      )
      if (!isThere) return skip(t, `no Redis at ${new URL(REDIS_URL).host}: REDIS_URL may name another`)
      const prefix = `test:${crypto.randomUUID()}:`
      const stores = [redisStore(client, { capacity, prefix }), redisStore(client, { capacity, prefix })] as const
      afterwards(t, async () => {
        for (const store of stores) store.close()
        const keys = await client.keys(`${prefix}*`)
        if (keys.length > 0) await client.del(keys)
        client.destroy()
      })
      return { store: stores[0], other: stores[1], lose: async () => client.del(await client.keys(`${prefix}*`)) }
    },
  },
  {
    name: 'PostgreSQL',
    async open(t, capacity) {
      const pools = await openSchema(t, 2)
      if (pools === undefined) return undefined
      const stores = pools.map((pool) => postgresStore(pool, { capacity }))
      afterwards(t, async () => {
        for (const store of stores) store.close()
      })
      return { store: stores[0]!, other: stores[1]!, lose: () => pools[0]!.query('TRUNCATE riposte_channel, riposte_channel_message') }
    },
  },
  {
    name: 'PGlite',
    async open(t, capacity) {
      const database = await openPGlite()
      const store = postgresStore(database, { capacity })
      afterwards(t, () => store.close())
      return { store, other: store }
    },
  },
]

let opened: Promise<PGlite> | undefined

/** The tests of a file share one, because it takes seconds to start. */
export function openPGlite(): Promise<PGlite> {
  opened ??= createPGlite()
  return opened
}

export async function closePGlite(): Promise<void> {
  await (await opened)?.close()
}

/** Keys that begin with `prefix` are deleted after the test. `undefined` if there is no server: the test is skipped. */
export async function openRedis(t: TestContext, prefix: string): Promise<Redis | undefined> {
  const client = new Redis(REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 1 })
  client.on('error', () => undefined)
  try {
    await client.connect()
  } catch {
    client.disconnect()
    return skip(t, `no Redis at ${new URL(REDIS_URL).host}: REDIS_URL may name another`)
  }
  afterwards(t, async () => {
    const keys = await client.keys(`${prefix}*`)
    if (keys.length > 0) await client.del(...keys)
    client.disconnect()
  })
  return client
}

/** Pools on a new schema, which is dropped after the test. `undefined` if there is no server: the test is skipped. */
export async function openSchema(t: TestContext, count: number): Promise<readonly pg.Pool[] | undefined> {
  const admin = new pg.Client(DATABASE_URL)
  try {
    await admin.connect()
  } catch {
    return skip(t, `no PostgreSQL at ${new URL(DATABASE_URL).host}: DATABASE_URL may name another`)
  }
  const schema = `test_${crypto.randomUUID().replaceAll('-', '')}`
  await admin.query(`CREATE SCHEMA ${schema}`)
  const pools = Array.from({ length: count }, () => new pg.Pool({ connectionString: DATABASE_URL, options: `-c search_path=${schema}` }))
  afterwards(t, async () => {
    for (const pool of pools) await pool.end()
    await admin.query(`DROP SCHEMA ${schema} CASCADE`)
    await admin.end()
  })
  return pools
}

function skip(t: TestContext, reason: string): undefined {
  t.skip(reason)
}
