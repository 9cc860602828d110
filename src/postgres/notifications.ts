/** One connection of this process that hears `NOTIFY`, and asks from time to time while it is broken. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Listeners } from '../channel/listeners.ts'

/** A `Pool` of `pg`. */
export interface NotifyingPool {
  connect(): Promise<NotifyingClient>
}

interface NotifyingClient {
  query(text: string): Promise<unknown>
  on(event: 'notification', listener: (notification: { readonly payload?: string | undefined }) => void): unknown
  on(event: 'error' | 'end', listener: () => void): unknown
  release(destroy?: boolean): void
}

/** A PGlite. */
export interface NotifyingPGlite {
  listen(channel: string, listener: (payload: string) => void): Promise<() => Promise<void>>
}

/** Between two tries to connect. Everybody is notified after each, so that messages arrive while no connection hears them. */
const RETRY_MS = 1000
/** A connection may be lost without a sign: it is asked so often, and must answer within the same time. */
const CHECK_MS = 5000

export class Notifications {
  readonly #source: NotifyingPool | NotifyingPGlite
  readonly #topic: string
  readonly #listeners = new Listeners()
  #isRunning = false
  #isClosed = false
  #disconnect: (() => void) | undefined = undefined

  constructor(source: NotifyingPool | NotifyingPGlite, topic: string) {
    this.#source = source
    this.#topic = topic
  }

  /** Calls `notify` for each notification with this payload, and whenever one may have been missed. */
  watch(payload: string, notify: () => void): () => void {
    const remove = this.#listeners.add(payload, notify)
    if (!this.#isRunning && !this.#isClosed) void this.#run()
    return () => {
      remove()
      if (this.#listeners.isEmpty) this.#disconnect?.()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect?.()
  }

  get #isWanted(): boolean {
    return !this.#isClosed && !this.#listeners.isEmpty
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#isWanted) {
      try {
        await this.#hear()
      } catch {
        // The database can't be reached now.
      }
      if (!this.#isWanted) break
      this.#listeners.notifyAll()
      await sleep(RETRY_MS, undefined, { ref: false })
    }
    this.#isRunning = false
  }

  /** Resolves when the connection is gone or nobody watches. */
  async #hear(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#disconnect = resolve))
    const stop = 'listen' in this.#source ? await this.#hearPGlite(this.#source) : await this.#hearPool(this.#source)
    try {
      // What was published before the connection heard.
      this.#listeners.notifyAll()
      if (this.#isWanted) await ended
    } finally {
      this.#disconnect = undefined
      stop()
    }
  }

  async #hearPGlite(database: NotifyingPGlite): Promise<() => void> {
    const stop = await database.listen(this.#topic, (payload) => this.#listeners.notify(payload))
    return () => void stop().catch(() => undefined)
  }

  async #hearPool(pool: NotifyingPool): Promise<() => void> {
    const client = await pool.connect()
    client.on('notification', ({ payload = '' }) => this.#listeners.notify(payload))
    client.on('error', () => this.#disconnect?.())
    client.on('end', () => this.#disconnect?.())
    try {
      await client.query(`LISTEN ${this.#topic}`)
    } catch (error) {
      client.release(true)
      throw error
    }
    let late: NodeJS.Timeout | undefined
    const check = setInterval(() => {
      late = setTimeout(() => this.#disconnect?.(), CHECK_MS).unref()
      client
        .query('SELECT 1')
        .catch(() => this.#disconnect?.())
        .finally(() => clearTimeout(late))
    }, CHECK_MS).unref()
    return () => {
      clearInterval(check)
      // It would disconnect the connection that comes after this one.
      clearTimeout(late)
      // The connection hears until it ends: it does not go back into the pool.
      client.release(true)
    }
  }
}
