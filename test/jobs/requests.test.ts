/** Jobs that a request enqueues: they are stored only if the response is a success, and they refer to their request. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { after, describe, test, type TestContext } from 'node:test'
import { drizzle } from 'drizzle-orm/node-postgres'
import { Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import { z } from 'zod'
import { createApp, defineError, defineMiddleware, stream, text, type App } from '../../src/index.ts'
import { accepted, createJobs, defineJob, enqueueOnSuccess, memoryEngine, type JobFailure, type JobsOptions } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { transaction } from '../../src/postgres/index.ts'
import { closePGlite, openPGlite, openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { deferred } from '../support/deferred.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { DATABASE_URL } from '../support/servers.ts'
import { ENGINES } from './engines.ts'

after(closePGlite)

const Taken = defineError('TAKEN', { status: 409, detail: 'Taken' })
const HOW = ['success', 'returned', 'thrown', 'failed', 'breach', 'layer'] as const

function open(t: TestContext, engine: JobsOptions['engine'], options: Partial<JobsOptions> = {}) {
  const logger = new RecordingLogger()
  const note = defineJob('note', { input: z.string() })
  const once = defineJob('once', { input: z.string(), unique: { key: (name) => name, periodMs: 3_600_000 } })
  const jobs = createJobs({ engine, jobs: [note, once], logger, ...options })
  afterwards(t, () => jobs.stop())
  const app = createApp({ logger, openapiPath: false, docsPath: false })
  app.use(enqueueOnSuccess())
  return { app, jobs, note, once, logger }
}

const send = (app: App, path: string, headers: Record<string, string> = {}) => app.request(path, { method: 'POST', headers })

for (const { name, open: openEngine } of ENGINES) {
  describe(`requests with jobs on ${name}`, () => {
    test('a response that is not a success stores no job', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const { app, jobs, note, logger } = open(t, engine)
      const inHandler: number[] = []
      const replaced = defineMiddleware({ responses: { 503: text() } }, async ({ route, reply }, next) => {
        const answer = await next()
        return route?.operationId === 'layer' ? reply(503, 'no') : answer
      })
      app.use(replaced)
      for (const how of HOW) {
        app.post(
          `/${how}`,
          { operationId: how, responses: { 202: accepted(note), 404: text() }, errors: [Taken] },
          async ({ reply, fail }): Promise<never> => {
            const job = await note.enqueue(how)
            inHandler.push((await jobs.list()).length)
            if (how === 'returned') return reply(404, 'not here') as never
            if (how === 'thrown') throw fail(Taken)
            if (how === 'failed') throw new Error('boom')
            return (how === 'breach' ? 7 : job) as never
          },
        )
      }
      const statuses: Record<string, number> = {}
      for (const how of HOW) statuses[how] = (await send(app, `/${how}`)).status
      assert.deepEqual(statuses, { success: 202, returned: 404, thrown: 409, failed: 500, breach: 500, layer: 503 })
      assert.deepEqual(inHandler, [0, 1, 1, 1, 1, 1])
      assert.deepEqual(
        (await jobs.list()).map(({ input }) => input),
        ['"success"'],
      )
      logger.take()
    })

    test('the response has the id of the stored job, also if unique finds an earlier job', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const { app, jobs, once, logger } = open(t, engine)
      app.post('/', { query: { key: z.string() }, responses: { 202: accepted(once) } }, ({ query }) => once.enqueue(query.key))
      const answers = await Promise.all(['a', 'a', 'b'].map((key) => send(app, `/?key=${key}`)))
      const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id))
      const stored = (await jobs.list()).map(({ id }) => id)
      assert.deepEqual([ids[0] === ids[1], new Set(ids).size, stored.toSorted()], [true, 2, [...new Set(ids)].toSorted()])
      // The key is free again when its job was cancelled, and the next one takes it.
      await jobs.cancel(ids[0]!)
      const again = await Promise.all([send(app, '/?key=a'), send(app, '/?key=a')])
      const others = await Promise.all(again.map(async (answer) => ((await answer.json()) as { id: string }).id))
      assert.deepEqual([others[0] === others[1], others[0] === ids[0], (await jobs.list()).length], [true, false, 3])
      assert.deepEqual(logger.takeMessages(), [])
    })

    test('a job that a stream enqueues is stored at once', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const { app, jobs, note } = open(t, engine)
      app.post('/', { responses: { 200: stream('text/plain') } }, async function* () {
        yield 'a'
        await note.enqueue('later')
        yield String((await jobs.list()).length)
      })
      assert.equal(await (await send(app, '/')).text(), 'a1')
    })
  })
}

test('if a job cannot be stored, the response is a 500 and the earlier jobs of the request are cancelled', async (t) => {
  const engine = memoryEngine()
  const refusing: JobsOptions['engine'] = {
    ...engine,
    async insert(job, tx) {
      if (job.input === '"second"') throw new Error('disk full')
      return engine.insert(job, tx)
    },
  }
  const { app, jobs, note, logger } = open(t, refusing)
  app.post('/', { responses: { 200: text() } }, async () => {
    for (const input of ['first', 'second', 'third']) await note.enqueue(input)
    return 'x'
  })
  assert.equal((await send(app, '/')).status, 500)
  assert.deepEqual(
    (await jobs.list()).map(({ input, state }) => [input, state]),
    [['"first"', 'cancelled']],
  )
  assert.match(logger.takeMessages().join('\n'), /disk full/)
})

test('a failed request does not cancel the job that another request enqueued with the same unique key', async (t) => {
  const engine = memoryEngine()
  const refusing: JobsOptions['engine'] = {
    ...engine,
    async insert(job, tx) {
      if (job.input === '"refused"') throw new Error('disk full')
      return engine.insert(job, tx)
    },
  }
  const { app, jobs, note, once, logger } = open(t, refusing)
  const [held, release] = [deferred(), deferred()]
  app.post('/fails', { responses: { 200: text() } }, async () => {
    await once.enqueue('key')
    await note.enqueue('refused')
    held.resolve()
    await release.promise
    return 'x'
  })
  app.post('/succeeds', { responses: { 202: accepted(once) } }, () => once.enqueue('key'))
  const failing = send(app, '/fails')
  await held.promise
  assert.equal((await send(app, '/succeeds')).status, 202)
  release.resolve()
  assert.equal((await failing).status, 500)
  assert.deepEqual(
    (await jobs.list()).map(({ input, state }) => [input, state]),
    [['"key"', 'queued']],
  )
  logger.take()
})

test('if the handler returns while the unique key is being looked up, the job is stored as soon as the lookup ends', async (t) => {
  const engine = memoryEngine()
  const [asked, release] = [deferred(), deferred()]
  const slow: JobsOptions['engine'] = {
    ...engine,
    async find(id, tx) {
      asked.resolve()
      await release.promise
      return engine.find(id, tx)
    },
  }
  const { app, jobs, once } = open(t, slow)
  let enqueued: ReturnType<typeof once.enqueue> | undefined
  app.post('/', { responses: { 200: text() } }, async () => {
    enqueued = once.enqueue('key')
    await asked.promise
    return 'x'
  })
  assert.equal((await send(app, '/')).status, 200)
  release.resolve()
  assert.deepEqual([(await enqueued!).isNew, (await jobs.list()).length], [true, 1])
})

test('a job has the id of the request that enqueued it, and passes it to the jobs that it enqueues', async (t) => {
  const failures: JobFailure[] = []
  const origins: unknown[] = []
  const first = defineJob('first', { input: z.string() })
  const second = defineJob('second', { input: z.string() })
  const work = [
    first.work(async (input, { origin }) => {
      origins.push(origin)
      await second.enqueue(input)
    }),
    second.work((_, { origin }) => {
      origins.push(origin)
      throw new Error('no')
    }),
  ]
  const { app, jobs, logger } = open(t, memoryEngine(), { jobs: [], work, onJobError: (failure) => failures.push(failure) })
  app.post('/', { responses: { 202: accepted(first) } }, () => first.enqueue('x'))
  const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
  await send(app, '/', { 'x-request-id': 'r-1', traceparent })
  await jobs.drain()
  const origin = { requestId: 'r-1', traceparent }
  assert.deepEqual(origins, [origin, origin])
  assert.deepEqual(failures[0]!.origin, origin)
  const [entry] = logger.take()
  assert.deepEqual([entry!.fields['requestId'], entry!.fields['traceparent']], ['r-1', traceparent])

  origins.length = 0
  await send(app, '/', { 'x-request-id': 'r-2', traceparent: 'not a trace' })
  await jobs.drain()
  assert.deepEqual(origins[0], { requestId: 'r-2', traceparent: undefined })
  logger.take()
})

const TRANSACTIONS: Readonly<Record<string, (t: TestContext) => Promise<TriedTransaction | undefined>>> = {
  'a pool of pg': async (t) => onPool(t, (pool) => pool),
  Drizzle: async (t) => onPool(t, (pool) => drizzle(pool)),
  Kysely: async (t) => onPool(t, (pool) => new Kysely<object>({ dialect: new PostgresDialect({ pool }) })),
  async PGlite() {
    const db = await openPGlite()
    const schema = `test_${crypto.randomUUID().replaceAll('-', '')}`
    return { db, engine: pgBoss({ db, schema }) }
  },
}

interface TriedTransaction {
  readonly db: Parameters<typeof transaction>[0]
  readonly engine: JobsOptions['engine']
}

async function onPool(t: TestContext, open: (pool: pg.Pool) => TriedTransaction['db']): Promise<TriedTransaction | undefined> {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return undefined
  const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
  return { db: open(pool), engine: pgBoss({ db: pool, schema: rows[0]!.search_path }) }
}

for (const [name, openTransaction] of Object.entries(TRANSACTIONS)) {
  test(`a transaction of ${name} commits only if the response is a success`, async (t) => {
    const opened = await openTransaction(t)
    if (opened === undefined) return
    const { app, jobs, note, logger } = open(t, opened.engine)
    await jobs.open()
    const tx: unknown = transaction(opened.db)
    const dependencies = { tx: tx as ReturnType<typeof transaction<pg.Pool>> } // each library has its own type, and enqueue() takes them all
    const responses = { 202: accepted(note), 404: text() }
    app.post('/success', { dependencies, responses }, ({ tx }) => note.enqueue('success', { in: tx }))
    app.post('/returned', { dependencies, responses }, async ({ tx, reply }) => {
      await note.enqueue('returned', { in: tx })
      return reply(404, 'not here')
    })
    app.post('/thrown', { dependencies, responses, errors: [Taken] }, async ({ tx, fail }) => {
      await note.enqueue('thrown', { in: tx })
      throw fail(Taken)
    })
    app.post('/breach', { dependencies, responses }, async ({ tx }) => {
      await note.enqueue('breach', { in: tx })
      return 7 as never
    })
    const statuses: number[] = []
    for (const path of ['/success', '/returned', '/thrown', '/breach']) statuses.push((await send(app, path)).status)
    assert.deepEqual(statuses, [202, 404, 409, 500])
    assert.deepEqual(
      (await jobs.list()).map(({ input }) => input),
      ['"success"'],
    )
    logger.take()
  })
}

test('if a transaction cannot commit, the response is a 500', async (t) => {
  const opened = await onPool(t, (pool) => pool)
  if (opened === undefined) return
  const { app, jobs, note, logger } = open(t, opened.engine)
  await jobs.open()
  const tx = transaction(opened.db as pg.Pool)
  app.post('/', { dependencies: { tx }, responses: { 202: accepted(note) } }, async ({ tx }) => {
    const job = await note.enqueue('x', { in: tx })
    await tx.query('SELECT 1 / 0').catch(() => undefined)
    return job
  })
  assert.equal((await send(app, '/')).status, 500)
  assert.match(logger.takeMessages().join('\n'), /SQL_COMMIT/)
  assert.deepEqual(await jobs.list(), [])
})

for (const [mode, expected] of [
  ['answered', 1],
  ['held', 0],
  ['transaction', 0],
] as const) {
  test(`a process that is killed between enqueue() and the response stores no job: ${mode}`, async (t) => {
    const [pool] = (await openSchema(t, 1)) ?? []
    if (pool === undefined) return
    const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
    const schema = rows[0]!.search_path
    const { jobs } = open(t, pgBoss({ db: pool, schema }))
    await jobs.open()
    const program = programAt(join(import.meta.dirname, 'crashed.program.ts'))
    const child = spawn(process.execPath, [...PROGRAM_OPTIONS, program, mode, DATABASE_URL, schema], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    assert.deepEqual([code, signal], mode === 'answered' ? [0, null] : [null, 'SIGKILL'])
    assert.equal((await jobs.list()).length, expected)
  })
}
