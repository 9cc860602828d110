/** The engine for Redis. BullMQ stores and locks jobs, counts their starts, detects dead workers and runs the schedules. */
import {
  countStates,
  isUUID,
  type Cron,
  type JobEngine,
  type JobFilter,
  type JobState,
  type NewJob,
  type QueueCounts,
  type ScheduledJob,
  type StoredJob,
  type TakenJob,
  SingleOpening,
} from '../jobs/engine.ts'
import { CancelledJobs } from './cancelled.ts'
import { isEnd, isRefused, STATES, toOptions, toPayload, toStored, toWaiting, type Entry } from './entry.ts'
import { Outbox, type OutboxOptions, type WaitingJob } from './outbox.ts'
import { Queues, STATE_NAMES, type BullMQClient, type FoundEntry } from './queues.ts'
import { TakenJobs } from './taken.ts'

/** Options of `bullmq()`. */
export interface BullMQOptions {
  /** The caller closes it. The engine duplicates it for connections that wait for jobs. */
  readonly redis: BullMQClient
  /** The prefix of all keys in Redis. Default: `bull`. */
  readonly prefix?: string
  /** How long a process may be silent before another process gets its jobs, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number
  /** How long ended jobs are kept for their status, for `unique` and for `redrive()`, in milliseconds. Default: 7 days. */
  readonly keepMs?: number
  /** Enables `enqueue(input, { in: transaction })` with transactions of PostgreSQL. Default: transactions are not supported. */
  readonly outbox?: OutboxOptions
  /** Called for an error of BullMQ's background work or of the outbox. Default: none. */
  readonly onError?: (error: Error) => void
}

const DAY_MS = 86_400_000

/** Creates an engine that keeps jobs in Redis with BullMQ 6. */
export function bullmq(options: BullMQOptions): JobEngine {
  return new BullMQEngine(options)
}

class BullMQEngine implements JobEngine {
  readonly leaseMs: number
  readonly #redis: BullMQClient
  readonly #secretKey: string
  readonly #keepMs: number
  readonly #outbox: Outbox | undefined
  readonly #cancelled: CancelledJobs
  readonly #taken: TakenJobs
  readonly #queues: Queues
  readonly #opening = new SingleOpening('bullmq()')

  constructor({ redis, prefix = 'bull', leaseMs = 30_000, keepMs = 7 * DAY_MS, outbox, onError = () => undefined }: BullMQOptions) {
    this.#redis = redis
    this.#secretKey = `${prefix}:riposte:secret`
    this.leaseMs = leaseMs
    this.#keepMs = keepMs
    this.#queues = new Queues({ redis, prefix, leaseMs, onError })
    this.#taken = new TakenJobs(this.#queues, leaseMs)
    this.#cancelled = new CancelledJobs(redis, prefix, keepMs)
    this.#outbox = outbox && new Outbox(outbox, (jobs) => this.#addAll(jobs), onError)
  }

  open(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    return this.#opening.open(() => this.#connect(queues, crons))
  }

  async #connect(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    // If this fails, there is no connection yet that would keep the process alive.
    await this.#outbox?.migrate()
    await this.#queues.open(queues.map(({ name }) => name))
    try {
      await this.#redis.call('SET', this.#secretKey, crypto.randomUUID(), 'NX')
      for (const cron of crons) await this.#schedule(cron)
      await this.#cancelled.pruneOld()
      const secret = (await this.#redis.call('GET', this.#secretKey)) as string
      this.#outbox?.open()
      return { secret }
    } catch (error) {
      await this.#queues.close()
      throw error
    }
  }

  async #schedule({ queue, job, schedule, timeZone, input, retries, backoffMs }: Cron): Promise<void> {
    const template = { id: '', queue, job, input, retries, backoffMs, priority: 0 }
    const { jobId: _, ...opts } = toOptions(template, this.#keepMs)
    const entry = { name: job, data: toPayload(template), opts }
    await retryCollisions(() => this.#queues.queueOf(queue).upsertJobScheduler(job, { pattern: schedule, tz: timeZone }, entry))
  }

  async unschedule(jobs: readonly ScheduledJob[]): Promise<void> {
    await Promise.all(jobs.map(({ queue, job }) => this.#queues.queueOf(queue).removeJobScheduler(job)))
  }

  async close(): Promise<void> {
    await this.#outbox?.close()
    await this.#queues.close()
    this.#opening.close()
  }

  async insert(job: NewJob, transaction?: unknown): Promise<boolean> {
    const { id, queue, uniqueMs = 0 } = job
    if (uniqueMs > this.#keepMs)
      throw new RangeError(`JOB_UNIQUE: job ${job.job}: unique.periodMs is more than the keepMs of bullmq(). Keep jobs for longer.`)
    if (transaction !== undefined && this.#outbox === undefined)
      throw new TypeError(
        'JOB_TRANSACTION: bullmq(): expected an outbox for a job in a transaction, got none. Name its database in bullmq({ outbox }).',
      )
    const entries = this.#queues.queueOf(queue)
    if (uniqueMs > 0 && (await this.#cancelled.find(id)) !== undefined) return false
    if (transaction !== undefined) {
      if (uniqueMs > 0 && (await entries.getJob(id)) !== undefined) return false
      return this.#outbox!.insert(job, transaction)
    }
    const key = uniqueMs > 0 ? crypto.randomUUID() : undefined
    await entries.add(job.job, toPayload(job, key), toOptions(job, this.#keepMs))
    // If a job has this id, add() changes nothing and returns the same result. The key tells which call stored the job.
    return key === undefined || (await entries.getJob(id))?.data.key === key
  }

  take(queue: string, count: number): Promise<readonly TakenJob[]> {
    return this.#taken.take(queue, count)
  }

  async complete(taken: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean> {
    if (transaction !== undefined)
      throw new TypeError(
        'JOB_TRANSACTION: bullmq(): a job in Redis can not end in a transaction. Return the result, and make the effect safe to repeat.',
      )
    return this.#taken.complete(taken, result)
  }

  completeAndTake(taken: TakenJob, result: string | undefined): Promise<TakenJob | undefined> {
    return this.#taken.completeAndTake(taken, result)
  }

  async fail(taken: TakenJob, reason: string, isFinal: boolean): Promise<JobState> {
    await this.#taken.fail(taken, reason, isFinal)
    return (await this.find(taken.id))?.state ?? 'failed'
  }

  handBack(jobs: readonly TakenJob[]): Promise<void> {
    return this.#taken.handBack(jobs)
  }

  extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>> {
    return this.#taken.extend(jobs)
  }

  report(taken: TakenJob, progress: string): Promise<void> {
    return this.#taken.report(taken, progress)
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
    if (found === undefined || isEnd(found.state)) return false
    await this.#cancelled.add({ ...toStored(found.queue, found.entry, found.state), state: 'cancelled', finishedAt: new Date() })
    let isRemoved = false
    try {
      // A worker that took the job at this moment has locked it again.
      isRemoved = await this.#remove(found).catch((error: unknown) => (isRefused(error) ? false : this.#remove(found)))
    } finally {
      if (isRemoved) this.#taken.forget(id)
      else await this.#cancelled.remove([id])
    }
    return isRemoved
  }

  /** `false` if the job has ended. BullMQ refuses to remove the next job of a schedule. */
  async #remove({ queue, entry }: FoundEntry): Promise<boolean> {
    // Without the lock, a worker can no longer complete or fail the job.
    await this.#redis.call('DEL', `${this.#queues.queueOf(queue).toKey(entry.id!)}:lock`)
    if (isEnd(await entry.getState())) return false
    await entry.remove()
    return true
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

  waitForJob(queue: string, timeoutMs: number): Promise<void> {
    return this.#queues.waitForJob(queue, timeoutMs)
  }

  /** Some of the jobs may be in Redis already, moved by a process that died, and may have been cancelled since. */
  async #addAll(jobs: readonly WaitingJob[]): Promise<void> {
    const cancelled = await this.#cancelled.filter(jobs.map(({ id }) => id))
    for (const name of new Set(jobs.map(({ queue }) => queue))) {
      const bulk = jobs.flatMap((job) =>
        job.queue !== name || cancelled.has(job.id)
          ? []
          : [{ name: job.job, data: toPayload(job), opts: toOptions(job, this.#keepMs, job.createdAt) }],
      )
      await this.#queues.queueOf(name).addBulk(bulk)
    }
  }
}

/**
 * At the time of a run, another process may have started the job of this run, which BullMQ does not replace. The clock of that process may be ahead. When the
 * time has passed, BullMQ replaces the job of the next run.
 */
async function retryCollisions(schedule: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await schedule()
      return
    } catch (error) {
      const isCollision = error instanceof Error && 'code' in error && error.code === SCHEDULER_JOB_ID_COLLISION
      if (attempt === MOST_ATTEMPTS || !isCollision) throw error
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS))
  }
}

/** `ErrorCode.SchedulerJobIdCollision` of BullMQ. */
const SCHEDULER_JOB_ID_COLLISION = -10
const RETRY_MS = 100
const MOST_ATTEMPTS = 100
