/** Jobs that were cancelled: BullMQ forgets a job that is removed, so its status is kept beside it. */
import type { StoredJob } from '../jobs/engine.ts'
import type { BullMQClient } from './client.ts'

export class CancelledJobs {
  readonly #redis: BullMQClient
  readonly #key: string

  constructor(redis: BullMQClient, prefix: string) {
    this.#redis = redis
    this.#key = `${prefix}:riposte:cancelled`
  }

  async add(job: StoredJob): Promise<void> {
    await this.#redis.call('HSET', this.#key, job.id, JSON.stringify(job))
  }

  async find(id: string): Promise<StoredJob | undefined> {
    const text = (await this.#redis.call('HGET', this.#key, id)) as string | null
    return text === null ? undefined : toJob(text)
  }

  async has(id: string): Promise<boolean> {
    return Number(await this.#redis.call('HEXISTS', this.#key, id)) === 1
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#redis.call('HDEL', this.#key, ...ids)
  }

  async list(): Promise<readonly StoredJob[]> {
    return ((await this.#redis.call('HVALS', this.#key)) as string[]).map(toJob)
  }

  /** Gives how many. */
  async prune(before: Date): Promise<number> {
    const old = (await this.list()).filter(({ finishedAt }) => finishedAt! < before)
    await this.remove(old.map(({ id }) => id))
    return old.length
  }
}

function toJob(text: string): StoredJob {
  const job = JSON.parse(text) as StoredJob & { readonly createdAt: string; readonly finishedAt: string } // as `add()` wrote it
  return { ...job, createdAt: new Date(job.createdAt), finishedAt: new Date(job.finishedAt) }
}
