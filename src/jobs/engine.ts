/** What keeps jobs: an engine stores them, gives each to one worker at a time, and counts their attempts. */
import type { JobOrigin } from './request.ts'

/** Where a job is. `queued` also between two attempts; the last three are the ends. */
export type JobState = 'queued' | 'running' | 'done' | 'failed' | 'cancelled'

/** What holds for every job of a queue. */
export interface QueueSettings {
  readonly name: string
}

/** A job as an engine is told to store it. */
export interface NewJob {
  /** A UUID. Jobs with one id are one job. */
  readonly id: string
  readonly queue: string
  /** The name of its definition. */
  readonly job: string
  /** JSON, as the input's model writes it. */
  readonly input: string
  readonly retries: number
  readonly backoffMs: number
  readonly priority: number
  /** Not before. Default: now. */
  readonly startAt?: Date | undefined
  /** How long its id must stay known, for a job that is unique. */
  readonly uniqueMs?: number | undefined
  readonly origin?: JobOrigin | undefined
}

/** A job that a worker has. */
export interface TakenJob {
  readonly id: string
  readonly queue: string
  readonly job: string
  readonly input: string
  /** 1 the first time. */
  readonly attempt: number
  readonly origin?: JobOrigin | undefined
}

/** A job as an engine gives it back. */
export interface StoredJob {
  readonly id: string
  readonly queue: string
  readonly job: string
  readonly state: JobState
  readonly input: string
  /** How often it was started. */
  readonly attempts: number
  readonly createdAt: Date
  readonly finishedAt: Date | undefined
  /** JSON of the last progress that it reported. */
  readonly progress: string | undefined
  /** JSON of its result, when it is done. */
  readonly result: string | undefined
  /** Why it failed last. For operators: it may hold values. */
  readonly reason: string | undefined
}

/** A job that may have a schedule. */
export interface ScheduledJob {
  readonly queue: string
  readonly job: string
}

/** When a job is enqueued by the clock. */
export interface Cron extends ScheduledJob {
  /** Five fields, such as `0 4 * * *`. */
  readonly schedule: string
  /** IANA name. */
  readonly timeZone: string
  readonly input: string
  readonly retries: number
  readonly backoffMs: number
}

/** Which jobs `list()` gives. */
export interface JobFilter {
  readonly state?: JobState | undefined
  readonly queue?: string | undefined
  /** Default: 100. */
  readonly limit?: number | undefined
}

/** How many jobs of a queue are in each state. */
export interface QueueCounts extends Readonly<Record<JobState, number>> {
  readonly queue: string
}

/** Where jobs are stored and taken from. Implement it for an engine of your own. */
export interface JobEngine {
  /** How long a worker may be silent before its jobs are given to another one. */
  readonly leaseMs: number
  /** Makes tables and queues where they are missing. Gives a secret that all processes share: the ids of unique jobs are made with it. */
  open(queues: readonly QueueSettings[], crons: readonly Cron[]): Promise<{ readonly secret: string }>
  close(): Promise<void>
  /** Removes the schedules of these jobs, where there are any. Engines without schedules leave it out. */
  unschedule?(jobs: readonly ScheduledJob[]): Promise<void>
  /** `false` where there is a job with this id: then nothing is changed. `transaction` is the caller's. */
  insert(job: NewJob, transaction?: unknown): Promise<boolean>
  /** At most `count` jobs that are due. Nobody else gets them while they are taken. */
  take(queue: string, count: number): Promise<readonly TakenJob[]>
  /** `false` where the worker has lost the job meanwhile: then nothing is changed. */
  complete(job: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean>
  /** As `complete()`, and takes the next job of its queue in the same round trip. Default: the worker calls `complete()` and `take()`. */
  completeAndTake?(job: TakenJob, result: string | undefined): Promise<TakenJob | undefined>
  /** The engine starts it again later, unless its attempts are used up or `isFinal` says that another one would fail too. */
  fail(job: TakenJob, reason: string, isFinal: boolean): Promise<JobState>
  /** Jobs that are not begun or can't be finished now: the attempt does not count. */
  handBack(jobs: readonly TakenJob[]): Promise<void>
  /** The worker is alive: its lease begins again. Gives the ids of the jobs that it still has. */
  extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>>
  report(job: TakenJob, progress: string): Promise<void>
  /** `id` may be any text. */
  find(id: string, transaction?: unknown): Promise<StoredJob | undefined>
  /** `false` where it has ended already. */
  cancel(id: string): Promise<boolean>
  /** Newest first. */
  list(filter: JobFilter): Promise<readonly StoredJob[]>
  /** How many jobs of each queue that was opened are in each state. */
  counts(): Promise<readonly QueueCounts[]>
  /** Deletes jobs that ended before. Gives how many. */
  prune(before: Date): Promise<number>
  /** Starts a failed job again, with all its attempts. `false` where it has not failed. */
  redrive(id: string): Promise<boolean>
  /** Resolves when the queue may have jobs, or the time is up. Engines that can't tell are asked from time to time. */
  waitForJob?(queue: string, timeoutMs: number): Promise<void>
}

/** Counts for each queue, also where it has no jobs. A row counts once, or as often as it says. */
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

/** Databases refuse other text where they expect an id. */
export function isUUID(id: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(id)
}
