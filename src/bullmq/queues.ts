/** The queues and workers of BullMQ that this process has opened, and their connection. After `close()`, they can be opened again. */
import type * as BullMQ from 'bullmq'
import type { ConnectionOptions, Queue, Worker } from 'bullmq'
import { isUUID } from '../jobs/engine.ts'
import { STATES, type Entry, type EntryState, type Payload } from './entry.ts'

/** A client of `ioredis`. */
export interface BullMQClient {
  call(command: string, ...args: string[]): Promise<unknown>
  duplicate(options?: object): BullMQClient
  disconnect(): void
  on(event: 'error', listener: (error: Error) => void): unknown
}

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

/** A worker of BullMQ that does not run jobs itself: it only takes them. */
export interface PullWorker extends Worker<Payload, string | null> {
  /** Completes the job, and returns the next job of the queue, locked with the same token. */
  completeAndTake(entry: Entry, result: string | null, token: string): Promise<Entry | undefined>
}

interface Connected {
  readonly bullmq: typeof BullMQ
  /** The connection of BullMQ, which requires that commands wait for a connection without a limit. */
  readonly client: BullMQClient
}

interface Opened {
  readonly queue: Queue<Payload, string | null>
  /** Created when this process takes its first job of the queue. */
  worker: PullWorker | undefined
}

export class Queues {
  /** The names of the queues of this process. */
  names: readonly string[] = []
  readonly #options: QueuesOptions
  readonly #opened = new Map<string, Opened>()
  #connected: Connected | undefined = undefined

  constructor(options: QueuesOptions) {
    this.#options = options
  }

  async open(names: readonly string[]): Promise<void> {
    const bullmq = await import('bullmq')
    this.names = names
    if (this.#connected !== undefined) return
    const { redis, onError } = this.#options
    this.#connected = { bullmq, client: redis.duplicate({ maxRetriesPerRequest: null }) }
    this.#connected.client.on('error', onError)
  }

  async close(): Promise<void> {
    const client = this.#connected?.client
    const all = [...this.#opened.values()]
    this.#connected = undefined
    this.#opened.clear()
    try {
      for (const { queue, worker } of all) {
        await worker?.close(true)
        await queue.close()
      }
    } finally {
      client?.disconnect()
    }
  }

  /** The module of BullMQ. Throws before `open()`. */
  get bullmq(): typeof BullMQ {
    return this.#open.bullmq
  }

  queueOf(name: string): Opened['queue'] {
    return this.#openQueue(name).queue
  }

  /** Only a worker of BullMQ can take jobs. */
  async workerOf(name: string): Promise<PullWorker> {
    const opened = this.#openQueue(name)
    if (opened.worker === undefined) {
      const { leaseMs, onError } = this.#options
      opened.worker = createWorker(this.bullmq, name, {
        ...this.#connection,
        autorun: false,
        lockDuration: leaseMs,
        stalledInterval: Math.ceil(leaseMs / 2),
        // No limit: the engine counts the attempts itself.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
      })
      opened.worker.on('error', onError)
      await opened.worker.startStalledCheckTimer()
    }
    return opened.worker
  }

  /** Resolves when the queue may have a job that is due, or after the timeout. BullMQ wakes one process for each job. */
  async waitForJob(name: string, timeoutMs: number): Promise<void> {
    const { backend } = await this.workerOf(name)
    const marker = await backend.waitForJob(timeoutMs / 1000)
    // The score is the start time of the next delayed job.
    const early = (marker?.score ?? 0) - Date.now()
    if (early > 0) await new Promise((resolve) => setTimeout(resolve, Math.min(early, timeoutMs)).unref())
  }

  async find(id: string): Promise<FoundEntry | undefined> {
    if (!isUUID(id) && !SCHEDULED_ID.test(id)) return undefined
    const found = await Promise.all(this.names.map(async (queue) => ({ queue, entry: await this.queueOf(queue).getJob(id) })))
    const there = found.find(({ entry }) => entry !== undefined)
    const state = (await there?.entry?.getState()) as EntryState | undefined // other states are refused below
    if (there === undefined || state === undefined || !STATE_NAMES.includes(state)) return undefined
    return { queue: there.queue, entry: there.entry as Entry, state } // an entry with a state exists
  }

  #openQueue(name: string): Opened {
    let opened = this.#opened.get(name)
    if (opened === undefined) {
      const queue = new this.bullmq.Queue<Payload, string | null>(name, this.#connection)
      queue.on('error', this.#options.onError)
      opened = { queue, worker: undefined }
      this.#opened.set(name, opened)
    }
    return opened
  }

  get #open(): Connected {
    if (this.#connected === undefined) throw new Error('JOB_ENGINE: bullmq() is not open: start() or open() the jobs first')
    return this.#connected
  }

  get #connection(): { connection: ConnectionOptions; prefix: string } {
    return { connection: this.#open.client, prefix: this.#options.prefix }
  }
}

/** The id that BullMQ gives a job of a schedule. Other texts are refused, because they could be the key of something that is not a job. */
const SCHEDULED_ID = /^repeat:[\w.-]+:\d+$/

function createWorker({ Worker }: typeof BullMQ, name: string, options: BullMQ.WorkerOptions): PullWorker {
  class Puller extends Worker<Payload, string | null> implements PullWorker {
    async completeAndTake(entry: Entry, result: string | null, token: string): Promise<Entry | undefined> {
      const next = await entry.moveToCompleted(result, token, true)
      // BullMQ's own worker calls the same method. For a job of a schedule, it stores the next job of the schedule.
      return Array.isArray(next) ? this.nextJobFromJobData(next[0], next[1], token) : undefined
    }
  }
  return new Puller(name, undefined, options)
}
