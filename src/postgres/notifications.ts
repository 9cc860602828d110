/** Listens for `NOTIFY` with one connection of this process. While it is broken, every attempt to reconnect notifies all listeners. */
import { setTimeout as sleep } from 'node:timers/promises'
import { Listeners } from '../channel/channel-store.ts'

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

/** The time between two attempts to connect. Each notifies all listeners, so that messages arrive while there is no connection. */
const RETRY_MS = 1000
/** The time between two checks of the connection, and the time limit of each. A connection may be lost without an event. */
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
        await this.#listen()
      } catch {
        // The database can't be reached now.
      }
      if (!this.#isWanted) break
      this.#listeners.notifyAll()
      await sleep(RETRY_MS, undefined, { ref: false })
    }
    this.#isRunning = false
  }

  /** Resolves when the connection is lost or nothing is watched. */
  async #listen(): Promise<void> {
    const ended = new Promise<void>((resolve) => (this.#disconnect = resolve))
    const stop = 'listen' in this.#source ? await this.#listenToPGlite(this.#source) : await this.#listenToPool(this.#source)
    try {
      // Messages may have been published before the connection listened.
      this.#listeners.notifyAll()
      if (this.#isWanted) await ended
    } finally {
      this.#disconnect = undefined
      stop()
    }
  }

  async #listenToPGlite(database: NotifyingPGlite): Promise<() => void> {
    const stop = await database.listen(this.#topic, (payload) => this.#listeners.notify(payload))
    return () => void stop().catch(() => undefined)
  }

  async #listenToPool(pool: NotifyingPool): Promise<() => void> {
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
      // This timer would disconnect the next connection.
      clearTimeout(late)
      // The connection would listen in the pool too, so it is closed.
      client.release(true)
    }
  }
}
