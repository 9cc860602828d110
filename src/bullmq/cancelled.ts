/** The status of cancelled jobs. BullMQ has no such state: a cancelled job is removed from its queue, so its status is stored separately. */
import type { StoredJob } from '../jobs/engine.ts'
import type { BullMQClient } from './queues.ts'

export class CancelledJobs {
  readonly #redis: BullMQClient
  /** A hash from id to status. */
  readonly #key: string
  /** A sorted set of the ids, by the time of the cancellation. */
  readonly #timesKey: string
  readonly #keepMs: number

  constructor(redis: BullMQClient, prefix: string, keepMs: number) {
    this.#redis = redis
    this.#key = `${prefix}:riposte:cancelled`
    this.#timesKey = `${this.#key}:times`
    this.#keepMs = keepMs
  }

  /** Also removes the jobs that were cancelled more than `keepMs` ago. */
  async add(job: StoredJob): Promise<void> {
    await this.#redis.call('ZADD', this.#timesKey, String(job.finishedAt!.getTime()), job.id)
    await this.#redis.call('HSET', this.#key, job.id, JSON.stringify(job))
    await this.pruneOld()
  }

  async find(id: string): Promise<StoredJob | undefined> {
    const [text] = await this.#read([id])
    return text === null || text === undefined ? undefined : toJob(text)
  }

  /** Returns the ids of cancelled jobs among these. */
  async filter(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const texts = await this.#read(ids)
    return new Set(ids.filter((_, index) => texts[index] !== null))
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return
    await this.#redis.call('HDEL', this.#key, ...ids)
    await this.#redis.call('ZREM', this.#timesKey, ...ids)
  }

  async list(): Promise<readonly StoredJob[]> {
    return ((await this.#redis.call('HVALS', this.#key)) as string[]).map(toJob)
  }

  /** Removes the jobs that were cancelled before this time, and returns their number. */
  async prune(before: Date): Promise<number> {
    const old = (await this.#redis.call('ZRANGEBYSCORE', this.#timesKey, '-inf', `(${before.getTime()}`)) as string[]
    await this.remove(old)
    return old.length
  }

  async pruneOld(): Promise<void> {
    await this.prune(new Date(Date.now() - this.#keepMs))
  }

  async #read(ids: readonly string[]): Promise<readonly (string | null)[]> {
    return ids.length === 0 ? [] : ((await this.#redis.call('HMGET', this.#key, ...ids)) as (string | null)[])
  }
}

function toJob(text: string): StoredJob {
  const job = JSON.parse(text) as StoredJob & { readonly createdAt: string; readonly finishedAt: string } // `add()` wrote it
  return { ...job, createdAt: new Date(job.createdAt), finishedAt: new Date(job.finishedAt) }
}
