/** A connection of a store that is lost silently, for example because a firewall drops it: messages still arrive. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test, type TestContext } from 'node:test'
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import pg from 'pg'
import { createClient, type RedisClientOptions } from 'redis'
import { z } from 'zod'
import { channel, type ChannelStore } from '../../src/channel/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { afterwards } from '../support/afterwards.ts'
import { deferred } from '../support/deferred.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'
import { openStallingProxy } from '../support/stalling-proxy.ts'
import { openRedis, openSchema } from './stores.ts'

/** `stall` loses the connection on which `store` waits for messages. */
async function seeMessage(store: ChannelStore, other: ChannelStore, stall: () => number): Promise<void> {
  const notes = channel('notes', z.string(), { store })
  const subscription = notes.subscribe(undefined, new AbortController().signal)
  await subscription.next()
  await channel('notes', z.string(), { store: other }).publish('before')
  const { value: before } = await subscription.next()
  assert.ok(before?.kind === 'message' && before.data === 'before')
  const next = subscription.next()
  // By then it has read that there is no further message, and waits.
  for (let n = 0; n < 5; n++) await notes.latest()
  assert.equal(stall(), 1)
  await channel('notes', z.string(), { store: other }).publish('after')
  const { value } = await next
  assert.ok(value?.kind === 'message' && value.data === 'after')
  await subscription.return()
}

describe('messages arrive after the silent loss of a connection', { concurrency: true }, () => {
  test('to Redis', async (t) => {
    const prefix = `test:${crypto.randomUUID()}:`
    const direct = await openRedis(t, prefix)
    if (direct === undefined) return
    const { port, stall } = await openStallingProxy(t, new URL(REDIS_URL), 6379)
    const client = new Redis(port, '127.0.0.1')
    afterwards(t, () => client.disconnect())
    const [store, other] = [redisStore(client, { prefix }), redisStore(direct, { prefix })]
    afterwards(t, () => store.close())
    await seeMessage(store, other, () => stall(/XREAD/i))
  })

  test('to PostgreSQL', async (t) => {
    const [direct] = (await openSchema(t, 1)) ?? []
    if (direct === undefined) return
    const { rows } = await direct.query<{ search_path: string }>('SHOW search_path')
    const { port, stall } = await openStallingProxy(t, new URL(DATABASE_URL), 5432)
    const url = new URL(DATABASE_URL)
    url.host = `127.0.0.1:${port}`
    const pool = new pg.Pool({ connectionString: url.href, options: `-c search_path=${rows[0]!.search_path}` })
    afterwards(t, () => pool.end())
    const [store, other] = [postgresStore(pool), postgresStore(direct)]
    afterwards(t, () => store.close())
    await seeMessage(store, other, () => stall(/LISTEN/))
  })
})

/** A connection that hears nothing and breaks at its first check. */
class SilentClient {
  isReleased = false
  readonly #breaks: boolean

  constructor(breaks: boolean) {
    this.#breaks = breaks
  }

  async query(text: string): Promise<{ rows: unknown[] }> {
    if (this.#breaks && text === 'SELECT 1') throw new Error('terminated')
    return { rows: [] }
  }

  on(): void {}

  release(): void {
    this.isReleased = true
  }
}

test('a failed check of one connection does not close the next connection', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval', 'setTimeout'] })
  const clients = [new SilentClient(true), new SilentClient(false)]
  const connected: SilentClient[] = []
  const pool = {
    query: async () => ({ rows: [] }),
    async connect() {
      const client = clients[connected.length]!
      connected.push(client)
      return client
    },
  }
  const store = postgresStore(pool)
  afterwards(t, () => store.close())
  store.open('notes').watch(() => undefined)
  await turn()
  t.mock.timers.tick(5000)
  // It connects again after a second, by a timer that keeps no process alive.
  while (connected.length < 2) await sleep(20)
  await turn()
  // Now an answer to the first check is late.
  t.mock.timers.tick(5000)
  await turn()
  assert.deepEqual(
    clients.map(({ isReleased }) => isReleased),
    [true, false],
  )
})

const createNodeRedis = (options: RedisClientOptions) => createClient({ url: REDIS_URL, ...options })

type NodeRedis = ReturnType<typeof createNodeRedis>

/** A store on a client of `redis` whose duplicates the test makes. */
async function openNodeRedis(t: TestContext, duplicate: () => NodeRedis) {
  const prefix = `test:${crypto.randomUUID()}:`
  if ((await openRedis(t, prefix)) === undefined) return undefined
  const client = createNodeRedis({})
  await client.connect()
  afterwards(t, () => client.destroy())
  const store = redisStore(Object.assign(client, { duplicate }), { prefix })
  afterwards(t, () => store.close())
  store.open('notes').watch(() => undefined)
  return { store, client }
}

test('close() ends the attempt of a client of redis to connect', async (t) => {
  const connecting = deferred<NodeRedis>()
  const opened = await openNodeRedis(t, () => {
    // Nothing listens at this port, so it tries again and again.
    const own = createNodeRedis({ url: 'redis://127.0.0.1:1' })
    own.once('error', () => connecting.resolve(own))
    return own
  })
  if (opened === undefined) return
  const own = await connecting.promise
  const ended = once(own, 'end')
  opened.store.close()
  await ended
  assert.equal(own.isOpen, false)
})

test('close() leaves no connection of a client of redis that is just connecting', async (t) => {
  const name = crypto.randomUUID()
  const connected = deferred<unknown>()
  const opened = await openNodeRedis(t, () => {
    const own = createNodeRedis({ name })
    const connect = own.connect.bind(own)
    own.connect = () => {
      const connecting = connect()
      queueMicrotask(() => opened!.store.close())
      connected.resolve(connecting.catch(() => undefined))
      return connecting
    }
    return own
  })
  if (opened === undefined) return
  await connected.promise
  while ((await opened.client.clientList()).some((each) => each.name === name)) await sleep(10)
})

test('a lost connection of a client of redis 5 that does not reconnect is replaced', async (t) => {
  const name = crypto.randomUUID()
  const created: NodeRedis[] = []
  const opened = await openNodeRedis(t, () => {
    const own = createNodeRedis({ name, socket: { reconnectStrategy: false } })
    const destroy = own.destroy.bind(own)
    // Version 5 throws if the connection has ended.
    own.destroy = () => {
      if (!own.isOpen) throw new Error('The client is closed')
      destroy()
    }
    created.push(own)
    return own
  })
  if (opened === undefined) return
  while (created[0]?.isReady !== true) await sleep(10)
  const connection = (await opened.client.clientList()).find((each) => each.name === name)
  await opened.client.sendCommand(['CLIENT', 'KILL', 'ID', String(connection!.id)])
  while (created[1]?.isReady !== true) await sleep(10)
  assert.equal(created.length, 2)
})
