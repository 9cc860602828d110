/** The interface of an engine, which stores jobs, gives each to one worker at a time, and counts their attempts; and functions that engines share. */
import { DeclarationError } from '../schema/declaration-error.ts'

/** The request that a job comes from. */
export interface JobOrigin {
  /** The id of the request that enqueued the job. If another job enqueued it, the id of the request of that job. */
  readonly requestId: string
  /** The `traceparent` header of the request (W3C Trace Context). */
  readonly traceparent?: string | undefined
}

/** The state of a job. A job that waits for its next attempt is `queued`. The last three states are final. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** The settings of a queue. */
export interface QueueSettings {
  readonly name: string
}

/** A job that an engine must store. */
export interface NewJob {
  /** A UUID. Two jobs with the same id are one job. */
  readonly id: string
  readonly queue: string
  /** The name that `defineJob()` was given. */
  readonly job: string
  /** The input as JSON. */
  readonly input: string
  readonly retries: number
  readonly backoffMs: number
  readonly priority: number
  /** The job does not start before this time. Default: now. */
  readonly startAt?: Date | undefined
  /** For a job with `unique`: how long the engine must remember its id. */
  readonly uniqueMs?: number | undefined
  readonly origin?: JobOrigin | undefined
}

/** A job that a worker has taken. */
export interface TakenJob {
  readonly id: string
  readonly queue: string
  readonly job: string
  readonly input: string
  /** The number of the attempt, from 1. */
  readonly attempt: number
  readonly origin?: JobOrigin | undefined
}

/** A job as an engine returns it. */
export interface StoredJob {
  readonly id: string
  readonly queue: string
  readonly job: string
  readonly state: JobState
  readonly input: string
  /** How many attempts have started. */
  readonly attempts: number
  readonly createdAt: Date
  readonly finishedAt: Date | undefined
  /** The last reported progress as JSON. */
  readonly progress: string | undefined
  /** The result of a job that is done, as JSON. */
  readonly result: string | undefined
  /** The error of the last failed attempt. For operators only, because it may contain values. */
  readonly reason: string | undefined
}

/** A job that may have a schedule. */
export interface ScheduledJob {
  readonly queue: string
  readonly job: string
}

/** The schedule of a job. */
export interface Cron extends ScheduledJob {
  /** A cron expression of five fields, such as `0 4 * * *`. */
  readonly schedule: string
  /** An IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string
  readonly input: string
  readonly retries: number
  readonly backoffMs: number
}

/** Selects the jobs that `list()` returns. */
export interface JobFilter {
  readonly state?: JobState | undefined
  readonly queue?: string | undefined
  /** The largest number of jobs. Default: 100. */
  readonly limit?: number | undefined
}

/** How many jobs of a queue are in each state. */
export interface QueueCounts extends Readonly<Record<JobState, number>> {
  readonly queue: string
}

/** Where jobs are stored and taken from. Implement it for an engine of your own. */
export interface JobEngine {
  /** How long a worker may be silent before another worker gets its jobs, in milliseconds. */
  readonly leaseMs: number
  /** Creates missing tables and queues, and stores the schedules. Resolves with a secret that all processes share, from which the ids of unique jobs are made. */
  open(queues: readonly QueueSettings[], crons: readonly Cron[]): Promise<{ readonly secret: string }>
  close(): Promise<void>
  /** Removes the schedules of these jobs, if they have any. Omitted by engines without schedules. */
  unschedule?(jobs: readonly ScheduledJob[]): Promise<void>
  /** Resolves with `false`, and changes nothing, if a job has this id. `transaction` is the caller's. */
  insert(job: NewJob, transaction?: unknown): Promise<boolean>
  /** Takes at most `count` jobs that are due. No other worker gets them while their lease lasts. */
  take(queue: string, count: number): Promise<readonly TakenJob[]>
  /** Resolves with `false`, and changes nothing, if the worker has lost the job. */
  complete(job: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean>
  /** As `complete()`, and takes the next job of the queue in the same round trip. Default: the worker calls `complete()` and `take()`. */
  completeAndTake?(job: TakenJob, result: string | undefined): Promise<TakenJob | undefined>
  /** The engine schedules another attempt, unless no attempt is left or `isFinal` is true. Resolves with the new state. */
  fail(job: TakenJob, reason: string, isFinal: boolean): Promise<JobState>
  /** Returns jobs to their queue. The attempt does not count. */
  handBack(jobs: readonly TakenJob[]): Promise<void>
  /** Renews the leases of the worker's jobs. Resolves with the ids of the jobs that it still has. */
  extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>>
  report(job: TakenJob, progress: string): Promise<void>
  /** `id` may be any text. */
  find(id: string, transaction?: unknown): Promise<StoredJob | undefined>
  /** Resolves with `false` if the job has ended or does not exist. */
  cancel(id: string): Promise<boolean>
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly StoredJob[]>
  /** Counts the jobs in each state, for each queue that was passed to `open()`. */
  counts(): Promise<readonly QueueCounts[]>
  /** Deletes the jobs that ended before this time. Resolves with their number. */
  prune(before: Date): Promise<number>
  /** Starts a failed job again, with all its attempts. Resolves with `false` if the job has not failed. */
  redrive(id: string): Promise<boolean>
  /** Resolves when the queue may have jobs, or after the timeout. Default: the worker polls. */
  waitForJob?(queue: string, timeoutMs: number): Promise<void>
}

/** Whether an engine is open that holds the queues and connections of one `createJobs()`. */
export class SingleOpening {
  readonly #where: string
  #isOpen = false

  /** `where` is the function that created the engine, for the message. */
  constructor(where: string) {
    this.#where = where
  }

  /** Throws a `DeclarationError` if the engine is open already. */
  async open<Opened>(connect: () => Promise<Opened>): Promise<Opened> {
    if (this.#isOpen)
      throw new DeclarationError(
        'JOB_ENGINE_SHARED',
        this.#where,
        'another createJobs() has opened this engine',
        'Name all jobs of a process in one createJobs(), or create an engine for each',
      )
    this.#isOpen = true
    try {
      return await connect()
    } catch (error) {
      this.#isOpen = false
      throw error
    }
  }

  close(): void {
    this.#isOpen = false
  }
}

/** Counts the jobs of each queue by state, also for a queue without jobs. A row without `count` is one job. */
export function countStates(
  queues: readonly string[],
  rows: Iterable<{ readonly queue: string; readonly state: JobState; readonly count?: number }>,
): readonly QueueCounts[] {
  const counts = new Map(queues.map((queue) => [queue, { queue, queued: 0, running: 0, done: 0, failed: 0, cancelled: 0 }]))
  for (const { queue, state, count = 1 } of rows) {
    const entry = counts.get(queue)
    if (entry !== undefined) entry[state] += count
  }
  return [...counts.values()]
}

/** Checked before a query, because PostgreSQL throws for other text where it expects a `uuid`. */
export function isUUID(id: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)
}

/** Waits for work that may never end, such as a command to a database that is gone. `false` after the timeout. The timer keeps the process alive until then. */
export async function endsWithin(timeoutMs: number, work: Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => (timer = setTimeout(resolve, timeoutMs, false)))
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}
