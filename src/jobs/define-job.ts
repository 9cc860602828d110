/** Jobs as they are declared: a name, a model for what they are given, and what happens when they fail. */
import type { MaybePromise } from '../maybe-promise.ts'
import type { Accepted } from '../schema/accepted.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import type { EnqueuedJob } from './enqueued-job.ts'
import type { JobOrigin } from './request.ts'

/** How long a job waits before it is tried again. */
export interface Backoff {
  /** Before the second attempt; each further one waits about twice as long, with jitter. Whole seconds. Default: 1,000. */
  readonly delayMs?: number
}

interface Retrying {
  /** How often it is tried again when it fails. Default: 0. */
  readonly retries?: number
  readonly backoff?: Backoff
  /** How long one attempt may take. Then its `signal` aborts and the attempt has failed. Default: 15 minutes. */
  readonly timeoutMs?: number
  /** Higher ones first. Default: 0. */
  readonly priority?: number
  /** Jobs of one queue share its concurrency. Default: the name of the job. */
  readonly queue?: string
}

/** Options of `defineJob()`. */
export interface JobOptions<I extends AnySchema, O extends AnySchema, P extends AnySchema> extends Retrying {
  readonly input: I
  /** What the worker returns, for the status resource. Default: nothing is kept. */
  readonly output?: O
  /** What the worker may report while it works. Default: nothing. */
  readonly progress?: P
  /** Jobs of one name with the same key become one within a period of the clock. Default: every job is its own. */
  readonly unique?: { readonly key: (input: Accepted<I>) => string; readonly periodMs: number }
  /** Enqueued by the clock, once for all processes. Default: not at all. */
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
  /** The transaction that the job is part of: without a commit there is no job. */
  readonly in?: unknown
  /** Not before this time. Default: at once. */
  readonly at?: Date
  /** Not before so many milliseconds from now. Default: at once. */
  readonly afterMs?: number
}

/** What a worker takes beside the input. */
export interface JobContext<Output, Progress> {
  readonly id: string
  /** 1 the first time. A shutdown does not count. */
  readonly attempt: number
  /** The last attempt has this number. */
  readonly attempts: number
  /** Aborts when the attempt takes too long, when the job is cancelled, and when the process must end. */
  readonly signal: AbortSignal
  /** The request that enqueued it, for log lines and traces; `undefined` where `enqueueOnSuccess()` is not in use. */
  readonly origin: JobOrigin | undefined
  /** Shows the progress in the status resource. */
  readonly report: (progress: Progress) => Promise<void>
  /**
   * Ends the job in the transaction of its effect: both happen or neither does. Throws where the job was given to another worker meanwhile, so
   * that the transaction rolls back.
   */
  readonly complete: (options: { readonly in: unknown }, ...output: [Output] extends [never] ? [] : [output: Output]) => Promise<void>
}

/** The function that does a job. */
export type Worker<Data, Output, Progress> = (
  input: Data,
  context: JobContext<Output, Progress>,
) => MaybePromise<[Output] extends [never] ? unknown : Output | void>

/** Typed where it was declared: where all jobs are alike, what it is given is not known. */
export type AnyWorker = Worker<unknown, unknown, unknown>

/** A job and the function that does it. */
export interface Work {
  readonly kind: 'work'
  readonly job: AnyJob
  readonly run: AnyWorker
}

/** What `enqueue()` needs of `createJobs()`. */
export interface JobStore {
  enqueue(job: AnyJob, input: unknown, options?: EnqueueOptions): Promise<EnqueuedJob>
}

/** A job, whatever it is given. */
export interface AnyJob {
  readonly kind: 'job'
  readonly name: string
  readonly options: AnyJobOptions
  /** Where its jobs are stored. Set by `createJobs()`. */
  '~jobs'?: JobStore | undefined
}

/** What `defineJob()` makes. */
export interface Job<Input = never, Data = unknown, Output = never, Progress = never> extends AnyJob {
  /** Stores the job. Throws a `ModelError` for an input that breaks its model. The job must be one of `createJobs()`. */
  enqueue(input: Input, options?: EnqueueOptions): Promise<EnqueuedJob>
  /** For `createJobs({ work: […] })`. */
  work(run: Worker<Data, Output, Progress>): Work
}

/** Declares a job: its name, its models and how it is tried again. */
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
          'it belongs to no createJobs() that is open',
          'Name it in createJobs({ jobs }) or { work }',
        )
      }
      return jobs.enqueue(job, input, enqueueOptions)
    },
    work: (run) => ({ kind: 'work', job, run }),
  }
  return job
}

/** As pg-boss names queues. */
const NAME = /^[\w.-]{1,200}$/

function assertOptions(name: string, options: AnyJobOptions): void {
  const refuse = (what: string, expected: string): never => {
    throw new DeclarationError('JOB_OPTIONS', `defineJob('${name}') ${what}`, `expected ${expected}, got something else`, 'Correct it')
  }
  const { retries = 0, timeoutMs = 1, priority = 0, backoff = {}, unique, queue = name } = options
  if (!NAME.test(name)) refuse('name', 'letters, digits, _, - and .')
  if (!NAME.test(queue)) refuse('queue', 'letters, digits, _, - and .')
  if (!Number.isSafeInteger(retries) || retries < 0) refuse('retries', 'an integer of 0 or more')
  if (!(timeoutMs > 0)) refuse('timeoutMs', 'milliseconds above 0')
  if (!Number.isSafeInteger(priority)) refuse('priority', 'an integer')
  if (!((backoff.delayMs ?? 1000) >= 0)) refuse('backoff.delayMs', 'milliseconds of 0 or more')
  if (unique !== undefined && !(unique.periodMs >= 1000)) refuse('unique.periodMs', 'at least 1,000 milliseconds')
  // A model that can't be stored is refused now, not by its first job.
  for (const schema of [options.input, options.output, options.progress]) if (schema !== undefined) readModel(schema)
}
