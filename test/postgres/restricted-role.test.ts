/** The tables of the stores in PostgreSQL: who creates them, which form they must have, and a role that may not create them. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { bullmq } from '../../src/bullmq/index.ts'
import { channel } from '../../src/channel/index.ts'
import { createJobs, defineJob, type JobEngine } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { CHANNEL_TABLES, IDEMPOTENCY_TABLES, postgresIdempotencyStore, postgresStore } from '../../src/postgres/index.ts'
import { openRedis, openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { DATABASE_URL } from '../support/servers.ts'

interface Opened {
  /** Connects as the owner of the schema. */
  readonly owner: pg.Pool
  /** Connects as a role that may use the schema, and may not create anything in it. */
  readonly app: pg.Pool
  readonly schema: string
  /** Lets the role read and write all tables of the schema. */
  readonly grant: () => Promise<unknown>
}

/** A new schema, and a new role without CREATE on it. The test removes both. `undefined` if there is no server: the test is skipped. */
async function openRole(t: TestContext): Promise<Opened | undefined> {
  const [owner] = (await openSchema(t, 1)) ?? []
  if (owner === undefined) return undefined
  const { rows } = await owner.query<{ schema: string }>('SELECT current_schema() AS schema')
  const { schema } = rows[0]!
  const role = `role_${schema}`
  const url = new URL(DATABASE_URL)
  url.username = role
  url.password = crypto.randomUUID()
  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD '${url.password}'; GRANT USAGE ON SCHEMA ${schema} TO ${role}`)
  const app = new pg.Pool({ connectionString: url.href, options: `-c search_path=${schema}` })
  afterwards(t, async () => {
    await app.end()
    await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
  })
  const grant = () => owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`)
  return { owner, app, schema, grant }
}

/** Publishes one message, and reads it as a subscriber. */
async function useChannel(t: TestContext, pool: pg.Pool): Promise<void> {
  const store = postgresStore(pool)
  afterwards(t, () => store.close())
  const notes = channel('notes', z.string(), { store })
  const id = await notes.publish('hello')
  const subscription = notes.subscribe('earliest', new AbortController().signal)
  await subscription.next()
  assert.deepEqual((await subscription.next()).value, { kind: 'message', id, data: 'hello' })
  await subscription.return()
}

/** Locks a key, stores a response and reads it. */
async function useIdempotency(_: TestContext, pool: pg.Pool): Promise<void> {
  const store = postgresIdempotencyStore(pool)
  const response = { status: 204, headers: [], body: null }
  const holder = { key: 'key', owner: crypto.randomUUID() }
  assert.equal(await store.begin(holder, 'print', 60), undefined)
  await store.complete(holder, response, 60)
  assert.deepEqual(await store.begin({ key: 'key', owner: crypto.randomUUID() }, 'print', 60), { fingerprint: 'print', response })
}

const OR_DROP = 'If the table has another form, alter it or drop it first.'

const STORES = [
  {
    name: 'postgresStore()',
    sql: 'CHANNEL_TABLES',
    tables: CHANNEL_TABLES,
    first: 'riposte_channel',
    open: (database: pg.Pool) => postgresStore(database),
    use: useChannel,
  },
  {
    name: 'postgresIdempotencyStore()',
    sql: 'IDEMPOTENCY_TABLES',
    tables: IDEMPOTENCY_TABLES,
    first: 'riposte_idempotency',
    open: (database: pg.Pool) => postgresIdempotencyStore(database),
    use: useIdempotency,
  },
]

for (const { name, sql, tables, first, open, use } of STORES) {
  describe(`${name} and the schema`, () => {
    test('a role without CREATE uses tables that exist', async (t) => {
      const opened = await openRole(t)
      if (opened === undefined) return
      await opened.owner.query(tables)
      await opened.grant()
      await use(t, opened.app)
    })

    test('a role without CREATE gets one clear error if the tables are missing', async (t) => {
      const opened = await openRole(t)
      if (opened === undefined) return
      await assert.rejects(use(t, opened.app), {
        message: `SQL_TABLES: ${name}: expected table ${first}, got none. Let a role that may change the schema run ${sql}. ${OR_DROP}`,
      })
    })

    test('a role without USAGE gets the same error', async (t) => {
      const opened = await openRole(t)
      if (opened === undefined) return
      await opened.owner.query(`${tables} REVOKE USAGE ON SCHEMA ${opened.schema} FROM role_${opened.schema}`)
      await assert.rejects(use(t, opened.app), new RegExp(`^Error: SQL_TABLES: .*expected table ${first}, got none`))
    })

    test('an owner creates the tables in the form that the other role expects', async (t) => {
      const opened = await openRole(t)
      if (opened === undefined) return
      await use(t, opened.owner)
      await open(opened.app).migrate()
    })

    test('twenty connections that start together create the tables once', async (t) => {
      const pools = await openSchema(t, 20)
      if (pools === undefined) return
      for (let round = 0; round < 5; round++) {
        await Promise.all(pools.map(async (pool) => open(pool).migrate()))
        await pools[0]!.query('DROP TABLE IF EXISTS riposte_channel, riposte_channel_message, riposte_idempotency')
      }
    })

    test('stores that start while an operator creates the tables get no error', async (t) => {
      const pools = await openSchema(t, 8)
      if (pools === undefined) return
      const operator = await pools[0]!.connect()
      afterwards(t, () => operator.release())
      await operator.query('BEGIN')
      await operator.query(tables)
      const migrations = Promise.all(pools.slice(1).map(async (pool) => open(pool).migrate()))
      await sleep(50)
      await operator.query('COMMIT')
      await migrations
    })
  })
}

test('a store that found no tables works as soon as they exist', async (t) => {
  const opened = await openRole(t)
  if (opened === undefined) return
  const store = postgresIdempotencyStore(opened.app)
  await assert.rejects(store.migrate(), /SQL_TABLES/)
  await opened.owner.query(IDEMPOTENCY_TABLES)
  await opened.grant()
  await store.migrate()
})

describe('tables in another form', () => {
  const cases: readonly (readonly [change: string, expected: string])[] = [
    ['ALTER TABLE riposte_channel DROP COLUMN epoch', 'expected column riposte_channel.epoch of type bigint, got none'],
    ['ALTER TABLE riposte_channel ALTER COLUMN epoch TYPE integer', 'expected column riposte_channel.epoch of type bigint, got none'],
    ['ALTER TABLE riposte_channel ALTER COLUMN oldest DROP DEFAULT', 'expected column riposte_channel.oldest with a default, got none'],
    [
      'ALTER TABLE riposte_channel_message DROP CONSTRAINT riposte_channel_message_pkey, ADD UNIQUE (channel, seq, text)',
      'expected a unique key of riposte_channel_message: (channel, seq), got none',
    ],
    [
      'ALTER TABLE riposte_channel DROP CONSTRAINT riposte_channel_pkey; CREATE UNIQUE INDEX ON riposte_channel (name) WHERE epoch > 0',
      'expected a unique key of riposte_channel: (name), got none',
    ],
  ]
  for (const [change, expected] of cases) {
    test(`${expected}: ${change}`, async (t) => {
      const opened = await openRole(t)
      if (opened === undefined) return
      await opened.owner.query(`${CHANNEL_TABLES} ${change}`)
      await opened.grant()
      for (const pool of [opened.app, opened.owner]) {
        await assert.rejects(postgresStore(pool).migrate(), {
          message: `SQL_TABLES: postgresStore(): ${expected}. Let a role that may change the schema run CHANNEL_TABLES. ${OR_DROP}`,
        })
      }
    })
  }

  test('a missing index is created by the owner, and is an error for other roles', async (t) => {
    const opened = await openRole(t)
    if (opened === undefined) return
    await opened.owner.query(`${IDEMPOTENCY_TABLES} DROP INDEX riposte_idempotency_expires_at`)
    await opened.grant()
    await assert.rejects(
      postgresIdempotencyStore(opened.app).migrate(),
      /SQL_TABLES: .*: expected an index of riposte_idempotency: \(expires_at\), got none\. Let a role/,
    )
    await postgresIdempotencyStore(opened.owner).migrate()
    await postgresIdempotencyStore(opened.app).migrate()
  })

  test('other columns, a longer unique index, and the precision of a time are no error', async (t) => {
    const opened = await openRole(t)
    if (opened === undefined) return
    await opened.owner
      .query(`${IDEMPOTENCY_TABLES} ALTER TABLE riposte_idempotency ALTER COLUMN expires_at TYPE timestamptz(3), ADD note text;
      CREATE UNIQUE INDEX ON riposte_idempotency (key, owner); DROP INDEX riposte_idempotency_expires_at;
      CREATE INDEX under_another_name ON riposte_idempotency (expires_at, key)`)
    await opened.grant()
    await useIdempotency(t, opened.app)
  })
})

test('a role with CREATE gets its own tables in the first schema of its search_path, even if a later schema has them', async (t) => {
  const [opened, other] = [await openRole(t), await openRole(t)]
  if (opened === undefined || other === undefined) return
  await other.owner.query(CHANNEL_TABLES)
  const both = new pg.Pool({ connectionString: DATABASE_URL, options: `-c search_path=${opened.schema},${other.schema}` })
  afterwards(t, () => both.end())
  await useChannel(t, both)
  assert.equal((await other.owner.query('SELECT FROM riposte_channel')).rowCount, 0)
  assert.equal((await opened.owner.query('SELECT FROM riposte_channel')).rowCount, 1)
})

function create(t: TestContext, engine: JobEngine) {
  const note = defineJob('note', { input: z.string() })
  const seen: string[] = []
  const jobs = createJobs({ engine, work: [note.work((text) => void seen.push(text))], pollMs: 20, logger: new RecordingLogger() })
  afterwards(t, () => jobs.stop())
  return { jobs, note, seen }
}

describe('jobs and the schema', () => {
  test('pgBoss(): a role without CREATE works on queues that exist', async (t) => {
    const opened = await openRole(t)
    if (opened === undefined) return
    const { owner, app, schema, grant } = opened
    await create(t, pgBoss({ db: owner, schema })).jobs.open()
    await grant()
    const { jobs, note, seen } = create(t, pgBoss({ db: app, schema }))
    await note.enqueue('hello')
    await jobs.drain()
    assert.deepEqual(seen, ['hello'])
  })

  test('pgBoss(): a role without CREATE gets one clear error if the tables of pg-boss or of a queue are missing', async (t) => {
    const opened = await openRole(t)
    if (opened === undefined) return
    const { owner, app, schema, grant } = opened
    const expected = {
      message: `SQL_TABLES: pgBoss(): expected the tables of pg-boss and of each queue in schema ${schema}, got none that this role may use. Let a role that may change the schema call jobs.open().`,
    }
    await assert.rejects(create(t, pgBoss({ db: app, schema })).jobs.open(), expected)
    const other = createJobs({
      engine: pgBoss({ db: owner, schema }),
      work: [defineJob('other', { input: z.string(), queue: 'other' }).work(() => undefined)],
    })
    afterwards(t, () => other.stop())
    await other.open()
    await grant()
    await assert.rejects(create(t, pgBoss({ db: app, schema })).jobs.open(), expected)
  })

  test('pgBoss(): open() can be called again after it has failed', async (t) => {
    const opened = await openRole(t)
    if (opened === undefined) return
    const { owner, app, schema, grant } = opened
    const { jobs, note, seen } = create(t, pgBoss({ db: app, schema }))
    await assert.rejects(jobs.open(), /SQL_TABLES/)
    await create(t, pgBoss({ db: owner, schema })).jobs.open()
    await grant()
    await note.enqueue('hello')
    await jobs.drain()
    assert.deepEqual(seen, ['hello'])
  })

  test('pgBoss(): engines that open together agree on one secret', async (t) => {
    const pools = await openSchema(t, 4)
    if (pools === undefined) return
    const { rows } = await pools[0]!.query<{ schema: string }>('SELECT current_schema() AS schema')
    const engines = pools.map((db) => pgBoss({ db, schema: rows[0]!.schema }))
    afterwards(t, async () => Promise.all(engines.map(async (engine) => engine.close())))
    const opened = await Promise.all(engines.map(async (engine) => engine.open([{ name: 'one', concurrency: 0 } as never], [])))
    assert.equal(new Set(opened.map(({ secret }) => secret)).size, 1)
  })

  test('bullmq({ outbox }): a role without CREATE uses an outbox that exists, and gets one clear error if it is missing', async (t) => {
    const prefix = `test-${crypto.randomUUID()}`
    const redis = await openRedis(t, prefix)
    const opened = redis && (await openRole(t))
    if (redis === undefined || opened === undefined) return
    const { owner, app, grant } = opened
    await assert.rejects(create(t, bullmq({ redis, prefix, outbox: { db: app } })).jobs.open(), {
      message: `SQL_TABLES: bullmq(): expected table riposte_outbox, got none. Let a role that may change the schema call jobs.open(). ${OR_DROP}`,
    })
    await create(t, bullmq({ redis, prefix, outbox: { db: owner } })).jobs.open()
    await grant()
    const { jobs, note, seen } = create(t, bullmq({ redis, prefix, outbox: { db: app, pollMs: 20 } }))
    await jobs.start()
    const client = await app.connect()
    afterwards(t, () => client.release())
    await client.query('BEGIN')
    await note.enqueue('hello', { in: client })
    await client.query('COMMIT')
    while (seen.length === 0) await sleep(10)
    assert.deepEqual(seen, ['hello'])
  })
})
