/** Jobs in transactions on PostgreSQL: a job is stored only by a commit, and an effect happens exactly once if the job completes in its transaction. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test, type TestContext } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import type pg from 'pg'
import { z } from 'zod'
import { createApp } from '../../src/index.ts'
import { createJobs, defineJob, type JobsOptions } from '../../src/jobs/index.ts'
import { serve } from '../../src/node/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { transaction } from '../../src/postgres/index.ts'
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

test('a job exists only if its transaction commits', async (t) => {
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

test('complete() completes the job in the transaction of its effect, and stores the result', async (t) => {
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

test('if a worker has lost its job, complete() throws and the effect rolls back', async (t) => {
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

test('transaction() takes no connection of the pool while a client sends its content', async (t) => {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return
  await pool.query('SELECT 1')
  const app = createApp({ logger: new RecordingLogger() })
  const contract = { dependencies: { tx: transaction(pool) }, body: z.object({}), responses: { 200: z.int() } }
  app.post('/orders', contract, async ({ tx }) => (await tx.query<{ n: number }>('SELECT 1 AS n')).rows[0]!.n)
  const server = await serve(app, { port: 0 })
  afterwards(t, () => server.stop())
  const client = connect(server.port, '127.0.0.1').setEncoding('latin1')
  afterwards(t, async () => void client.destroy())
  client.write('POST /orders HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n')
  // The server asks for the content after the dependencies have run.
  assert.match(String((await once(client, 'data'))[0]), /^HTTP\/1\.1 100 /)
  assert.deepEqual([pool.totalCount, pool.idleCount], [1, 1])
  client.write('{}')
  assert.match(String((await once(client, 'data'))[0]), /^HTTP\/1\.1 200 [^]*\r\n\r\n1$/)
})
