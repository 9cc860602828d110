/** The engine of BullMQ if Redis refuses a command, or if another process is faster. */
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { z } from 'zod'
import { bullmq, type BullMQOptions } from '../../src/bullmq/index.ts'
import { createJobs, defineJob, type Cron, type JobEngine, type NewJob } from '../../src/jobs/index.ts'
import { openRedis } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { hookScripts, type ScriptHook } from './scripts.ts'

const QUEUE = 'q'
const YEARLY: Cron = { queue: QUEUE, job: 'tick', schedule: '0 4 1 1 *', timeZone: 'UTC', input: '"x"', retries: 0, backoffMs: 0 }

/** An engine whose scripts the test hooks, one of another process, and the client of both. */
async function open(t: TestContext, options: Partial<BullMQOptions> = {}) {
  const prefix = `test-${crypto.randomUUID()}`
  const redis = await openRedis(t, prefix)
  if (redis === undefined) return undefined
  const hooks: Record<string, ScriptHook | undefined> = {}
  const engines = [hookScripts(redis, hooks), redis].map((client) => bullmq({ redis: client, prefix, leaseMs: 2000, ...options }))
  for (const engine of engines) {
    await engine.open([{ name: QUEUE }], [])
    afterwards(t, () => engine.close())
  }
  return { engine: engines[0]!, other: engines[1]!, hooks, redis, prefix }
}

const newJob = (job: Partial<NewJob> = {}): NewJob => ({
  id: crypto.randomUUID(),
  queue: QUEUE,
  job: 'job',
  input: '"x"',
  retries: 0,
  backoffMs: 0,
  priority: 0,
  ...job,
})

async function insert(engine: JobEngine, job: Partial<NewJob> = {}): Promise<string> {
  const made = newJob(job)
  assert.equal(await engine.insert(made), true)
  return made.id
}

/** Fails the calls with these numbers. */
function failing(...numbers: readonly number[]): ScriptHook {
  let call = 0
  return (run) => (numbers.includes(++call) ? Promise.reject(new Error('connection lost')) : run())
}

test('if one of several fetches fails, take() returns the jobs of the others', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { engine, hooks } = opened
  const ids = [await insert(engine), await insert(engine), await insert(engine)]
  hooks['moveToActive'] = failing(2)
  const taken = await engine.take(QUEUE, 3)
  assert.deepEqual(
    taken.map(({ id }) => id),
    ids.slice(0, 1),
  )
  hooks['moveToActive'] = failing(1, 2)
  await assert.rejects(engine.take(QUEUE, 2), /connection lost/)
  hooks['moveToActive'] = undefined
  assert.equal((await engine.take(QUEUE, 3)).length, 2)
})

test('if a lost job cannot be marked as failed, take() still returns the other jobs', async (t) => {
  const opened = await open(t, { leaseMs: 200 })
  if (opened === undefined) return
  const { engine, other, hooks } = opened
  const lost = await insert(engine, { priority: 1 })
  assert.equal((await other.take(QUEUE, 1))[0]!.id, lost)
  await engine.take(QUEUE, 1)
  while ((await engine.find(lost))!.state !== 'queued') await sleep(20)
  const id = await insert(engine)
  hooks['moveToFinished'] = failing(1)
  assert.deepEqual(
    (await engine.take(QUEUE, 2)).map((taken) => taken.id),
    [id],
  )
})

test('an id that was cancelled is not stored again', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { engine } = opened
  const id = await insert(engine, { uniqueMs: 1000 })
  assert.equal(await engine.cancel(id), true)
  assert.equal(await engine.insert(newJob({ id, uniqueMs: 1000 })), false)
  assert.deepEqual(await engine.take(QUEUE, 1), [])
})

test('after a unique job is cancelled, the next one with its key runs and has its own status', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const single = defineJob('single', { input: z.string(), unique: { key: (key) => key, periodMs: 3_600_000 }, queue: QUEUE })
  let runs = 0
  const jobs = createJobs({ engine: bullmq(opened), work: [single.work(() => void runs++)], logger: new RecordingLogger() })
  afterwards(t, () => jobs.stop())
  const first = await single.enqueue('a')
  await jobs.cancel(first.id)
  const second = await single.enqueue('a')
  await jobs.drain()
  assert.deepEqual(
    [second.isNew, second.id === first.id, (await jobs.find(first.id))!.state, (await jobs.find(second.id))!.state, runs],
    [true, false, 'cancelled', 'done', 1],
  )
})

test('a job that a worker takes during cancel() ends as cancelled', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { engine, other, hooks } = opened
  const id = await insert(engine)
  const taken: Awaited<ReturnType<JobEngine['take']>>[number][] = []
  hooks['removeJob'] = async (run) => {
    if (taken.length === 0) taken.push(...(await other.take(QUEUE, 1)))
    return run()
  }
  assert.equal(await engine.cancel(id), true)
  assert.deepEqual(
    taken.map((each) => each.id),
    [id],
  )
  assert.equal(await other.complete(taken[0]!, undefined), false)
  assert.equal((await engine.find(id))!.state, 'cancelled')
})

test('a cancelled job can be found for keepMs', async (t) => {
  const opened = await open(t, { keepMs: 1 })
  if (opened === undefined) return
  const { engine, redis, prefix } = opened
  const [first, second] = [await insert(engine), await insert(engine)]
  await engine.cancel(first)
  const cancelledAt = Date.now()
  while (Date.now() <= cancelledAt + 1) await sleep(1)
  await engine.cancel(second)
  assert.deepEqual([await engine.find(first), (await redis.hkeys(`${prefix}:riposte:cancelled`)).includes(first)], [undefined, false])
  const again = Date.now()
  while (Date.now() <= again + 1) await sleep(1)
  await engine.close()
  await engine.open([{ name: QUEUE }], [])
  assert.deepEqual(await redis.keys(`${prefix}:riposte:cancelled*`), [])
})

test('a process that has lost a job no longer changes it', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { engine, redis, prefix } = opened
  const id = await insert(engine)
  const [taken] = await engine.take(QUEUE, 1)
  await redis.del(`${prefix}:${QUEUE}:${id}:lock`)
  assert.deepEqual(await engine.extend([taken!]), new Set())
  await engine.report(taken!, '50')
  assert.equal((await engine.find(id))!.progress, undefined)
  assert.equal(await engine.cancel(id), true)
  const next = await insert(engine)
  const [running] = await engine.take(QUEUE, 1)
  assert.deepEqual([running!.id, await engine.cancel(next)], [next, true])
  await engine.report(running!, '50')
})

test('a scheduled job can be found and restarted by its id', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  let isBroken = true
  const tick = defineJob('tick', { input: z.string(), cron: { schedule: '* * * * * *', input: 'x' }, queue: QUEUE })
  const work = tick.work(() => {
    if (isBroken) throw new Error('no')
  })
  const jobs = createJobs({ engine: bullmq(opened), work: [work], logger: new RecordingLogger() })
  afterwards(t, () => jobs.stop())
  let failed = await jobs.list({ state: 'failed' })
  while (failed.length === 0) {
    await sleep(50)
    await jobs.drain()
    failed = await jobs.list({ state: 'failed' })
  }
  const { id } = failed[0]!
  isBroken = false
  assert.deepEqual([(await jobs.find(id))!.state, await jobs.redrive(id)], ['failed', true])
  await jobs.drain()
  assert.equal((await jobs.find(id))!.state, 'done')
})

test('open() adds a schedule again if another process has started the job of its next run', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const { hooks, redis, prefix } = opened
  const engine = bullmq({ redis: hookScripts(redis, hooks), prefix })
  afterwards(t, () => engine.close())
  let calls = 0
  hooks['addJobScheduler'] = (run) => (++calls === 1 ? Promise.resolve(-10) : run())
  await engine.open([{ name: QUEUE }], [YEARLY])
  assert.equal(calls, 2)
})

test('start() removes the schedule of a job that no longer has cron', async (t) => {
  const opened = await open(t)
  if (opened === undefined) return
  const cron = { schedule: '0 4 1 1 *', input: 'x' }
  const define = (name: string, isScheduled: boolean) =>
    defineJob(name, { input: z.string(), queue: QUEUE, ...(isScheduled ? { cron } : {}) }).work(() => undefined)
  const start = async (work: readonly ReturnType<typeof define>[]) => {
    const jobs = createJobs({ engine: bullmq(opened), work, logger: new RecordingLogger() })
    afterwards(t, () => jobs.stop())
    await jobs.start()
    return (await jobs.counts())[0]!.queued
  }
  assert.equal(await start([define('gone', true), define('kept', true), define('other', true)]), 3)
  assert.equal(await start([define('gone', false), define('kept', true)]), 2)
})

test('if open() fails, it closes its connections, and can be called again', async (t) => {
  const prefix = `test-${crypto.randomUUID()}`
  const redis = await openRedis(t, prefix)
  if (redis === undefined) return
  const connected = new Set<Redis>()
  const duplicate = redis.duplicate.bind(redis)
  redis.duplicate = (options) => {
    const client = duplicate(options)
    connected.add(client)
    const disconnect = client.disconnect.bind(client)
    client.disconnect = () => {
      connected.delete(client)
      disconnect()
    }
    return client
  }
  const hooks: Record<string, ScriptHook> = { addJobScheduler: failing(1) }
  const engine = bullmq({ redis: hookScripts(redis, hooks), prefix })
  afterwards(t, () => engine.close())
  await assert.rejects(engine.open([{ name: QUEUE }], [YEARLY]), /connection lost/)
  assert.equal(connected.size, 0)
  await assert.rejects(insert(engine), /JOB_ENGINE: bullmq\(\) is not open/)
  await engine.open([{ name: QUEUE }], [YEARLY])
  const id = await insert(engine)
  assert.equal((await engine.take(QUEUE, 1))[0]!.id, id)
  await engine.close()
  assert.equal(connected.size, 0)
})
