/** Tests that every engine passes: silent processes, concurrency, counts, pruning and schedules. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import { createJobs, defineJob, memoryEngine, type JobsOptions } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { closePGlite, openPGlite } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { deferred } from '../support/deferred.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { ENGINES } from './engines.ts'

after(closePGlite)

const input = z.string()

function refuse(): never {
  throw new Error('no')
}

for (const { name, open: openEngine, isShared, tickMs } of ENGINES) {
  describe(`upkeep of jobs on ${name}`, () => {
    test('a queue runs at most as many jobs at once as declared', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const wide = defineJob('wide', { input })
      const narrow = defineJob('narrow', { input })
      const now = { wide: 0, narrow: 0 }
      const most = { wide: 0, narrow: 0 }
      let left = 24
      let end!: () => void
      const ended = new Promise<void>((resolve) => (end = resolve))
      const run = (queue: 'wide' | 'narrow') => async () => {
        most[queue] = Math.max(most[queue], ++now[queue])
        // Long enough for the others to begin: each waits for its queue to be full, or nearly done.
        for (let turn = 0; turn < 50 && most[queue] < { wide: 3, narrow: 1 }[queue]; turn++) await sleep(10)
        now[queue]--
        if (--left === 0) end()
      }
      const work = [wide.work(run('wide')), narrow.work(run('narrow'))]
      const jobs = createJobs({ engine, work, concurrency: { wide: 3, narrow: 1 }, pollMs: 20, logger: new RecordingLogger() })
      afterwards(t, () => jobs.stop())
      for (let n = 0; n < 12; n++) await Promise.all([wide.enqueue('x'), narrow.enqueue('x')])
      await jobs.start()
      await ended
      assert.deepEqual(most, { wide: 3, narrow: 1 })
    })

    test('counts() counts the jobs of each queue by state, and prune() deletes the jobs that ended before a time', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const good = defineJob('good', { input })
      const bad = defineJob('bad', { input })
      const jobs = createJobs({ engine, work: [good.work(() => undefined), bad.work(refuse)], logger: new RecordingLogger() })
      afterwards(t, () => jobs.stop())
      const [done, cancelled, failed] = [await good.enqueue('a'), await good.enqueue('b'), await bad.enqueue('c')]
      await jobs.cancel(cancelled.id)
      await jobs.drain()
      const waiting = await bad.enqueue('d')
      const none = { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }
      assert.deepEqual(
        [await jobs.counts(), await jobs.prune(new Date(Date.now() - 60_000))],
        [
          [
            { queue: 'good', ...none, done: 1, cancelled: 1 },
            { queue: 'bad', ...none, queued: 1, failed: 1 },
          ],
          0,
        ],
      )
      assert.equal(await jobs.prune(new Date(Date.now() + 60_000)), 3)
      const left = await Promise.all([done, cancelled, failed, waiting].map(async ({ id }) => (await jobs.find(id))?.state))
      assert.deepEqual(left, [undefined, undefined, undefined, 'queued'])
    })

    test('find(), cancel() and redrive() accept any text as an unknown id', async (t) => {
      const [engine] = (await openEngine(t)) ?? []
      if (engine === undefined) return
      const jobs = createJobs({ engine, jobs: [defineJob('known', { input })], logger: new RecordingLogger() })
      afterwards(t, () => jobs.stop())
      for (const id of ['', 'meta', 'repeat:known', "x' OR 1", crypto.randomUUID(), 'repeat:known:1700000000000'])
        assert.deepEqual([await jobs.find(id), await jobs.cancel(id), await jobs.redrive(id)], [undefined, false, false], id)
    })

    if (isShared) {
      test('a job of a silent process is given to another process, and the attempt counts', async (t) => {
        const engines = await openEngine(t)
        if (engines === undefined) return
        const open = (engine: JobsOptions['engine'], retries: number) => {
          const job = defineJob('silent', { input, retries })
          const attempts: number[] = []
          const jobs = createJobs({
            engine,
            work: [job.work((_, { attempt }) => void attempts.push(attempt))],
            pollMs: 20,
            logger: new RecordingLogger(),
          })
          afterwards(t, () => jobs.stop())
          return { job, jobs, attempts }
        }
        const one = open(engines[0], 1)
        const { id } = await one.job.enqueue('x')
        // It takes the job and says nothing more.
        const [taken] = await engines[0].take('silent', 1)
        assert.deepEqual([taken!.id, taken!.attempt], [id, 1])
        const other = open(engines[1], 1)
        await other.jobs.start()
        while ((await other.jobs.find(id))!.state !== 'done') await sleep(50)
        assert.deepEqual(other.attempts, [2])
        assert.equal(await engines[0].complete(taken!, undefined), false)
        assert.equal((await other.jobs.find(id))!.attempts, 2)
      })

      test('a job whose process is silent during the last attempt has failed', async (t) => {
        const engines = await openEngine(t)
        if (engines === undefined) return
        const job = defineJob('silent', { input })
        const jobs = createJobs({ engine: engines[0], work: [job.work(() => undefined)], pollMs: 20, logger: new RecordingLogger() })
        afterwards(t, () => jobs.stop())
        const { id } = await job.enqueue('x')
        await engines[0].take('silent', 1)
        await jobs.start()
        while ((await jobs.find(id))!.state === 'running') await sleep(50)
        assert.equal((await jobs.find(id))!.state, 'failed')
        assert.equal((await jobs.find(id))!.attempts, 1)
      })
    }

    // Schedules have whole minutes on pg-boss, so this takes minutes there.
    if (tickMs !== undefined && (tickMs < 10_000 || fuzzRuns(0, 1) === 1)) {
      test('two processes with one schedule enqueue one job at each of its times', async (t) => {
        const engines = await openEngine(t)
        if (engines === undefined) return
        const runs: number[] = []
        const first = Math.floor(Date.now() / tickMs)
        for (const engine of engines) {
          const schedule = tickMs === 1000 ? '* * * * * *' : '* * * * *'
          const job = defineJob('tick', { input, cron: { schedule, input: 'x' } })
          const jobs = createJobs({ engine, work: [job.work(() => void runs.push(Date.now()))], pollMs: 20, logger: new RecordingLogger() })
          afterwards(t, () => jobs.stop())
          await jobs.start()
        }
        while (runs.length < 5) await sleep(100)
        await sleep(tickMs / 2)
        // A late worker can only lower the number.
        const times = Math.floor(Date.now() / tickMs) - first + 1
        assert.ok(runs.length <= times, `${runs.length} jobs for ${times} times`)
      })
    }
  })
}

test('stop() closes the engine once, even if jobs cannot be handed back or it is called again', async () => {
  const calls: string[] = []
  const memory = memoryEngine()
  const engine: JobsOptions['engine'] = {
    ...memory,
    async handBack() {
      calls.push('hand back')
      throw new Error('connection lost')
    },
    async close() {
      calls.push('close')
    },
  }
  const job = defineJob('endless', { input })
  let begin!: () => void
  const begun = new Promise<void>((resolve) => (begin = resolve))
  const work = job.work(() => {
    begin()
    return new Promise<void>(() => undefined)
  })
  const jobs = createJobs({ engine, work: [work], stopMs: 1, logger: new RecordingLogger() })
  await job.enqueue('x')
  await jobs.start()
  await begun
  await assert.rejects(jobs.stop(), /connection lost/)
  await assert.rejects(jobs.stop(), /connection lost/)
  assert.deepEqual(calls, ['hand back', 'close'])
})

test('stop() does not wait for an engine that does not respond', async () => {
  const asked = deferred()
  let isClosed = false
  const engine: JobsOptions['engine'] = {
    ...memoryEngine(),
    take() {
      asked.resolve()
      return new Promise(() => undefined)
    },
    async close() {
      isClosed = true
    },
  }
  const jobs = createJobs({ engine, work: [defineJob('hung', { input }).work(() => undefined)], stopMs: 1, logger: new RecordingLogger() })
  await jobs.start()
  await asked.promise
  await jobs.stop()
  assert.equal(isClosed, true)
})

test('stop() waits for running jobs even if a job that was just taken cannot be handed back', async () => {
  const memory = memoryEngine()
  const [second, release, begun, finish] = [deferred(), deferred(), deferred(), deferred()]
  let takes = 0
  const engine: JobsOptions['engine'] = {
    ...memory,
    async take(queue, count) {
      if (++takes === 2) {
        second.resolve()
        await release.promise
      }
      return memory.take(queue, Math.min(count, 1))
    },
    async handBack() {
      throw new Error('connection lost')
    },
  }
  const job = defineJob('late', { input })
  const work = job.work(async () => {
    begun.resolve()
    await finish.promise
  })
  const logger = new RecordingLogger()
  const jobs = createJobs({ engine, work: [work], logger })
  const { id } = await job.enqueue('a')
  await jobs.start()
  await begun.promise
  await job.enqueue('b')
  await second.promise
  const stopped = jobs.stop()
  release.resolve()
  const messages = await logger.waitForMessages()
  finish.resolve()
  await stopped
  assert.equal((await memory.find(id))!.state, 'done')
  assert.match(messages.join(), /JOB_ENGINE: queue late: jobs could not be handed back: .*connection lost/)
})

test('stop() during start() closes the engine after it has opened, and no job runs', async () => {
  const calls: string[] = []
  const opening = deferred()
  const memory = memoryEngine()
  const engine: JobsOptions['engine'] = {
    ...memory,
    async open(...given) {
      await opening.promise
      calls.push('open')
      return memory.open(...given)
    },
    async take() {
      calls.push('take')
      return []
    },
    async close() {
      calls.push('close')
    },
  }
  const jobs = createJobs({ engine, work: [defineJob('early', { input }).work(() => undefined)], logger: new RecordingLogger() })
  const started = jobs.start()
  const stopped = jobs.stop()
  // Long enough for a stop() that does not wait.
  await sleep(1)
  opening.resolve()
  await Promise.all([started, stopped])
  assert.deepEqual(calls, ['open', 'close'])
})

test('pg-boss 10 refuses a second schedule for a queue', async () => {
  const { PgBoss } = (await import('pg-boss')) as { readonly PgBoss?: unknown }
  const cron = { schedule: '0 4 * * *', input: 'x' }
  const both = ['morning', 'evening'].map((name) => defineJob(name, { input, queue: 'daily', cron }))
  const jobs = createJobs({ engine: pgBoss({ db: await openPGlite(), schema: 'two_schedules' }), jobs: both })
  const opened = jobs.open()
  if (PgBoss === undefined)
    await assert.rejects(opened, /^DeclarationError: JOB_CRON: queue daily: pg-boss 10 keeps one schedule for a queue/)
  else await opened
  await jobs.stop()
})

test('pg-boss: start() removes the schedule of a job that no longer has cron', async () => {
  const db = await openPGlite()
  const schema = 'gone_schedules'
  const cron = { schedule: '0 4 1 1 *', input: 'x' }
  const start = async (jobs: Readonly<Record<string, boolean>>) => {
    const work = Object.entries(jobs).map(([name, isScheduled]) =>
      defineJob(name, { input, ...(isScheduled ? { cron } : {}) }).work(() => undefined),
    )
    const started = createJobs({ engine: pgBoss({ db, schema }), work, logger: new RecordingLogger() })
    await started.start()
    await started.stop()
    const { rows } = await db.query<{ name: string }>(`SELECT name FROM ${schema}.schedule ORDER BY name`)
    return rows.map(({ name }) => name)
  }
  assert.deepEqual(await start({ gone: true, kept: true, other: true }), ['gone', 'kept', 'other'])
  assert.deepEqual(await start({ gone: false, kept: true }), ['kept', 'other'])
})
