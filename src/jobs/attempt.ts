/** One attempt of a job: reads the input, runs the worker with a signal and a time limit, and reports the result or the failure to the engine. */
import { describeError } from '../errors/http-error.ts'
import type { Logger } from '../log.ts'
import type { StoredText } from '../schema/wire.ts'
import { settingsOf, type AnyJob, type AnyWorker, type JobContext } from './define-job.ts'
import type { JobEngine, JobOrigin, JobState, TakenJob } from './engine.ts'
import { runAs } from './enqueue.ts'

export interface WorkedJob {
  readonly job: AnyJob
  readonly input: StoredText
  readonly output: StoredText | undefined
  readonly progress: StoredText | undefined
  /** `undefined` if this process only enqueues the job. */
  readonly run: AnyWorker | undefined
}

/** The argument of `onJobError`. */
export interface JobFailure {
  readonly id: string
  readonly job: string
  readonly attempt: number
  readonly error: unknown
  /** `queued` if the job is tried again. */
  readonly state: JobState
  /** The request that enqueued the job, if `enqueueOnSuccess()` is in use. */
  readonly origin: JobOrigin | undefined
}

export interface AttemptSettings {
  readonly engine: JobEngine
  readonly jobs: ReadonlyMap<string, WorkedJob>
  readonly log: Logger
  readonly onJobError: (failure: JobFailure) => void
}

/** The result of a worker that has called `complete()`. */
const COMPLETED = Symbol('completed')

/** The next job of the queue, taken at the end of an attempt. `undefined` if the engine was not asked for it. */
export type Next = TakenJob | typeof EMPTY | undefined

/** The engine was asked, and the queue has no further job. */
export const EMPTY = Symbol('empty')

/** A job that this process is running. */
export interface Running {
  readonly taken: TakenJob
  readonly controller: AbortController
  /** Never rejects. */
  readonly ended: Promise<Next>
  /** Whether the result of the worker is ignored, because the job was handed back, cancelled or lost. */
  isGivenUp: boolean
}

/** Another worker has the job now, so the effect of this attempt must be rolled back. */
export class JobLost extends Error {
  constructor({ job, id }: TakenJob) {
    super(`JOB_LOST: job ${job} ${id} was given to another worker, or was cancelled`)
    this.name = 'JobLost'
  }
}

/** A failure that would happen again in every further attempt. */
class FinalFailure extends Error {}

/** Aborts the worker's signal. The result of the worker is ignored. */
export function giveUp(running: Running, reason: unknown): void {
  running.isGivenUp = true
  running.controller.abort(reason)
}

/** Never rejects. `takesNext` is called at the end of the attempt: whether to take the next job. */
export async function runAttempt(settings: AttemptSettings, running: Running, takesNext: () => boolean): Promise<Next> {
  const { engine, jobs, log } = settings
  const { taken } = running
  const known = jobs.get(taken.job)
  try {
    if (known?.run === undefined)
      throw new FinalFailure(`JOB_UNKNOWN: queue ${taken.queue} has a job ${taken.job} that no worker of this process handles`)
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

/** Returns the result as text, or `COMPLETED` if the worker has called `complete()`. */
async function run(
  { engine }: AttemptSettings,
  running: Running,
  known: WorkedJob,
  work: AnyWorker,
): Promise<string | undefined | typeof COMPLETED> {
  const { job, input, output, progress } = known
  const { taken, controller } = running
  const { retries, timeoutMs } = settingsOf(job)
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
  const isFinal = error instanceof FinalFailure || (known !== undefined && taken.attempt > settingsOf(known.job).retries)
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

/** Rejects when the signal aborts, so that an attempt ends even if its worker ignores the signal. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
