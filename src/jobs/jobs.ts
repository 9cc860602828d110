/** The jobs of an app: stores them in an engine, and runs the workers of this process. */
import { consoleLogger, guardLogger, type Logger } from '../log.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { compileStoredText, type StoredText } from '../schema/wire.ts'
import type { JobFailure, WorkedJob } from './attempt.ts'
import { EnqueuedJob, settingsOf, type AnyJob, type EnqueueOptions, type JobStore, type Work } from './define-job.ts'
import { store } from './enqueue.ts'
import { endsWithin, type Cron, type JobEngine, type JobFilter, type QueueCounts, type StoredJob } from './engine.ts'
import { WorkerPool } from './worker-pool.ts'

/** Options of `createJobs()`. */
export interface JobsOptions {
  readonly engine: JobEngine
  /** Jobs that this process may enqueue, in addition to those of `work`. Default: none. */
  readonly jobs?: readonly AnyJob[]
  /** The workers of this process. Default: none, so the process only enqueues. */
  readonly work?: readonly Work[]
  /** How many jobs of a queue run at once in this process. Default: 10. */
  readonly concurrency?: number | Readonly<Record<string, number>>
  /** How often an engine that can't wait for jobs is polled, in milliseconds. Default: 500. */
  readonly pollMs?: number
  /** How long `stop()` waits for running jobs before it returns them to the queue, in milliseconds. Default: 10,000. */
  readonly stopMs?: number
  /** The path of the status resources, below the prefix of the router that `jobRoutes()` is added to. Default: `/jobs`. */
  readonly statusPath?: string
  readonly logger?: Logger
  /** Called for each failed attempt, after it was logged. */
  readonly onJobError?: (failure: JobFailure) => void
}

/** A queue and its concurrency in this process. */
export interface JobQueue {
  readonly name: string
  /** How many jobs of the queue run at once in this process. 0: the process only enqueues. */
  readonly concurrency: number
}

/** The result of `createJobs()`. */
export interface Jobs extends JobStore {
  readonly statusPath: string
  readonly queues: readonly JobQueue[]
  /** Creates missing tables and queues in the engine. `start()` and `enqueue()` do so too. */
  open(): Promise<void>
  /** Starts the workers. */
  start(): Promise<void>
  /** Takes no further jobs, waits `stopMs` for the running jobs, and returns the others to the queue. */
  stop(): Promise<void>
  /** Runs all jobs that are due, and the jobs that they enqueue, until none is left. For tests. */
  drain(): Promise<void>
  find(id: string): Promise<StoredJob | undefined>
  /** Resolves with `false` if the job has ended or does not exist. The signal of a running job aborts. */
  cancel(id: string): Promise<boolean>
  /** Newest first. */
  list(filter?: JobFilter): Promise<readonly StoredJob[]>
  /** Counts the jobs of each queue in each state. */
  counts(): Promise<readonly QueueCounts[]>
  /** Starts a failed job again. Resolves with `false` if the job has not failed or does not exist. */
  redrive(id: string): Promise<boolean>
  /** Deletes the jobs that ended before this time: their status is lost, and their `unique` keys can be used again. Resolves with their number. */
  prune(before: Date): Promise<number>
  /** Called by `jobRoutes()` with the whole path of the status resources when they are added to an app. */
  '~servedAt'(path: string): void
}

const DEFAULT_CONCURRENCY = 10
const MOST_CONCURRENCY = 1000
/** How long an engine may take to close, because its server may not respond. */
const CLOSE_MS = 5000

/** Connects declared jobs and their workers to an engine. */
export function createJobs({
  engine,
  jobs = [],
  work = [],
  concurrency = DEFAULT_CONCURRENCY,
  pollMs = 500,
  stopMs = 10_000,
  statusPath = '/jobs',
  logger = consoleLogger,
  onJobError,
}: JobsOptions): Jobs {
  const log = guardLogger(logger)
  const all = [...new Set([...jobs, ...work.map(({ job }) => job)])]
  const stored = new Map<string, WorkedJob>()
  for (const job of all) {
    if (stored.has(job.name)) throw new DeclarationError('JOB_TWICE', `createJobs() ${job.name}`, 'another job has this name', 'Rename one')
    stored.set(job.name, { job, input: compileStoredText(job.options.input), ...compileOutputs(job), run: undefined })
  }
  for (const { job, run } of work) stored.set(job.name, { ...stored.get(job.name)!, run })
  const worked = new Set(work.map(({ job }) => queueOf(job)))
  const queues = [...new Set(all.map(queueOf))].map((name) => ({
    name,
    concurrency: worked.has(name) ? concurrencyOf(concurrency, name) : 0,
  }))
  const pool = new WorkerPool({ engine, jobs: stored, pollMs, log, onJobError: onJobError ?? (() => undefined) })
  const servedAt = new Set<string>()
  /** `Location` names `statusPath` if an app serves it, or else the first path that an app serves. */
  const toLocation = (id: string) => {
    const [first = statusPath] = servedAt
    return `${servedAt.has(statusPath) ? statusPath : first}/${id}`
  }
  let opened: ReturnType<JobEngine['open']> | undefined
  let stopped: Promise<void> | undefined

  const openOnce = () => {
    opened ??= toCrons(all, stored)
      .then((crons) => engine.open(queues, crons))
      .catch((error: unknown) => {
        opened = undefined
        throw error
      })
    return opened
  }

  /** Also closes an engine that fails to take jobs back, because its connections would keep the process alive. */
  const stopOnce = async () => {
    try {
      await pool.stop(stopMs)
    } finally {
      for (const job of all) if (job['~jobs'] === result) job['~jobs'] = undefined
      // An engine that is still opening is closed after that.
      const closed = opened?.then(
        () => engine.close(),
        () => undefined,
      )
      if (closed !== undefined) await endsWithin(CLOSE_MS, closed)
    }
  }

  const result: Jobs = {
    statusPath,
    queues,
    async open() {
      await openOnce()
    },
    async enqueue(job: AnyJob, input: unknown, options: EnqueueOptions = {}) {
      const known = stored.get(job.name)
      if (known === undefined || known.job !== job) {
        throw new DeclarationError(
          'JOB_UNBOUND',
          `job ${job.name}`,
          'createJobs() does not declare it',
          'Name it in createJobs({ jobs }) or { work }',
        )
      }
      const text = await known.input.encode(input)
      const { secret } = await openOnce()
      const { id, isNew } = await store({ engine, job, input, text, secret, options, onStored: () => pool.notify(queueOf(job)) })
      return new EnqueuedJob({ id, job: job.name, isNew, location: toLocation(id) })
    },
    async start() {
      await result.open()
      // Another service may declare the schedules of its own jobs in the same engine.
      const withoutCron = work.filter(({ job }) => job.options.cron === undefined)
      await engine.unschedule?.(withoutCron.map(({ job }) => ({ queue: queueOf(job), job: job.name })))
      if (stopped !== undefined) return
      for (const { name, concurrency } of queues) if (concurrency > 0) pool.start(name, concurrency)
    },
    stop() {
      stopped ??= stopOnce()
      return stopped
    },
    async drain() {
      await result.open()
      await pool.drain(worked)
    },
    async find(id) {
      await result.open()
      return engine.find(id)
    },
    async cancel(id) {
      await result.open()
      const isCancelled = await engine.cancel(id)
      if (isCancelled) pool.cancel(id)
      return isCancelled
    },
    async list(filter = {}) {
      await result.open()
      return engine.list(filter)
    },
    async counts() {
      await result.open()
      return engine.counts()
    },
    async redrive(id) {
      await result.open()
      return engine.redrive(id)
    },
    async prune(before) {
      await result.open()
      return engine.prune(before)
    },
    '~servedAt'(path) {
      servedAt.add(path)
    },
  }
  for (const job of all) job['~jobs'] = result
  return result
}

function compileOutputs({ options: { output, progress } }: AnyJob): { output: StoredText | undefined; progress: StoredText | undefined } {
  return {
    output: output === undefined ? undefined : compileStoredText(output),
    progress: progress === undefined ? undefined : compileStoredText(progress),
  }
}

function queueOf(job: AnyJob): string {
  return settingsOf(job).queue
}

function concurrencyOf(concurrency: NonNullable<JobsOptions['concurrency']>, queue: string): number {
  const wanted = typeof concurrency === 'number' ? concurrency : (concurrency[queue] ?? DEFAULT_CONCURRENCY)
  if (!Number.isSafeInteger(wanted) || wanted < 1 || wanted > MOST_CONCURRENCY) {
    throw new DeclarationError(
      'JOB_CONCURRENCY',
      `createJobs() concurrency of ${queue}`,
      `expected an integer from 1 to ${MOST_CONCURRENCY}, got something else`,
      'Correct it',
    )
  }
  return wanted
}

async function toCrons(jobs: readonly AnyJob[], stored: ReadonlyMap<string, WorkedJob>): Promise<readonly Cron[]> {
  const crons: Cron[] = []
  for (const job of jobs) {
    const { cron } = job.options
    if (cron === undefined) continue
    const input = await stored.get(job.name)!.input.encode(cron.input)
    const { queue, retries, backoffMs } = settingsOf(job)
    crons.push({ queue, job: job.name, schedule: cron.schedule, timeZone: cron.timeZone ?? 'UTC', input, retries, backoffMs })
  }
  return crons
}
