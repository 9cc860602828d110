/** The queues that a process has opened in Redis, and what waits for their jobs. */
import type * as BullMQ from 'bullmq'
import type { ConnectionOptions, Queue, Worker } from 'bullmq'
import { isUUID } from '../jobs/engine.ts'
import type { BullMQClient } from './client.ts'
import { STATES, type Entry, type EntryState, type Payload } from './entry.ts'

export const STATE_NAMES = Object.keys(STATES) as EntryState[]

export interface FoundEntry {
  readonly queue: string
  readonly entry: Entry
  readonly state: EntryState
}

interface QueuesOptions {
  readonly redis: BullMQClient
  readonly prefix: string
  readonly leaseMs: number
  readonly onError: (error: Error) => void
}

/** A worker of BullMQ that runs no jobs by itself. */
export interface PullWorker extends Worker<Payload, string | null> {
  /** Gives the next job of the queue, which has the same token. */
  completeAndTake(entry: Entry, result: string | null, token: string): Promise<Entry | undefined>
}

interface Opened {
  readonly queue: Queue<Payload, string | null>
  /** Made when this process takes the first job. */
  worker: PullWorker | undefined
}

export class Queues {
  /** The queues of this process's jobs. */
  names: readonly string[] = []
  readonly #options: QueuesOptions
  readonly #opened = new Map<string, Opened>()
  #bull: typeof BullMQ | undefined = undefined
  /** For BullMQ, whose commands wait for a connection for as long as it takes. */
  #own: BullMQClient | undefined = undefined

  constructor(options: QueuesOptions) {
    this.#options = options
  }

  async open(names: readonly string[]): Promise<void> {
    this.#bull = await import('bullmq')
    this.#own ??= this.#options.redis.duplicate({ maxRetriesPerRequest: null })
    this.#own.on('error', this.#options.onError)
    this.names = names
  }

  async close(): Promise<void> {
    for (const { queue, worker } of this.#opened.values()) {
      await worker?.close(true)
      await queue.close()
    }
    this.#own?.disconnect()
  }

  /** BullMQ itself. */
  get bullmq(): typeof BullMQ {
    if (this.#bull === undefined) throw new Error('JOB_ENGINE: bullmq() is not open: start() or open() the jobs first')
    return this.#bull
  }

  queueOf(name: string): Opened['queue'] {
    return this.#open(name).queue
  }

  /** BullMQ gives jobs to a worker only. It runs none by itself. */
  async workerOf(name: string): Promise<PullWorker> {
    const opened = this.#open(name)
    if (opened.worker === undefined) {
      const { leaseMs, onError } = this.#options
      opened.worker = createWorker(this.bullmq, name, {
        ...this.#connection,
        autorun: false,
        lockDuration: leaseMs,
        stalledInterval: Math.ceil(leaseMs / 2),
        // How often a job may be started is decided by its attempts.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      })
      opened.worker.on('error', onError)
      await opened.worker.startStalledCheckTimer()
    }
    return opened.worker
  }

  /** Resolves when the queue may have a job that is due, or the time is up. BullMQ wakes one process for each job. */
  async waitForJob(name: string, timeoutMs: number): Promise<void> {
    const { backend } = await this.workerOf(name)
    const marker = await backend.waitForJob(timeoutMs / 1000)
    // The score is the time of the next job that is for later.
    const early = (marker?.score ?? 0) - Date.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(early, timeoutMs)).unref())
  }

  async find(id: string): Promise<FoundEntry | undefined> {
    if (!isUUID(id) && !SCHEDULED_ID.test(id)) return undefined
    const found = await Promise.all(this.names.map(async (queue) => ({ queue, entry: await this.queueOf(queue).getJob(id) })))
    const there = found.find(({ entry }) => entry !== undefined)
    const state = (await there?.entry?.getState()) as EntryState | undefined // states that are not ours are refused below
    if (there === undefined || state === undefined || !STATE_NAMES.includes(state)) return undefined
    return { queue: there.queue, entry: there.entry as Entry, state } // it has a state
  }

  #open(name: string): Opened {
    let opened = this.#opened.get(name)
    if (opened === undefined) {
      const queue = new this.bullmq.Queue<Payload, string | null>(name, this.#connection)
      queue.on('error', this.#options.onError)
      opened = { queue, worker: undefined }
      this.#opened.set(name, opened)
    }
    return opened
  }

  get #connection(): { connection: ConnectionOptions; prefix: string } {
    return { connection: this.#own as unknown as ConnectionOptions, prefix: this.#options.prefix } // a client of ioredis, of which only the shape is named here
  }
}

/** The id of a job that a schedule has made: another text could name a key that is no job. */
const SCHEDULED_ID = /^repeat:[\w.-]+:\d+$/

function createWorker({ Worker }: typeof BullMQ, name: string, options: BullMQ.WorkerOptions): PullWorker {
  class Puller extends Worker<Payload, string | null> implements PullWorker {
    async completeAndTake(entry: Entry, result: string | null, token: string): Promise<Entry | undefined> {
      const next = await entry.moveToCompleted(result, token, true)
      // As BullMQ's own worker does: a job of a schedule stores the one that comes after it.
      return Array.isArray(next) ? this.nextJobFromJobData(next[0], next[1], token) : undefined
    }
  }
  return new Puller(name, undefined, options)
}
