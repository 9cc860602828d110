/** The jobs that this process has taken. BullMQ locks each with a token, and counts every start. */
import type { TakenJob } from '../jobs/engine.ts'
import { attemptsOf, isRefused, toTaken, type Entry } from './entry.ts'
import type { PullWorker, Queues } from './queues.ts'

interface Held {
  readonly entry: Entry
  readonly token: string
}

export class TakenJobs {
  readonly #queues: Queues
  readonly #leaseMs: number
  readonly #held = new Map<string, Held>()

  constructor(queues: Queues, leaseMs: number) {
    this.#queues = queues
    this.#leaseMs = leaseMs
  }

  /** If a command fails, the jobs that the other commands have taken are still returned, because they are locked for this process. */
  async take(queue: string, count: number): Promise<readonly TakenJob[]> {
    const worker = await this.#queues.workerOf(queue)
    const jobs: TakenJob[] = []
    // BullMQ returns one job per call. Calls that are made together cost one round trip, so their number doubles with each turn.
    for (let width = 2; jobs.length < count; width *= 2) {
      const calls = Array.from({ length: Math.min(width, count - jobs.length) }, () => this.#takeOne(worker, queue))
      const results = await Promise.allSettled(calls)
      for (const result of results) if (result.status === 'fulfilled' && result.value !== undefined) jobs.push(...result.value)
      const failed = results.find((result) => result.status === 'rejected')
      if (failed !== undefined && jobs.length === 0) throw failed.reason
      if (failed !== undefined || results.some((result) => result.status === 'fulfilled' && result.value === undefined)) break
    }
    return jobs
  }

  /** `undefined` if the queue is empty. */
  async #takeOne(worker: PullWorker, queue: string): Promise<readonly TakenJob[] | undefined> {
    const token = crypto.randomUUID()
    const entry = await worker.getNextJob(token, { block: false })
    return entry && this.#hold(queue, entry, token)
  }

  /** Returns the job, or none if it has no attempts left: BullMQ restarts the job of a dead process without a limit. */
  async #hold(queue: string, entry: Entry, token: string): Promise<readonly TakenJob[]> {
    const taken = toTaken(queue, entry)
    this.#held.set(taken.id, { entry, token })
    if (taken.attempt <= entry.data.retries + 1) return [taken]
    // The process of the last attempt died, so this start is not an attempt.
    await this.#end(taken, async () => {
      await countNoAttempt(entry)
      await entry.moveToFailed(new this.#queues.bullmq.UnrecoverableError('The process of the last attempt ended'), token)
    })
    return []
  }

  complete(taken: TakenJob, result: string | undefined): Promise<boolean> {
    return this.#end(taken, ({ entry, token }) => entry.moveToCompleted(result ?? null, token, false))
  }

  async completeAndTake(taken: TakenJob, result: string | undefined): Promise<TakenJob | undefined> {
    const worker = await this.#queues.workerOf(taken.queue)
    let next: { readonly entry: Entry | undefined; readonly token: string } | undefined
    await this.#end(taken, async ({ entry, token }) => {
      next = { entry: await worker.completeAndTake(entry, result ?? null, token), token }
    })
    if (next?.entry === undefined) return undefined
    // If the next job can't be failed now, its lock expires and another process tries again. The completed job is not affected.
    const [job] = await this.#hold(taken.queue, next.entry, next.token).catch(() => [])
    return job
  }

  async fail(taken: TakenJob, reason: string, isFinal: boolean): Promise<void> {
    const error = isFinal ? new this.#queues.bullmq.UnrecoverableError(reason) : new Error(reason)
    await this.#end(taken, ({ entry, token }) => entry.moveToFailed(error, token))
  }

  async handBack(jobs: readonly TakenJob[]): Promise<void> {
    for (const taken of jobs) {
      await this.#end(taken, async ({ entry, token }) => {
        await countNoAttempt(entry)
        await entry.moveToWait(token)
      })
    }
  }

  /** Returns the ids of the jobs that this process still has. */
  async extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>> {
    const kept = new Set<string>()
    for (const queue of new Set(jobs.map((job) => job.queue))) {
      const held = jobs.flatMap((job) => (job.queue === queue ? (this.#heldFor(job) ?? []) : []))
      const ids = held.map(({ entry }) => entry.id!)
      const tokens = held.map(({ token }) => token)
      const lost = new Set(await (await this.#queues.workerOf(queue)).extendJobLocks(ids, tokens, this.#leaseMs))
      for (const id of ids) {
        if (lost.has(id)) this.forget(id)
        else kept.add(id)
      }
    }
    return kept
  }

  async report(taken: TakenJob, progress: string): Promise<void> {
    await this.#heldFor(taken)?.entry.updateProgress(progress)
  }

  /** For a job that was cancelled, or that another process has now. */
  forget(id: string): void {
    this.#held.delete(id)
  }

  #heldFor({ id, attempt }: TakenJob): Held | undefined {
    const held = this.#held.get(id)
    return held !== undefined && attemptsOf(held.entry) === attempt ? held : undefined
  }

  /** `false` if this process has lost the job. */
  async #end(taken: TakenJob, action: (held: Held) => Promise<unknown>): Promise<boolean> {
    const held = this.#heldFor(taken)
    if (held === undefined) return false
    try {
      await action(held)
    } catch (error) {
      if (!isRefused(error)) throw error
      return false
    } finally {
      this.forget(taken.id)
    }
    return true
  }
}

async function countNoAttempt(entry: Entry): Promise<void> {
  await entry.updateData({ ...entry.data, handedBack: (entry.data.handedBack ?? 0) + 1 })
}
