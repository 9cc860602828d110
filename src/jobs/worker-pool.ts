/** Runs the jobs of this process: takes them from the engine, up to the concurrency of each queue, renews their leases, and hands them back. */
import { setTimeout as sleep } from 'node:timers/promises'
import { describeError } from '../errors/http-error.ts'
import { EMPTY, giveUp, JobLost, runAttempt, type AttemptSettings, type Running } from './attempt.ts'
import { endsWithin, type TakenJob } from './engine.ts'

interface PoolSettings extends AttemptSettings {
  readonly pollMs: number
}

/** How long an engine may take to accept jobs that are handed back. */
const HAND_BACK_MS = 5000

export class WorkerPool {
  readonly #settings: PoolSettings
  readonly #running = new Map<string, Running>()
  readonly #wakes = new Map<string, (mayHaveJobs: boolean) => void>()
  readonly #loops: Promise<void>[] = []
  #isStopping = false
  #heartbeat: NodeJS.Timeout | undefined = undefined

  constructor(settings: PoolSettings) {
    this.#settings = settings
  }

  /** Called when this process has stored a job. An engine that can wait for jobs wakes one of all processes itself. */
  notify(queue: string): void {
    if (this.#settings.engine.waitForJob === undefined) this.#wakes.get(queue)?.(true)
  }

  /** Aborts the worker of the job, if it runs in this process. */
  cancel(id: string): void {
    const running = this.#running.get(id)
    if (running !== undefined) giveUp(running, new DOMException('The job was cancelled', 'AbortError'))
  }

  start(queue: string, concurrency: number): void {
    this.#heartbeat ??= setInterval(() => void this.#extend(), this.#settings.engine.leaseMs / 3).unref()
    const loop = this.#loop(queue, concurrency).catch((error: unknown) =>
      this.#settings.log.error({ err: error, queue }, `JOB_ENGINE: queue ${queue}: jobs could not be handed back: ${describeError(error)}`),
    )
    this.#loops.push(loop)
  }

  /** Waits for running jobs for `stopMs`, then hands them back. Does not wait for an engine that does not respond. */
  async stop(stopMs: number): Promise<void> {
    this.#isStopping = true
    for (const wake of this.#wakes.values()) wake(false)
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
          await this.#begin(taken, () => false).ended
        }
      }
    } while (count > 0)
  }

  async #loop(queue: string, concurrency: number): Promise<void> {
    const { engine } = this.#settings
    const own = new Set<Running>()
    /** Whether there may be a job to take. */
    let isDue = true
    let wake: (() => void) | undefined
    this.#wakes.set(queue, (mayHaveJobs) => {
      isDue ||= mayHaveJobs
      wake?.()
    })
    const work = (taken: TakenJob) => {
      const running = this.#begin(taken, () => !this.#isStopping)
      own.add(running)
      void running.ended.then((next) => {
        own.delete(running)
        if (typeof next === 'object') work(next)
        else this.#wakes.get(queue)!(next !== EMPTY)
      })
    }
    let waiting: Promise<void> | undefined
    while (!this.#isStopping) {
      const woken = new Promise<void>((resolve) => (wake = resolve))
      const free = concurrency - own.size
      if (free > 0 && isDue) {
        isDue = false
        const taken = await this.#take(queue, free)
        if (this.#isStopping && taken.length > 0) return engine.handBack(taken)
        for (const each of taken) work(each)
        // After a full batch, there may be more jobs.
        if (taken.length === free) isDue = true
      } else if (free > 0) {
        waiting ??= this.#waitForJob(queue).finally(() => {
          waiting = undefined
          isDue = true
        })
        await Promise.race([woken, waiting])
      } else await woken
    }
  }

  async #take(queue: string, count: number): Promise<readonly TakenJob[]> {
    const { engine, log } = this.#settings
    try {
      return await engine.take(queue, count)
    } catch (error) {
      log.error({ err: error, queue }, `JOB_ENGINE: queue ${queue}: jobs could not be taken: ${describeError(error)}`)
      return []
    }
  }

  async #waitForJob(queue: string): Promise<void> {
    const { engine, pollMs } = this.#settings
    const wait = () => sleep(pollMs, undefined, { ref: false })
    await (engine.waitForJob?.(queue, pollMs).catch(wait) ?? wait())
  }

  /** `takesNext`: whether to take the next job of the queue when this one ends. */
  #begin(taken: TakenJob, takesNext: () => boolean): Running {
    const controller = new AbortController()
    const running: Running = { taken, controller, isGivenUp: false, ended: Promise.resolve(undefined) }
    const ended = runAttempt(this.#settings, running, takesNext).finally(() => this.#running.delete(taken.id))
    const begun: Running = Object.assign(running, { ended })
    this.#running.set(taken.id, begun)
    return begun
  }

  /** Renews the leases of the running jobs. Gives up a job that another worker has now. */
  async #extend(): Promise<void> {
    const { engine, log } = this.#settings
    const all = [...this.#running.values()].filter(({ isGivenUp }) => !isGivenUp)
    if (all.length === 0) return
    try {
      const kept = await engine.extend(all.map(({ taken }) => taken))
      for (const running of all)
        if (!kept.has(running.taken.id) && this.#running.has(running.taken.id)) giveUp(running, new JobLost(running.taken))
    } catch (error) {
      log.error({ err: error }, `JOB_ENGINE: the lease of running jobs could not be extended: ${describeError(error)}`)
    }
  }

  async #handBack(): Promise<void> {
    const left = [...this.#running.values()].filter(({ isGivenUp }) => !isGivenUp)
    for (const running of left) giveUp(running, new DOMException('The process is about to end', 'AbortError'))
    if (left.length > 0) await this.#settings.engine.handBack(left.map(({ taken }) => taken))
  }

  async #allEnded(): Promise<void> {
    await Promise.all(this.#loops)
    while (this.#running.size > 0) await Promise.all(Array.from(this.#running.values(), ({ ended }) => ended))
  }
}
