/** Takes jobs from an engine and runs them: so many at once of each queue, each attempt with a signal and a limit of time. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '../errors/http-error.ts'
import type { Logger } from '../log.ts'
import type { StoredText } from '../schema/stored-text.ts'
import type { AnyJob, AnyWorker, JobContext } from './define-job.ts'
import type { JobEngine, JobState, TakenJob } from './engine.ts'
import { endsWithin } from './ends-within.ts'
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

interface PoolSettings {
  readonly engine: JobEngine
  readonly jobs: ReadonlyMap<string, WorkedJob>
  readonly pollMs: number
  readonly log: Logger
  readonly onJobError: (failure: JobFailure) => void
}

const DEFAULT_TIMEOUT_MS = 15 * 60_000
/** How long an engine may take to take jobs back. */
const HAND_BACK_MS = 5000

/** A job that this process works on now. */
interface Running {
  readonly taken: TakenJob
  readonly controller: AbortController
  /** Gives the next job, where the engine has taken one with the end of this one. Never rejects. */
  readonly ended: Promise<TakenJob | undefined>
  /** Set where its end is no longer the worker's: the job was handed back, cancelled or lost. */
  isGivenUp: boolean
}

/** The job is another worker's now: what this attempt does must not be kept. */
class JobLost extends Error {
  constructor({ job, id }: TakenJob) {
    super(`JOB_LOST: job ${job} ${id} was given to another worker, or was cancelled`)
    this.name = 'JobLost'
  }
}

/** A failure that another attempt would meet again. */
class FinalFailure extends Error {}

export class WorkerPool {
  readonly #settings: PoolSettings
  readonly #running = new Map<string, Running>()
  readonly #wakes = new Map<string, () => void>()
  readonly #loops: Promise<void>[] = []
  #isStopping = false
  #heartbeat: NodeJS.Timeout | undefined = undefined

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /** There may be a new job in the queue. */
  notify(queue: string): void {
    this.#wakes.get(queue)?.()
  }

  /** Tells the job's worker, where it runs here. */
  cancel(id: string): void {
    const running = this.#running.get(id)
    if (running !== undefined) this.#giveUp(running, new DOMException('The job was cancelled', 'AbortError'))
  }

  start(queue: string, concurrency: number): void {
    this.#heartbeat ??= setInterval(() => void this.#extend(), this.#settings.engine.leaseMs / 3).unref()
    const loop = this.#loop(queue, concurrency).catch((error: unknown) =>
      this.#settings.log.error({ err: error, queue }, `JOB_ENGINE: queue ${queue}: jobs could not be handed back: ${describeError(error)}`),
    )
    this.#loops.push(loop)
  }

  /** Waits for running jobs until the time is up, then hands them back. An engine that does not answer is not waited for. */
  async stop(stopMs: number): Promise<void> {
    this.#isStopping = true
    for (const wake of this.#wakes.values()) wake()
    try {
      if (!(await endsWithin(stopMs, this.#allEnded()))) await endsWithin(HAND_BACK_MS, this.#handBack())
    } finally {
      clearInterval(this.#heartbeat)
    }
  }

  async drain(queues: Iterable<string>): Promise<void> {
    let count: number
    do {
      count = 0
      for (const queue of queues) {
        for (const taken of await this.#settings.engine.take(queue, 10)) {
          count++
          await this.#begin(taken, false).ended
        }
      }
    } while (count > 0)
  }

  async #loop(queue: string, concurrency: number): Promise<void> {
    const { engine, log } = this.#settings
    const own = new Set<Running>()
    const work = (taken: TakenJob) => {
      const running = this.#begin(taken, engine.completeAndTake !== undefined)
      own.add(running)
      void running.ended.then((next) => {
        own.delete(running)
        if (next === undefined) this.notify(queue)
        else work(next)
      })
    }
    let waiting: Promise<void> | undefined
    while (!this.#isStopping) {
      let isWoken = false
      const woken = new Promise<void>((resolve) => {
        this.#wakes.set(queue, () => {
          isWoken = true
          resolve()
        })
      })
      const free = concurrency - own.size
      let taken: readonly TakenJob[] = []
      try {
        if (free > 0) taken = await engine.take(queue, free)
      } catch (error) {
        log.error({ err: error, queue }, `JOB_ENGINE: queue ${queue}: jobs could not be taken: ${describeError(error)}`)
      }
      if (this.#isStopping && taken.length > 0) return engine.handBack(taken)
      for (const each of taken) work(each)
      // A full batch: there may be more.
      if (isWoken || (taken.length > 0 && taken.length === free && own.size < concurrency)) continue
      if (own.size === concurrency) await woken
      else {
        waiting ??= this.#waitForJob(queue).finally(() => (waiting = undefined))
        await Promise.race([woken, waiting])
      }
    }
  }

  async #waitForJob(queue: string): Promise<void> {
    const { engine, pollMs } = this.#settings
    const wait = () => sleep(pollMs, undefined, { ref: false })
    await (engine.waitForJob?.(queue, pollMs).catch(wait) ?? wait())
  }

  /** `takesNext`: its end takes the next job of the queue. */
  #begin(taken: TakenJob, takesNext: boolean): Running {
    const controller = new AbortController()
    const running: Running = { taken, controller, isGivenUp: false, ended: Promise.resolve(undefined) }
    const ended = this.#attempt(running, takesNext).finally(() => this.#running.delete(taken.id))
    const begun: Running = Object.assign(running, { ended })
    this.#running.set(taken.id, begun)
    return begun
  }

  async #attempt(running: Running, takesNext: boolean): Promise<TakenJob | undefined> {
    const { engine, jobs, log } = this.#settings
    const { taken } = running
    const known = jobs.get(taken.job)
    try {
      if (known?.run === undefined)
        throw new FinalFailure(`JOB_UNKNOWN: queue ${taken.queue} has a job ${taken.job} that no worker of this process does`)
      const result = await this.#run(running, known, known.run)
      if (result === COMPLETED || running.isGivenUp) return undefined
      if (takesNext && !this.#isStopping) return await engine.completeAndTake?.(taken, result)
      await engine.complete(taken, result)
    } catch (error) {
      if (running.isGivenUp || error instanceof JobLost) return undefined
      await this.#fail(taken, known, error).catch((again: unknown) =>
        log.error(
          { err: again, job: taken.job, jobId: taken.id, ...taken.origin },
          `JOB_ENGINE: job ${taken.job} could not be reported as failed: ${describeError(again)}`,
        ),
      )
    }
    return undefined
  }

  /** Gives the result as text, or `COMPLETED` where the worker has ended the job itself. */
  async #run(running: Running, known: WorkedJob, run: AnyWorker): Promise<string | undefined | typeof COMPLETED> {
    const { job, input, output, progress } = known
    const { taken, controller } = running
    const { engine } = this.#settings
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
      const result = await Promise.race([runAs(taken.origin, async () => run(value, context)), whenAborted(controller.signal)])
      return isCompleted ? COMPLETED : await toText(result)
    } finally {
      clearTimeout(timer)
    }
  }

  async #fail(taken: TakenJob, known: WorkedJob | undefined, error: unknown): Promise<void> {
    const { engine, log, onJobError } = this.#settings
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

  /** Tells the engine that this process is alive. A job that was taken away meanwhile is given up. */
  async #extend(): Promise<void> {
    const { engine, log } = this.#settings
    const all = [...this.#running.values()].filter(({ isGivenUp }) => !isGivenUp)
    if (all.length === 0) return
    try {
      const kept = await engine.extend(all.map(({ taken }) => taken))
      for (const running of all)
        if (!kept.has(running.taken.id) && this.#running.has(running.taken.id)) this.#giveUp(running, new JobLost(running.taken))
    } catch (error) {
      log.error({ err: error }, `JOB_ENGINE: the lease of running jobs could not be extended: ${describeError(error)}`)
    }
  }

  async #handBack(): Promise<void> {
    const left = [...this.#running.values()].filter(({ isGivenUp }) => !isGivenUp)
    for (const running of left) this.#giveUp(running, new DOMException('The process is about to end', 'AbortError'))
    if (left.length > 0) await this.#settings.engine.handBack(left.map(({ taken }) => taken))
  }

  #giveUp(running: Running, reason: unknown): void {
    running.isGivenUp = true
    running.controller.abort(reason)
  }

  async #allEnded(): Promise<void> {
    await Promise.all(this.#loops)
    while (this.#running.size > 0) await Promise.all(Array.from(this.#running.values(), ({ ended }) => ended))
  }
}

const COMPLETED = Symbol('completed')

/** Rejects when the signal aborts. A worker that does not listen to it is not waited for. */
function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
