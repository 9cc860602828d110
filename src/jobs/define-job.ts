/** Declares jobs: a name, a model of the input, and the options for retries, queues and schedules. */
import type { MaybePromise } from '../maybe-promise.ts'
import type { Accepted, AnySchema, OutputOf } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
import type { JobOrigin } from './engine.ts'

/** How long a job waits before its next attempt. */
export interface Backoff {
  /** The delay before the second attempt, in milliseconds. Each further delay is about twice as long, with jitter. pg-boss rounds it up to whole seconds. Default: 1,000. */
  readonly delayMs?: number
}

interface Retrying {
  /** How many further attempts a job has after a failure. Default: 0. */
  readonly retries?: number
  readonly backoff?: Backoff
  /** How long one attempt may take, in milliseconds. After that, its `signal` aborts and the attempt fails. Default: 15 minutes. */
  readonly timeoutMs?: number
  /** Jobs with a higher priority run first. Default: 0. */
  readonly priority?: number
  /** The queue of the job. Jobs of one queue share its concurrency. Default: the name of the job. */
  readonly queue?: string
}

/** Options of `defineJob()`. */
export interface JobOptions<I extends AnySchema, O extends AnySchema, P extends AnySchema> extends Retrying {
  readonly input: I
  /** The model of the worker's result, which the status resource shows. Default: the result is not stored. */
  readonly output?: O
  /** The model of the progress that the worker may report. Default: none. */
  readonly progress?: P
  /** Inputs with the same key become one job within a period. Periods are aligned to the clock. Default: each call of `enqueue()` stores a job. */
  readonly unique?: { readonly key: (input: Accepted<I>) => string; readonly periodMs: number }
  /** Enqueues the job on a schedule, once for all processes. Default: no schedule. */
  readonly cron?: { readonly schedule: string; readonly input: Accepted<I>; readonly timeZone?: string }
}

/** The options of any job. */
export interface AnyJobOptions extends Retrying {
  readonly input: AnySchema
  readonly output?: AnySchema
  readonly progress?: AnySchema
  readonly unique?: { readonly key: (input: never) => string; readonly periodMs: number }
  readonly cron?: { readonly schedule: string; readonly input: unknown; readonly timeZone?: string }
}

/** Options of `enqueue()`. */
export interface EnqueueOptions {
  /** The transaction that the job is part of: the job is stored only if it commits. */
  readonly in?: unknown
  /** The job does not start before this time. Default: now. */
  readonly at?: Date
  /** How many milliseconds to wait before the job may start. Default: 0. */
  readonly afterMs?: number
}

/** A stored job: the result of `enqueue()`, and the content of the response of `accepted()`. */
export class EnqueuedJob {
  readonly id: string
  /** The name that `defineJob()` was given. */
  readonly job: string
  /** `false` if `unique` found a job with the same key. */
  readonly isNew: boolean
  /** The path of its status resource. */
  readonly location: string

  constructor(fields: { readonly id: string; readonly job: string; readonly isNew: boolean; readonly location: string }) {
    this.id = fields.id
    this.job = fields.job
    this.isNew = fields.isNew
    this.location = fields.location
  }
}

/** The second argument of a worker. */
export interface JobContext<Output, Progress> {
  readonly id: string
  /** The number of this attempt, from 1. An attempt that a shutdown interrupted does not count. */
  readonly attempt: number
  /** The number of the last attempt. */
  readonly attempts: number
  /** Aborts when the attempt takes too long, when the job is cancelled, and when the process must exit. */
  readonly signal: AbortSignal
  /** The request that enqueued the job, for log lines and traces. `undefined` if `enqueueOnSuccess()` is not in use. */
  readonly origin: JobOrigin | undefined
  /** Stores the progress, which the status resource shows. */
  readonly report: (progress: Progress) => Promise<void>
  /**
   * Completes the job in the transaction of its effect: both happen or neither does. Throws if another worker has the job now, so that the transaction
   * rolls back.
   */
  readonly complete: (options: { readonly in: unknown }, ...output: [Output] extends [never] ? [] : [output: Output]) => Promise<void>
}

/** The function that runs a job. */
export type Worker<Data, Output, Progress> = (
  input: Data,
  context: JobContext<Output, Progress>,
) => MaybePromise<[Output] extends [never] ? unknown : Output | void>

/** A worker of any job. The types of its input and its result are checked where it was declared. */
export type AnyWorker = Worker<unknown, unknown, unknown>

/** A job and its worker. */
export interface Work {
  readonly kind: 'work'
  readonly job: AnyJob
  readonly run: AnyWorker
}

/** The part of `createJobs()` that `enqueue()` needs. */
export interface JobStore {
  enqueue(job: AnyJob, input: unknown, options?: EnqueueOptions): Promise<EnqueuedJob>
}

/** A job with any input. */
export interface AnyJob {
  readonly kind: 'job'
  readonly name: string
  readonly options: AnyJobOptions
  /** The store of its jobs. Set by `createJobs()`. */
  '~jobs'?: JobStore | undefined
}

/** The result of `defineJob()`. */
export interface Job<Input = never, Data = unknown, Output = never, Progress = never> extends AnyJob {
  /** Stores the job. Throws a `ModelError` if the input does not fit its model. The job must be declared in `createJobs()`. */
  enqueue(input: Input, options?: EnqueueOptions): Promise<EnqueuedJob>
  /** For `createJobs({ work: […] })`. */
  work(run: Worker<Data, Output, Progress>): Work
}

/** Declares a job: its name, its models and its retries. */
export function defineJob<I extends AnySchema, O extends AnySchema = never, P extends AnySchema = never>(
  name: string,
  options: JobOptions<I, O, P>,
): Job<Accepted<I>, OutputOf<I>, [O] extends [never] ? never : Accepted<O>, [P] extends [never] ? never : Accepted<P>> {
  assertOptions(name, options)
  const job: Job<unknown, OutputOf<I>, [O] extends [never] ? never : Accepted<O>, [P] extends [never] ? never : Accepted<P>> = {
    kind: 'job',
    name,
    options,
    async enqueue(input, enqueueOptions) {
      const jobs = job['~jobs']
      if (jobs === undefined) {
        throw new DeclarationError(
          'JOB_UNBOUND',
          `job ${name}`,
          'it is not part of an open createJobs()',
          'Name it in createJobs({ jobs }) or { work }',
        )
      }
      return jobs.enqueue(job, input, enqueueOptions)
    },
    work: (run) => ({ kind: 'work', job, run }),
  }
  return job
}

interface JobSettings {
  readonly queue: string
  readonly retries: number
  readonly backoffMs: number
  readonly timeoutMs: number
  readonly priority: number
}

/** The settings of a job, with their defaults. */
export function settingsOf({ name, options }: Pick<AnyJob, 'name' | 'options'>): JobSettings {
  const { queue = name, retries = 0, backoff = {}, timeoutMs = 15 * 60_000, priority = 0 } = options
  return { queue, retries, backoffMs: backoff.delayMs ?? 1000, timeoutMs, priority }
}

/** The names that pg-boss allows for queues. */
const NAME = /^[\w.-]{1,200}$/

function assertOptions(name: string, options: AnyJobOptions): void {
  const refuse = (what: string, expected: string): never => {
    throw new DeclarationError('JOB_OPTIONS', `defineJob('${name}') ${what}`, `expected ${expected}, got something else`, 'Correct it')
  }
  const { queue, retries, backoffMs, timeoutMs, priority } = settingsOf({ name, options })
  const { unique } = options
  if (!NAME.test(name)) refuse('name', 'letters, digits, _, - and .')
  if (!NAME.test(queue)) refuse('queue', 'letters, digits, _, - and .')
  if (!Number.isSafeInteger(retries) || retries < 0) refuse('retries', 'an integer of 0 or more')
  if (!(timeoutMs > 0)) refuse('timeoutMs', 'milliseconds above 0')
  if (!Number.isSafeInteger(priority)) refuse('priority', 'an integer')
  if (!(backoffMs >= 0)) refuse('backoff.delayMs', 'milliseconds of 0 or more')
  if (unique !== undefined && !(unique.periodMs >= 1000)) refuse('unique.periodMs', 'at least 1,000 milliseconds')
  // Throws now for a model that can't be stored. Otherwise the first job would throw.
  for (const schema of [options.input, options.output, options.progress]) if (schema !== undefined) readModel(schema)
}
