/** Jobs of BullMQ in a transaction of PostgreSQL: they wait in an outbox until the commit, and are then stored in Redis once. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { Queue } from 'bullmq'
import { drizzle } from 'drizzle-orm/node-postgres'
import { z } from 'zod'
import { bullmq } from '../../src/bullmq/index.ts'
import { createJobs, defineJob } from '../../src/jobs/index.ts'
import { openRedis, openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'

async function open(t: TestContext) {
  const prefix = `test-${crypto.randomUUID()}`
  const redis = await openRedis(t, prefix)
  const [pool] = redis === undefined ? [] : ((await openSchema(t, 1)) ?? [])
  if (redis === undefined || pool === undefined) return undefined
  const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
  const create = (pollMs: number) => {
    const note = defineJob('note', { input: z.string() })
    const single = defineJob('single', { input: z.string(), unique: { key: (key) => key, periodMs: 3_600_000 } })
    const seen: string[] = []
    const jobs = createJobs({
      engine: bullmq({ redis, prefix, leaseMs: 2000, outbox: { db: pool, pollMs } }),
      work: [note.work((text) => void seen.push(text)), single.work((text) => void seen.push(text))],
      pollMs: 20,
      logger: new RecordingLogger(),
    })
    afterwards(t, () => jobs.stop())
    return { jobs, note, single, seen }
  }
  const waiting = async () => (await pool.query('SELECT FROM riposte_outbox')).rowCount
  return { pool, db: drizzle(pool), prefix, schema: rows[0]!.search_path, create, waiting }
}

test('a job exists after its transaction commits, and does not exist after a rollback', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { db, create, waiting } = opened
  const { jobs, note, seen } = create(20)
  await jobs.start()
  await assert.rejects(
    db.transaction(async (transaction) => {
      await note.enqueue('rolled back', { in: transaction })
      throw new Error('roll back')
    }),
    /roll back/,
  )
  const later = new Date(Date.now() + 3_600_000)
  const [stored, delayed] = await db.transaction(async (transaction) => {
    const all = [await note.enqueue("it's $1", { in: transaction }), await note.enqueue('later', { in: transaction, at: later })]
    assert.equal(await jobs.find(all[0]!.id), undefined)
    return all
  })
  assert.ok(['queued', 'running', 'done'].includes((await jobs.find(stored!.id))!.state))
  while ((await jobs.find(stored!.id))!.state !== 'done') await sleep(10)
  while ((await waiting()) !== 0) await sleep(10)
  assert.deepEqual([seen, (await jobs.find(delayed!.id))!.state, (await jobs.list()).length], [["it's $1"], 'queued', 2])
})

test('the time of creation is that of enqueue(), before and after a job is moved', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { db, create, waiting } = opened
  const { jobs, note } = create(3_600_000)
  await jobs.open()
  const startAt = new Date(Date.now() + 3_600_000)
  const ids = await db.transaction(async (transaction) => [
    (await note.enqueue('x', { in: transaction })).id,
    (await note.enqueue('later', { in: transaction, at: startAt })).id,
  ])
  const enqueuedAt = Date.now()
  while (Date.now() === enqueuedAt) await sleep(1)
  const read = async () => (await Promise.all(ids.map((id) => jobs.find(id)))).map((job) => job!.createdAt.getTime())
  const times = await read()
  assert.deepEqual(
    times.filter((time) => time > enqueuedAt),
    [],
  )
  // It moves all jobs first.
  await jobs.cancel(crypto.randomUUID())
  assert.deepEqual([await read(), await waiting()], [times, 0])
  const delayed = new Queue('note', { prefix: opened.prefix, connection: { url: REDIS_URL } })
  afterwards(t, () => delayed.close())
  const { delay, timestamp } = (await delayed.getJob(ids[1]!))!
  assert.equal(timestamp + delay, startAt.getTime())
})

test('a job in the outbox can be found and cancelled', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { db, create, waiting } = opened
  const { jobs, note, seen } = create(3_600_000)
  await jobs.open()
  const { id } = await db.transaction((transaction) => note.enqueue('x', { in: transaction }))
  assert.deepEqual([(await jobs.find(id))!.state, await waiting()], ['queued', 1])
  assert.equal(await jobs.cancel(id), true)
  await jobs.drain()
  assert.deepEqual([(await jobs.find(id))!.state, seen, await waiting()], ['cancelled', [], 0])
})

test('unique finds jobs in Redis and in the outbox', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { db, create } = opened
  const { jobs, single } = create(3_600_000)
  await jobs.open()
  const first = await db.transaction((transaction) => single.enqueue('a', { in: transaction }))
  const second = await db.transaction((transaction) => single.enqueue('a', { in: transaction }))
  assert.deepEqual([first.isNew, second.isNew, second.id === first.id], [true, false, true])
  const [other] = [await single.enqueue('b')]
  const again = await db.transaction((transaction) => single.enqueue('b', { in: transaction }))
  assert.deepEqual([again.isNew, again.id === other.id], [false, true])
})

test('if two processes move the same jobs and a third dies while moving them, each job is stored once', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { pool, db, prefix, schema, create, waiting } = opened
  // These two move nothing until the killed process has left rows behind.
  const { jobs, note, seen } = create(3_600_000)
  await jobs.open()
  const texts = Array.from({ length: 40 }, (_, n) => `job ${n}`)
  for (const text of texts) await db.transaction((transaction) => note.enqueue(text, { in: transaction }))
  const program = programAt(join(import.meta.dirname, 'moved.program.ts'))
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, program, DATABASE_URL, schema, REDIS_URL, prefix], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null]
  // It has stored all in Redis, and has deleted none of the rows.
  assert.deepEqual([signal, await waiting(), (await jobs.counts())[0]!.queued], ['SIGKILL', 40, 40])
  const others = [create(20), create(20)]
  for (const other of others) await other.jobs.open()
  await jobs.start()
  while (((await waiting()) ?? 0) > 0 || seen.length < texts.length) await sleep(20)
  assert.deepEqual(seen.toSorted(), texts.toSorted())
  assert.equal((await jobs.list()).length, 40)
  assert.equal((await pool.query('SELECT FROM riposte_outbox')).rowCount, 0)
})
