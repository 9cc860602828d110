/** Jobs in Redis by BullMQ: it stores, locks, counts starts, finds dead workers and keeps the clock. */
import type { Worker } from 'bullmq'
import {
  countStates,
  type JobEngine,
  type JobFilter,
  type JobState,
  type NewJob,
  type QueueCounts,
  type StoredJob,
  type TakenJob,
} from '../jobs/engine.ts'
import { CancelledJobs } from './cancelled.ts'
import type { BullMQClient } from './client.ts'
import { STATES, attemptsOf, toOptions, toPayload, toStored, toTaken, toWaiting, type Entry, type Payload } from './entry.ts'
import { isUUID, Queues, STATE_NAMES } from './queues.ts'
import { Outbox, type OutboxOptions } from './outbox.ts'

/** How `bullmq()` keeps jobs. */
export interface BullMQOptions {
  /** It stays open: it is the caller's. Connections that wait for jobs are made from it. */
  readonly redis: BullMQClient
  /** What the keys in Redis begin with. Default: `bull`. */
  readonly prefix?: string
  /** How long a process may be silent before its jobs are given to another one. Default: 30,000. */
  readonly leaseMs?: number
  /** How long jobs that have ended are kept: for their status, for `unique`, and to start failed ones again. Default: 7 days. */
  readonly keepMs?: number
  /** For `enqueue(input, { in: transaction })` where the data is in PostgreSQL. Default: there are no transactions. */
  readonly outbox?: OutboxOptions
  /** Called for an error of BullMQ's own upkeep, and of the outbox. Default: none. */
  readonly onError?: (error: Error) => void
}

const DAY_MS = 86_400_000

/** Jobs in Redis, by BullMQ 6. */
export function bullmq(options: BullMQOptions): JobEngine {
  return new BullMQEngine(options)
}

/** A job that this process works on. */
interface Taken {
  readonly entry: Entry
  readonly token: string
}

class BullMQEngine implements JobEngine {
  readonly leaseMs: number
  readonly #redis: BullMQClient
  readonly #secretKey: string
  readonly #keepMs: number
  readonly #outbox: Outbox | undefined
  readonly #cancelled: CancelledJobs
  readonly #taken = new Map<string, Taken>()
  readonly #queues: Queues

  constructor({ redis, prefix = 'bull', leaseMs = 30_000, keepMs = 7 * DAY_MS, outbox, onError = () => undefined }: BullMQOptions) {
    this.#redis = redis
    this.#secretKey = `${prefix}:riposte:secret`
    this.leaseMs = leaseMs
    this.#keepMs = keepMs
    this.#queues = new Queues({ redis, prefix, leaseMs, onError })
    this.#cancelled = new CancelledJobs(redis, prefix)
    this.#outbox = outbox && new Outbox(outbox, (jobs) => this.#addAll(jobs), onError)
  }

  async open(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    await this.#queues.open(queues.map(({ name }) => name))
    await this.#redis.call('SET', this.#secretKey, crypto.randomUUID(), 'NX')
    for (const { queue, job, schedule, timeZone, input, retries, backoffMs } of crons) {
      const template = { id: '', queue, job, input, retries, backoffMs, priority: 0 }
      const { jobId: _, ...opts } = toOptions(template, this.#keepMs)
      const payload = toPayload(template, '')
      await this.#queues.queueOf(queue).upsertJobScheduler(job, { pattern: schedule, tz: timeZone }, { name: job, data: payload, opts })
    }
    await this.#outbox?.open()
    return { secret: (await this.#redis.call('GET', this.#secretKey)) as string }
  }

  async close(): Promise<void> {
    await this.#outbox?.close()
    await this.#queues.close()
  }

  async insert(job: NewJob, transaction?: unknown): Promise<boolean> {
    const { id, queue, uniqueMs = 0 } = job
    if (uniqueMs > this.#keepMs)
      throw new RangeError(`JOB_UNIQUE: job ${job.job}: unique.periodMs is more than the keepMs of bullmq(). Keep jobs for longer.`)
    if (transaction !== undefined) {
      if (this.#outbox === undefined)
        throw new TypeError(
          'JOB_TRANSACTION: bullmq(): expected an outbox for a job in a transaction, got none. Name its database in bullmq({ outbox }).',
        )
      if (uniqueMs > 0 && (await this.#queues.queueOf(queue).getJob(id)) !== undefined) return false
      return this.#outbox.insert(job, transaction)
    }
    const key = crypto.randomUUID()
    await this.#queues.queueOf(queue).add(job.job, toPayload(job, key), toOptions(job, this.#keepMs))
    if (uniqueMs === 0) return true
    // BullMQ does not tell whether a job with this id was there.
    return (await this.#queues.queueOf(queue).getJob(id))?.data.key === key
  }

  async take(queue: string, count: number): Promise<readonly TakenJob[]> {
    const worker = await this.#queues.workerOf(queue)
    const jobs: TakenJob[] = []
    // BullMQ gives one job for each call. Calls that are made together cost one round trip: few jobs come at once, many come in a few turns.
    for (let width = 2; jobs.length < count; width *= 2) {
      const calls = Array.from({ length: Math.min(width, count - jobs.length) }, () => this.#takeOne(worker, queue))
      const entries = await Promise.all(calls)
      for (const { taken, retries } of entries.filter((entry) => entry !== undefined)) {
        // BullMQ starts a job of a dead worker again without an end.
        if (taken.attempt > retries + 1) await this.#failLost(taken)
        else jobs.push(taken)
      }
      if (entries.includes(undefined)) break
    }
    return jobs
  }

  async #takeOne(worker: Worker<Payload, string | null>, queue: string): Promise<{ taken: TakenJob; retries: number } | undefined> {
    const token = crypto.randomUUID()
    const entry = await worker.getNextJob(token, { block: false })
    if (entry === undefined) return undefined
    const taken = toTaken(queue, entry)
    this.#taken.set(taken.id, { entry, token })
    return { taken, retries: entry.data.retries }
  }

  async complete(taken: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean> {
    if (transaction !== undefined)
      throw new TypeError(
        'JOB_TRANSACTION: bullmq(): a job in Redis can not end in a transaction. Return the result, and make the effect safe to repeat.',
      )
    return this.#end(taken, ({ entry, token }) => entry.moveToCompleted(result ?? null, token, false))
  }

  async fail(taken: TakenJob, reason: string, isFinal: boolean): Promise<JobState> {
    const error = isFinal ? new this.#queues.bullmq.UnrecoverableError(reason) : new Error(reason)
    await this.#end(taken, ({ entry, token }) => entry.moveToFailed(error, token))
    return (await this.find(taken.id))?.state ?? 'failed'
  }

  /** The process of its last attempt is silent. This start is no attempt. */
  async #failLost(taken: TakenJob): Promise<void> {
    await this.#end(taken, async ({ entry, token }) => {
      await entry.updateData({ ...entry.data, handedBack: entry.data.handedBack + 1 })
      await entry.moveToFailed(new this.#queues.bullmq.UnrecoverableError('The process of the last attempt ended'), token)
    })
  }

  async handBack(jobs: readonly TakenJob[]): Promise<void> {
    for (const taken of jobs) {
      await this.#end(taken, async ({ entry, token }) => {
        await entry.updateData({ ...entry.data, handedBack: entry.data.handedBack + 1 })
        await entry.moveToWait(token)
      })
    }
  }

  async extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>> {
    const kept = new Set<string>()
    for (const queue of new Set(jobs.map((job) => job.queue))) {
      const held = jobs.flatMap((job) => (job.queue === queue ? (this.#heldFor(job) ?? []) : []))
      const ids = held.map(({ entry }) => entry.id!)
      const tokens = held.map(({ token }) => token)
      const lost = new Set(await (await this.#queues.workerOf(queue)).extendJobLocks(ids, tokens, this.leaseMs))
      for (const id of ids) if (!lost.has(id)) kept.add(id)
    }
    return kept
  }

  async report(taken: TakenJob, progress: string): Promise<void> {
    await this.#heldFor(taken)?.entry.updateProgress(progress)
  }

  async find(id: string, transaction?: unknown): Promise<StoredJob | undefined> {
    const cancelled = await this.#cancelled.find(id)
    if (cancelled !== undefined) return cancelled
    const found = await this.#queues.find(id)
    if (found !== undefined) return toStored(found.queue, found.entry, found.state)
    const waiting = isUUID(id) ? await this.#outbox?.find(id, transaction) : undefined
    return waiting && toWaiting(waiting)
  }

  async cancel(id: string): Promise<boolean> {
    await this.#outbox?.move()
    const found = await this.#queues.find(id)
    if (found === undefined || found.state === 'completed' || found.state === 'failed') return false
    const { queue, entry, state } = found
    await this.#cancelled.add({ ...toStored(queue, entry, state), state: 'cancelled', finishedAt: new Date() })
    // Its worker has lost it: it can't end the job any more.
    if (state === 'active') await this.#redis.call('DEL', `${this.#queues.queueOf(queue).toKey(id)}:lock`)
    try {
      await entry.remove()
      return true
    } catch (error) {
      // The next one of a schedule stays.
      await this.#cancelled.remove([id])
      if (isRefused(error)) return false
      throw error
    }
  }

  async list({ state, queue, limit = 100 }: JobFilter): Promise<readonly StoredJob[]> {
    const names = queue === undefined ? this.#queues.names : [queue]
    const states = STATE_NAMES.filter((name) => state === undefined || STATES[name] === state)
    const pages = names.flatMap((name) =>
      states.map(async (each) => {
        const entries = await this.#queues.queueOf(name).getJobs([each], 0, limit - 1, false)
        return (entries as (Entry | undefined)[]).flatMap((entry) => (entry === undefined ? [] : [toStored(name, entry, each)]))
      }),
    )
    const cancelled = state === undefined || state === 'cancelled' ? await this.#cancelled.list() : []
    const all = [...(await Promise.all(pages)).flat(), ...cancelled.filter((job) => names.includes(job.queue))]
    return all.toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime()).slice(0, limit)
  }

  async counts(): Promise<readonly QueueCounts[]> {
    const rows = await Promise.all(
      this.#queues.names.map(async (queue) => {
        const counts = await this.#queues.queueOf(queue).getJobCounts(...STATE_NAMES)
        return STATE_NAMES.map((name) => ({ queue, state: STATES[name], count: counts[name] ?? 0 }))
      }),
    )
    return countStates(this.#queues.names, [...rows.flat(), ...(await this.#cancelled.list())])
  }

  async prune(before: Date): Promise<number> {
    let count = await this.#cancelled.prune(before)
    for (const name of this.#queues.names)
      for (const state of ['completed', 'failed'] as const)
        count += (await this.#queues.queueOf(name).clean(Math.max(0, Date.now() - before.getTime()), 0, state)).length
    return count
  }

  async redrive(id: string): Promise<boolean> {
    const found = await this.#queues.find(id)
    if (found?.state !== 'failed') return false
    await found.entry.updateData({ ...found.entry.data, handedBack: 0 })
    await found.entry.retry('failed', { resetAttemptsMade: true, resetAttemptsStarted: true })
    return true
  }

  watch(notify: (queue: string) => void): () => void {
    return this.#queues.watch(notify)
  }

  #heldFor({ id, attempt }: TakenJob): Taken | undefined {
    const held = this.#taken.get(id)
    return held !== undefined && attemptsOf(held.entry) === attempt ? held : undefined
  }

  /** `false` where this process has lost the job. */
  async #end(taken: TakenJob, action: (held: Taken) => Promise<unknown>): Promise<boolean> {
    const held = this.#heldFor(taken)
    if (held === undefined) return false
    try {
      await action(held)
    } catch (error) {
      if (!isRefused(error)) throw error
      return false
    } finally {
      this.#taken.delete(taken.id)
    }
    return true
  }

  async #addAll(jobs: readonly NewJob[]): Promise<void> {
    for (const name of new Set(jobs.map(({ queue }) => queue))) {
      const bulk = jobs.flatMap((job) =>
        job.queue === name ? [{ name: job.job, data: toPayload(job, ''), opts: toOptions(job, this.#keepMs) }] : [],
      )
      await this.#queues.queueOf(name).addBulk(bulk)
    }
  }
}

/** A code of BullMQ: the job is gone, its lock is another's, or it is in another state. */
function isRefused(error: unknown): boolean {
  return typeof (error as { readonly code?: unknown }).code === 'number'
}
