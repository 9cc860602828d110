/** A connection of a store that is lost without a sign, such as by a firewall that forgets it: messages arrive all the same. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { channel, type ChannelStore } from '../../src/channel/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { afterwards } from '../support/afterwards.ts'
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

describe('a connection that is lost without a sign', { concurrency: true }, () => {
  test('of Redis', async (t) => {
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

  test('of PostgreSQL', async (t) => {
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
