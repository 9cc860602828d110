/** Converts between jobs and the entries that BullMQ keeps in Redis. */
import type { Job, JobsOptions } from 'bullmq'
import type { JobOrigin, JobState, NewJob, StoredJob, TakenJob } from '../jobs/engine.ts'
import type { WaitingJob } from './outbox.ts'

/** The data of an entry. The input is text, so that no digit of a number is lost. */
export interface Payload {
  readonly input: string
  readonly retries: number
  readonly origin?: JobOrigin | undefined
  /** How many starts do not count as attempts, because the job was handed back. Default: 0. */
  readonly handedBack?: number
  /** For a job with `unique`: identifies the call of `insert()` that stored it. */
  readonly key?: string | undefined
}

export type Entry = Job<Payload, string | null>

/** The priority in BullMQ of a job with priority 0. BullMQ takes the lowest number first, and allows numbers up to 2 ^ 21. */
const MIDDLE = 2 ** 20

export function toPayload({ input, retries, origin }: NewJob, key?: string): Payload {
  return { input, retries, origin, key }
}

/** `createdAt`: when the job was enqueued, if that was earlier. */
export function toOptions({ id, retries, backoffMs, priority, startAt }: NewJob, keepMs: number, createdAt?: Date): JobsOptions {
  const keep = { age: Math.ceil(keepMs / 1000) }
  return {
    jobId: id,
    attempts: retries + 1,
    priority: Math.min(2 * MIDDLE, Math.max(1, MIDDLE - priority)),
    removeOnComplete: keep,
    removeOnFail: keep,
    stackTraceLimit: 0,
    ...(createdAt === undefined ? {} : { timestamp: createdAt.getTime() }),
    // BullMQ adds the delay to the timestamp.
    ...(startAt === undefined ? {} : { delay: Math.max(0, startAt.getTime() - (createdAt?.getTime() ?? Date.now())) }),
    ...(backoffMs > 0 ? { backoff: { type: 'exponential', delay: backoffMs, jitter: 0.5 } } : {}),
  }
}

/** BullMQ counts every start, also one that is not an attempt. */
export function attemptsOf({ attemptsStarted, data: { handedBack = 0 } }: Entry): number {
  return attemptsStarted - handedBack
}

export function toTaken(queue: string, entry: Entry): TakenJob {
  const { input, origin } = entry.data
  return { id: entry.id!, queue, job: entry.name, input, attempt: attemptsOf(entry), origin }
}

/** Our name for each state of BullMQ. */
export const STATES = {
  waiting: 'queued',
  prioritized: 'queued',
  delayed: 'queued',
  active: 'running',
  completed: 'done',
  failed: 'failed',
} as const satisfies Record<string, JobState>

export type EntryState = keyof typeof STATES

export function isEnd(state: string): boolean {
  return state === 'completed' || state === 'failed'
}

export function toStored(queue: string, entry: Entry, state: EntryState): StoredJob {
  return {
    id: entry.id!,
    queue,
    job: entry.name,
    state: STATES[state],
    input: entry.data.input,
    attempts: attemptsOf(entry),
    createdAt: new Date(entry.timestamp),
    finishedAt: isEnd(state) && entry.finishedOn !== undefined ? new Date(entry.finishedOn) : undefined,
    progress: typeof entry.progress === 'string' ? entry.progress : undefined,
    result: state === 'completed' ? (entry.returnvalue ?? undefined) : undefined,
    reason: entry.failedReason,
  }
}

/** Whether BullMQ refused a command: the job does not exist, another process has its lock, or it is in another state. Such errors have a numeric code. */
export function isRefused(error: unknown): boolean {
  return typeof (error as { readonly code?: unknown }).code === 'number'
}

/** The status of a job that is still in the outbox. */
export function toWaiting({ id, queue, job, input, createdAt }: WaitingJob): StoredJob {
  return {
    id,
    queue,
    job,
    state: 'queued',
    input,
    attempts: 0,
    createdAt,
    finishedAt: undefined,
    progress: undefined,
    result: undefined,
    reason: undefined,
  }
}
