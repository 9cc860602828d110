/** Tests that every engine passes: an enqueued job runs, is retried as declared, and has one worker at a time. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, describe, test, type TestContext } from 'node:test'
import { z } from 'zod'
import { ModelError } from '../../src/index.ts'
import { createJobs, defineJob, type JobFailure, type Jobs, type JobsOptions } from '../../src/jobs/index.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { closePGlite } from '../channel/stores.ts'
import { ENGINES } from './engines.ts'
import { afterwards } from '../support/afterwards.ts'
import { deferred } from '../support/deferred.ts'

after(closePGlite)

const Email = z.object({ to: z.string(), at: z.date(), size: z.bigint() })
const email = (to: string) => ({ to, at: new Date('2026-01-02T03:04:05.678Z'), size: 9_007_199_254_740_993n })

/** Creates jobs that are stopped after the test. */
function open(t: TestContext, options: JobsOptions): Jobs & { readonly logger: RecordingLogger } {
  const logger = new RecordingLogger()
  const jobs = createJobs({ pollMs: 20, logger, ...options })
  afterwards(t, () => jobs.stop())
  return { ...jobs, logger }
}

const queuesOf = async (jobs: Jobs) => (await jobs.counts()).map(({ queue }) => queue)

for (const { name, open: openEngine, hasTransactions, isShared } of ENGINES) {
  describe(`jobs on ${name}`, () => {
    test('a worker gets the decoded input, and its result is stored', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('send', { input: Email, output: z.object({ id: z.bigint() }), progress: z.int() })
      let seen: unknown
      const work = job.work(async (input, { attempt, attempts, report }) => {
        await report(50)
        seen = [input, attempt, attempts]
        return { id: 9_007_199_254_740_993n }
      })
      const jobs = open(t, { engine: engines[0], work: [work] })
      const { id, isNew, location } = await job.enqueue({ ...email('a'), secret: 'x' } as never)
      assert.deepEqual([isNew, location, (await jobs.find(id))!.state], [true, `/jobs/${id}`, 'queued'])
      await jobs.drain()
      assert.deepEqual(seen, [email('a'), 1, 1])
      const found = (await jobs.find(id))!
      assert.deepEqual(
        [found.state, found.attempts, found.progress, found.result, found.finishedAt instanceof Date],
        ['done', 1, '50', '{"id":"9007199254740993"}', true],
      )
    })

    if (isShared)
      test('an engine that is open is refused to another createJobs(), until it is closed', async (t) => {
        const engines = await openEngine(t)
        if (engines === undefined) return
        const [engine] = engines
        const first = open(t, { engine, jobs: [defineJob('first', { input: z.string() })] })
        const other = open(t, { engine, jobs: [defineJob('other', { input: z.string() })] })
        await first.open()
        await assert.rejects(other.open(), /JOB_ENGINE_SHARED: \w+\(\): another createJobs\(\) has opened this engine/)
        assert.deepEqual(await queuesOf(first), ['first'])
        await first.stop()
        assert.deepEqual(await queuesOf(other), ['other'])
      })

    test('enqueue() refuses an input that does not fit the model', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('send', { input: Email })
      const jobs = open(t, { engine: engines[0], jobs: [job] })
      await assert.rejects(job.enqueue({ to: 1 } as never), ModelError)
      await jobs.open()
      assert.deepEqual(await jobs.list(), [])
    })

    test('a job is retried as often as declared, and then has failed', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('fail', { input: z.string(), retries: 2, backoff: { delayMs: 0 } })
      const failures: JobFailure[] = []
      const attempts: number[] = []
      const work = job.work((_, { attempt }) => {
        attempts.push(attempt)
        throw new Error('no')
      })
      const jobs = open(t, { engine: engines[0], work: [work], onJobError: (failure) => failures.push(failure) })
      const { id } = await job.enqueue('x')
      await jobs.drain()
      assert.deepEqual(attempts, [1, 2, 3])
      assert.deepEqual(
        failures.map(({ state, attempt }) => [state, attempt]),
        [
          ['queued', 1],
          ['queued', 2],
          ['failed', 3],
        ],
      )
      const found = (await jobs.find(id))!
      assert.deepEqual([found.state, found.attempts], ['failed', 3])
      assert.match(found.reason!, /no/)
      assert.deepEqual(
        (await jobs.list({ state: 'failed' })).map((each) => each.id),
        [id],
      )
      assert.equal(await jobs.redrive(id), true)
      await jobs.drain()
      assert.deepEqual(attempts, [1, 2, 3, 1, 2, 3])
      assert.equal(jobs.logger.takeMessages().length, 6)
    })

    test('a job whose stored input no longer fits the model fails at once, with a reason', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const before = defineJob('change', { input: z.object({ a: z.string() }), retries: 5 })
      const first = open(t, { engine: engines[0], jobs: [before] })
      await first.open()
      const { id } = await before.enqueue({ a: 'x' })
      const now = defineJob('change', { input: z.object({ b: z.int() }), retries: 5 })
      let ran = false
      const jobs = open(t, { engine: engines[1], work: [now.work(() => void (ran = true))] })
      await jobs.drain()
      const found = (await jobs.find(id))!
      assert.deepEqual([found.state, found.attempts, ran], ['failed', 1, false])
      assert.match(found.reason!, /JOB_INPUT: the stored input does not fit the model/)
    })

    test('a stored job without a worker has failed', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const old = defineJob('old', { input: z.string(), queue: 'all' })
      await open(t, { engine: engines[0], jobs: [old] }).open()
      const { id } = await old.enqueue('x')
      const kept = defineJob('kept', { input: z.string(), queue: 'all' })
      const jobs = open(t, { engine: engines[1], work: [kept.work(() => undefined)] })
      await jobs.drain()
      assert.match((await jobs.find(id))!.reason!, /JOB_UNKNOWN/)
    })

    test('an attempt that takes longer than timeoutMs is aborted and has failed', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('slow', { input: z.string(), timeoutMs: 30 })
      let reason: unknown
      const work = job.work(async (_, { signal }) => {
        await once(signal, 'abort')
        reason = signal.reason
      })
      const jobs = open(t, { engine: engines[0], work: [work] })
      const { id } = await job.enqueue('x')
      await jobs.drain()
      assert.equal((reason as Error).name, 'TimeoutError')
      assert.equal((await jobs.find(id))!.state, 'failed')
    })

    test('unique stores one job for several with the same key', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('once', { input: z.object({ key: z.string() }), unique: { key: ({ key }) => key, periodMs: 86_400_000 } })
      const seen: string[] = []
      const jobs = open(t, { engine: engines[0], work: [job.work(({ key }) => void seen.push(key))] })
      const [a, again, b] = [await job.enqueue({ key: 'a' }), await job.enqueue({ key: 'a' }), await job.enqueue({ key: 'b' })]
      assert.deepEqual([a.isNew, again.isNew, b.isNew, again.id === a.id], [true, false, true, true])
      await jobs.drain()
      assert.equal((await job.enqueue({ key: 'a' })).isNew, false)
      assert.deepEqual(seen.toSorted(), ['a', 'b'])
    })

    test('jobs with a higher priority run first, and a job with a later start time does not run yet', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const low = defineJob('low', { input: z.string(), queue: 'q' })
      const high = defineJob('high', { input: z.string(), queue: 'q', priority: 5 })
      const seen: string[] = []
      const jobs = open(t, {
        engine: engines[0],
        work: [low.work((text) => void seen.push(text)), high.work((text) => void seen.push(text))],
      })
      await low.enqueue('later', { afterMs: 60_000 })
      await low.enqueue('low')
      await high.enqueue('high')
      await jobs.drain()
      assert.deepEqual(seen, ['high', 'low'])
    })

    test('a cancelled job does not run, and the signal of a running job is aborted', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('cancel', { input: z.string() })
      const started = deferred()
      const aborted = deferred<unknown>()
      const work = job.work(async (_, { signal }) => {
        started.resolve()
        await once(signal, 'abort')
        aborted.resolve(signal.reason)
      })
      const jobs = open(t, { engine: engines[0], work: [work] })
      const waiting = await job.enqueue('x')
      assert.equal(await jobs.cancel(waiting.id), true)
      assert.equal(await jobs.cancel(waiting.id), false)
      await jobs.drain()
      const running = await job.enqueue('y')
      await jobs.start()
      await started.promise
      assert.equal(await jobs.cancel(running.id), true)
      assert.equal(((await aborted.promise) as Error).name, 'AbortError')
      for (const { id } of [waiting, running]) assert.equal((await jobs.find(id))!.state, 'cancelled')
    })

    test('stop() waits for running jobs and hands back those that do not end, without counting the attempt', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const job = defineJob('stop', { input: z.enum(['short', 'long']), retries: 0 })
      const started = { short: deferred(), long: deferred() }
      const finish = deferred()
      const work = job.work(async (kind, { signal }) => {
        started[kind].resolve()
        await (kind === 'short' ? finish.promise : once(signal, 'abort'))
      })
      const jobs = open(t, { engine: engines[0], work: [work], stopMs: 300 })
      const [short, long] = [await job.enqueue('short'), await job.enqueue('long')]
      await jobs.start()
      await Promise.all([started.short.promise, started.long.promise])
      const stopped = jobs.stop()
      finish.resolve()
      await stopped
      const attempts: number[] = []
      const again = defineJob('stop', { input: z.enum(['short', 'long']), retries: 0 })
      const others = open(t, { engine: engines[1], work: [again.work((_, { attempt }) => void attempts.push(attempt))] })
      await others.open()
      assert.deepEqual([(await others.find(short.id))!.state, (await others.find(long.id))!.state], ['done', 'queued'])
      await others.drain()
      assert.deepEqual([attempts, (await others.find(long.id))!.state, (await others.find(long.id))!.attempts], [[1], 'done', 1])
    })

    test('two processes run each job once', async (t) => {
      const engines = await openEngine(t)
      if (engines === undefined) return
      const seen: number[] = []
      const done = deferred()
      const create = (engine: JobsOptions['engine']) => {
        const job = defineJob('shared', { input: z.int() })
        const work = job.work((n) => {
          seen.push(n)
          if (seen.length === 60) done.resolve()
        })
        return { job, jobs: open(t, { engine, work: [work], concurrency: 4 }) }
      }
      const both = [create(engines[0]), create(engines[1])]
      for (const { jobs } of both) await jobs.start()
      for (let n = 0; n < 60; n++) await both[n % 2]!.job.enqueue(n)
      await done.promise
      assert.deepEqual(
        seen.toSorted((a, b) => a - b),
        Array.from({ length: 60 }, (_, n) => n),
      )
    })

    if (!hasTransactions) {
      test('refuses a transaction', async (t) => {
        const engines = (await openEngine(t))!
        const job = defineJob('send', { input: z.string() })
        open(t, { engine: engines[0], jobs: [job] })
        await assert.rejects(job.enqueue('x', { in: {} }), /JOB_TRANSACTION/)
      })
    }
  })
}

test('a job that is not part of createJobs() is refused, and the error names it', async () => {
  await assert.rejects(
    defineJob('lonely', { input: z.string() }).enqueue('x'),
    /JOB_UNBOUND: job lonely: it is not part of an open createJobs\(\)/,
  )
})

test('two jobs with the same name are refused', () => {
  const [one, other] = [defineJob('same', { input: z.string() }), defineJob('same', { input: z.string() })]
  assert.throws(() => createJobs({ engine: ENGINES[0] as never, jobs: [one, other] }), /JOB_TWICE/)
})

test('invalid options are refused at declaration', () => {
  const input = z.string()
  for (const [options, what] of [
    [{ input, retries: -1 }, 'retries'],
    [{ input, retries: 0.5 }, 'retries'],
    [{ input, timeoutMs: 0 }, 'timeoutMs'],
    [{ input, priority: NaN }, 'priority'],
    [{ input, queue: 'a b' }, 'queue'],
    [{ input, unique: { key: () => 'x', periodMs: 1 } }, 'unique.periodMs'],
  ] as const) {
    assert.throws(() => defineJob('job', options), new RegExp(`JOB_OPTIONS: defineJob\\('job'\\) ${what}`))
  }
  assert.throws(() => defineJob('', { input }), /JOB_OPTIONS/)
})
