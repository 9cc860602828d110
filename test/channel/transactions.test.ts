/** A message that is published in a transaction of any library is delivered after the commit. A broken connection is opened again. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, test, type TestContext } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Redis } from 'ioredis'
import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { z } from 'zod'
import { channel, memoryStore, type Channel } from '../../src/channel/index.ts'
import { postgresStore } from '../../src/postgres/index.ts'
import { redisStore } from '../../src/redis/index.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'
import { openRedis, openSchema } from './stores.ts'
import { afterwards } from '../support/afterwards.ts'

type Notes = Channel<string, string>

/** Runs `work` in a transaction. */
type InTransaction = (work: (transaction: unknown) => Promise<void>) => Promise<void>

/** The interface of Prisma's interactive transactions over a connection of `pg`: its engine is a binary that is not installed here. */
async function inPrisma(pool: pg.Pool, work: (transaction: unknown) => Promise<void>): Promise<void> {
  await inPg(pool, (client) =>
    work({ $queryRawUnsafe: async (text: string, ...values: unknown[]) => (await (client as pg.PoolClient).query(text, values)).rows }),
  )
}

async function inPg(pool: pg.Pool, work: (transaction: unknown) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    await work(client)
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

const LIBRARIES: Readonly<Record<string, (pool: pg.Pool) => InTransaction>> = {
  pg: (pool) => (work) => inPg(pool, work),
  Drizzle: (pool) => (work) => drizzle(pool).transaction(work),
  Kysely: (pool) => (work) => new Kysely({ dialect: new PostgresDialect({ pool }) }).transaction().execute(work),
  'the interface of Prisma': (pool) => (work) => inPrisma(pool, work),
}

async function openNotes(t: TestContext): Promise<{ notes: Notes; pool: pg.Pool } | undefined> {
  const opened = await openSchema(t, 1)
  if (opened === undefined) return undefined
  const [pool] = opened
  const store = postgresStore(pool!)
  afterwards(t, () => store.close())
  return { notes: channel('notes', z.string(), { store }), pool: pool! }
}

for (const [library, begin] of Object.entries(LIBRARIES)) {
  describe(`a message in a transaction of ${library}`, () => {
    test('is delivered after the commit, and never after a rollback', async (t) => {
      const opened = await openNotes(t)
      if (opened === undefined) return
      const { notes, pool } = opened
      const inTransaction = begin(pool)
      const { signal } = new AbortController()
      const subscription = notes.subscribe(undefined, signal)
      await subscription.next()
      await assert.rejects(
        inTransaction(async (transaction) => {
          await notes.publish("rolled 'back' $1", { in: transaction })
          throw new Error('roll back')
        }),
        /roll back/,
      )
      let id: string | undefined
      await inTransaction(async (transaction) => {
        id = await notes.publish("it's $1 and $2", { in: transaction })
      })
      assert.deepEqual((await subscription.next()).value, { kind: 'message', id, data: "it's $1 and $2" })
      await subscription.return()
    })
  })
}

test('a store without transactions refuses one', async (t) => {
  await assert.rejects(channel('notes', z.string(), { store: memoryStore() }).publish('x', { in: {} }), /CHANNEL_TRANSACTION: memoryStore/)
  const client = await openRedis(t, 'test:none:')
  if (client === undefined) return
  const store = redisStore(client)
  await assert.rejects(channel('notes', z.string(), { store }).publish('x', { in: {} }), /CHANNEL_TRANSACTION: redisStore/)
})

test('a value that cannot run SQL is refused as a transaction', async (t) => {
  const opened = await openNotes(t)
  if (opened === undefined) return
  await assert.rejects(opened.notes.publish('x', { in: {} }), /SQL_HANDLE: expected a database or transaction/)
})

test('a broken PostgreSQL connection is opened again, and no message is lost', async (t) => {
  const opened = await openNotes(t)
  if (opened === undefined) return
  const { notes, pool } = opened
  pool.on('error', () => undefined)
  const admin = new pg.Client(DATABASE_URL)
  await admin.connect()
  afterwards(t, () => admin.end())
  const { signal } = new AbortController()
  const subscription = notes.subscribe(undefined, signal)
  await subscription.next()
  await notes.publish('before')
  assert.equal((await subscription.next()).value?.kind, 'message')
  for (let n = 0; n < 3; n++) {
    const { rowCount } = await admin.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN riposte_channel' AND pid <> pg_backend_pid()",
    )
    assert.ok(n > 0 || rowCount! > 0, 'expected a listening connection')
    await notes.publish(`after ${n}`)
    const { value } = await subscription.next()
    assert.ok(value?.kind === 'message' && value.data === `after ${n}`)
  }
  await subscription.return()
})

test('a broken Redis connection is opened again, and no message is lost', async (t) => {
  const prefix = `test:${crypto.randomUUID()}:`
  const client = await openRedis(t, prefix)
  if (client === undefined) return
  const store = redisStore(client, { prefix })
  afterwards(t, () => store.close())
  const admin = new Redis(REDIS_URL)
  afterwards(t, () => admin.disconnect())
  await once(admin, 'ready')
  const notes = channel('notes', z.string(), { store })
  const { signal } = new AbortController()
  const subscription = notes.subscribe(undefined, signal)
  await subscription.next()
  await notes.publish('before')
  assert.equal((await subscription.next()).value?.kind, 'message')
  const clients = String(await admin.call('CLIENT', 'LIST'))
  const waiting = clients.split('\n').filter((line) => line.includes('cmd=xread'))
  for (const line of waiting) await admin.call('CLIENT', 'KILL', 'ID', /id=(\d+)/.exec(line)![1]!)
  await notes.publish('after')
  const { value } = await subscription.next()
  assert.ok(value?.kind === 'message' && value.data === 'after')
  await subscription.return()
})
