/** One attempt of a job: reads the input, runs the worker with a signal and a limit of time, and tells the engine how it ended. */
import { describeError } from '../errors/http-error.ts'
import type { Logger } from '../log.ts'
import type { StoredText } from '../schema/stored-text.ts'
import type { AnyJob, AnyWorker, JobContext } from './define-job.ts'
import type { JobEngine, JobState, TakenJob } from './engine.ts'
import { runAs, type JobOrigin } from './request.ts'

export interface WorkedJob {
  readonly job: AnyJob
  readonly input: StoredText
  readonly output: StoredText | undefined
  readonly progress: StoredText | undefined
  /** `undefined` where this process only enqueues it. */
  readonly run: AnyWorker | undefined
}

/** What `onJobError` is told. */
export interface JobFailure {
  readonly id: string
  readonly job: string
  readonly attempt: number
  readonly error: unknown
  /** `queued` where it is tried again. */
  readonly state: JobState
  /** The request that enqueued it, where `enqueueOnSuccess()` is in use. */
  readonly origin: JobOrigin | undefined
}

export interface AttemptSettings {
  readonly engine: JobEngine
  readonly jobs: ReadonlyMap<string, WorkedJob>
  readonly log: Logger
  readonly onJobError: (failure: JobFailure) => void
}

const DEFAULT_TIMEOUT_MS = 15 * 60_000

/** The worker has ended the job itself. */
const COMPLETED = Symbol('completed')

/** What comes after an attempt: the next job of its queue. `undefined` where the engine was not asked for it. */
export type Next = TakenJob | typeof EMPTY | undefined

/** The queue has no further job. */
export const EMPTY = Symbol('empty')

/** A job that this process works on now. */
export interface Running {
  readonly taken: TakenJob
  readonly controller: AbortController
  /** Never rejects. */
  readonly ended: Promise<Next>
  /** Set where its end is no longer the worker's: the job was handed back, cancelled or lost. */
  isGivenUp: boolean
}

/** The job is another worker's now: what this attempt does must not be kept. */
export class JobLost extends Error {
  constructor({ job, id }: TakenJob) {
    super(`JOB_LOST: job ${job} ${id} was given to another worker, or was cancelled`)
    this.name = 'JobLost'
  }
}

/** A failure that another attempt would meet again. */
class FinalFailure extends Error {}

/** Tells the worker, whose result is not kept. */
export function giveUp(running: Running, reason: unknown): void {
  running.isGivenUp = true
  running.controller.abort(reason)
}

/** Never rejects. `takesNext` is asked at the end. */
export async function runAttempt(settings: AttemptSettings, running: Running, takesNext: () => boolean): Promise<Next> {
  const { engine, jobs, log } = settings
  const { taken } = running
  const known = jobs.get(taken.job)
  try {
    if (known?.run === undefined)
      throw new FinalFailure(`JOB_UNKNOWN: queue ${taken.queue} has a job ${taken.job} that no worker of this process does`)
    const result = await run(settings, running, known, known.run)
    if (result === COMPLETED || running.isGivenUp) return undefined
    if (engine.completeAndTake !== undefined && takesNext()) return (await engine.completeAndTake(taken, result)) ?? EMPTY
    await engine.complete(taken, result)
  } catch (error) {
    if (running.isGivenUp || error instanceof JobLost) return undefined
    await fail(settings, taken, known, error).catch((again: unknown) =>
      log.error(
        { err: again, job: taken.job, jobId: taken.id, ...taken.origin },
        `JOB_ENGINE: job ${taken.job} could not be reported as failed: ${describeError(again)}`,
      ),
    )
  }
  return undefined
}

/** Gives the result as text, or `COMPLETED` where the worker has ended the job itself. */
async function run(
  { engine }: AttemptSettings,
  running: Running,
  known: WorkedJob,
  work: AnyWorker,
): Promise<string | undefined | typeof COMPLETED> {
  const { job, input, output, progress } = known
  const { taken, controller } = running
  const { retries = 0, timeoutMs = DEFAULT_TIMEOUT_MS } = job.options
  const { issues, value } = await input.decode(taken.input)
  if (issues !== undefined) throw new FinalFailure('JOB_INPUT: the stored input does not fit the model of the job')
  let isCompleted = false
  const toText = async (result: unknown) => (output === undefined ? undefined : output.encode(result))
  const context: JobContext<unknown, unknown> = {
    id: taken.id,
    attempt: taken.attempt,
    attempts: retries + 1,
    signal: controller.signal,
    origin: taken.origin,
    async report(reported) {
      if (progress === undefined) throw new TypeError(`JOB_PROGRESS: job ${job.name} declares no progress`)
      await engine.report(taken, await progress.encode(reported))
    },
    async complete({ in: transaction }, ...result) {
      if (running.isGivenUp || !(await engine.complete(taken, await toText(result[0]), transaction))) throw new JobLost(taken)
      isCompleted = true
    },
  }
  const timer = setTimeout(
    () => controller.abort(new DOMException(`The attempt took longer than ${timeoutMs} ms`, 'TimeoutError')),
    timeoutMs,
  )
  try {
    const result = await Promise.race([runAs(taken.origin, async () => work(value, context)), whenAborted(controller.signal)])
    return isCompleted ? COMPLETED : await toText(result)
  } finally {
    clearTimeout(timer)
  }
}

async function fail(settings: AttemptSettings, taken: TakenJob, known: WorkedJob | undefined, error: unknown): Promise<void> {
  const { engine, log, onJobError } = settings
  const isFinal = error instanceof FinalFailure || (known !== undefined && taken.attempt > (known.job.options.retries ?? 0))
  const state = await engine.fail(taken, describeError(error), isFinal)
  const failure: JobFailure = { id: taken.id, job: taken.job, attempt: taken.attempt, error, state, origin: taken.origin }
  log.error(
    { err: error, job: taken.job, jobId: taken.id, attempt: taken.attempt, ...taken.origin },
    `JOB_FAILED: job ${taken.job}: attempt ${taken.attempt} failed${state === 'queued' ? ' and is tried again' : ''}: ${describeError(error)}`,
  )
  try {
    onJobError(failure)
  } catch (again) {
    log.error({ err: again }, `JOB_ERROR_HANDLER: onJobError() failed: ${describeError(again)}`)
  }
}

/** Rejects when the signal aborts. A worker that does not listen to it is not waited for. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
