/** Jobs in transactions on PostgreSQL: no commit, no job; and an effect happens exactly once where the job ends in its transaction. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { z } from 'zod'
import { createJobs, defineJob, type JobsOptions } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { openSchema } from '../channel/stores.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { afterwards } from '../support/afterwards.ts'

async function open(t: TestContext): Promise<{ pool: pg.Pool; engine: JobsOptions['engine'] } | undefined> {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return undefined
  const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
  await pool.query('CREATE TABLE effect (job uuid, note text)')
  return { pool, engine: pgBoss({ db: pool, schema: rows[0]!.search_path }) }
}

const notesOf = async (pool: pg.Pool) =>
  (await pool.query<{ note: string }>('SELECT note FROM effect ORDER BY note')).rows.map(({ note }) => note)

test('a job in a transaction that rolls back does not exist; one that commits does', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { pool, engine } = opened
  const job = defineJob('note', { input: z.string() })
  const seen: string[] = []
  const jobs = createJobs({ engine, work: [job.work((note) => void seen.push(note))], logger: new RecordingLogger() })
  afterwards(t, () => jobs.stop())
  const db = drizzle(pool)
  await assert.rejects(
    db.transaction(async (transaction) => {
      await job.enqueue('rolled back', { in: transaction })
      throw new Error('roll back')
    }),
    /roll back/,
  )
  await db.transaction(async (transaction) => job.enqueue("it's $1", { in: transaction }))
  await jobs.drain()
  assert.deepEqual(seen, ["it's $1"])
  assert.equal((await jobs.list()).length, 1)
})

test('complete() ends the job in the transaction of its effect, and keeps the result', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { pool, engine } = opened
  const job = defineJob('note', { input: z.string(), output: z.object({ length: z.int() }) })
  const work = job.work(async (note, { id, complete }) => {
    await drizzle(pool).transaction(async (transaction) => {
      await transaction.execute(`INSERT INTO effect VALUES ('${id}', '${note}')`)
      await complete({ in: transaction }, { length: note.length })
    })
  })
  const jobs = createJobs({ engine, work: [work], logger: new RecordingLogger() })
  afterwards(t, () => jobs.stop())
  const { id } = await job.enqueue('abc')
  await jobs.drain()
  const found = (await jobs.find(id))!
  assert.deepEqual([await notesOf(pool), found.state, found.result], [['abc'], 'done', '{"length":3}'])
})

test('a worker that has lost its job can not complete it: its effect rolls back', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { pool, engine } = opened
  const job = defineJob('note', { input: z.string() })
  let isCancelled = false
  const work = job.work(async (note, { id, complete }) => {
    await drizzle(pool).transaction(async (transaction) => {
      await transaction.execute(`INSERT INTO effect VALUES ('${id}', '${note}')`)
      isCancelled = await engine.cancel(id)
      await complete({ in: transaction })
    })
  })
  const logger = new RecordingLogger()
  const jobs = createJobs({ engine, work: [work], logger })
  afterwards(t, () => jobs.stop())
  const { id } = await job.enqueue('abc')
  await jobs.drain()
  assert.deepEqual([isCancelled, await notesOf(pool), (await jobs.find(id))!.state], [true, [], 'cancelled'])
  assert.deepEqual(logger.takeMessages(), [])
})
