/** One connection that waits for the messages of all streams that this process watches. */
import { setTimeout as sleep } from 'node:timers/promises'
import { openConnection, type OwnConnection, type RedisClient, type SendCommand } from './client.ts'

/** How long one question to the server waits for an answer. */
const WAIT_MS = 5000
const MOST_ENTRIES = 100
const RETRY_MS = 200

interface Watched {
  /** `undefined` until the newest message of the stream is known. */
  position: string | undefined
  readonly notify: Set<() => void>
}

type StreamEntries = readonly [key: unknown, entries: readonly (readonly [id: unknown, fields: unknown])[]]

export class StreamReader {
  readonly #client: RedisClient
  readonly #send: SendCommand
  /** A stream that only this process reads: an entry ends the wait, so that a new stream can be waited for. */
  readonly #wakeKey: string
  readonly #watched = new Map<string, Watched>()
  #wakePosition = '0-0'
  #isRunning = false
  #isClosed = false
  #connection: OwnConnection | undefined = undefined

  constructor(client: RedisClient, send: SendCommand, wakeKey: string) {
    this.#client = client
    this.#send = send
    this.#wakeKey = wakeKey
  }

  watch(key: string, notify: () => void): () => void {
    let watched = this.#watched.get(key)
    if (watched === undefined) {
      this.#watched.set(key, (watched = { position: undefined, notify: new Set() }))
      void this.#begin(key, watched)
    }
    watched.notify.add(notify)
    return () => {
      watched.notify.delete(notify)
      if (watched.notify.size === 0 && this.#watched.get(key) === watched) this.#watched.delete(key)
      if (this.#watched.size === 0) this.#disconnect()
    }
  }

  close(): void {
    this.#isClosed = true
    this.#disconnect()
  }

  async #begin(key: string, watched: Watched): Promise<void> {
    await this.#findPosition(key, watched)
    if (this.#isRunning) await this.#wake().catch(() => undefined)
    else await this.#run()
  }

  /** Messages from before the position was known: every subscriber is notified once. */
  async #findPosition(key: string, watched: Watched): Promise<void> {
    while (watched.position === undefined && this.#isWatched(key, watched)) {
      try {
        const last = (await this.#send('XREVRANGE', key, '+', '-', 'COUNT', '1')) as readonly (readonly [id: unknown, fields: unknown])[]
        watched.position = last[0] === undefined ? '0-0' : String(last[0][0])
        notifyAll(watched)
      } catch {
        await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
  }

  #isWatched(key: string, watched: Watched): boolean {
    return !this.#isClosed && this.#watched.get(key) === watched
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (!this.#isClosed && this.#watched.size > 0) {
      try {
        this.#connection ??= await openConnection(this.#client)
        await this.#wait(this.#connection)
      } catch {
        // Nothing is lost: each stream is read from its position when the server is there again.
        this.#disconnect()
        if (!this.#isClosed && this.#watched.size > 0) await sleep(RETRY_MS, undefined, { ref: false })
      }
    }
    this.#isRunning = false
    this.#disconnect()
  }

  async #wait({ send }: OwnConnection): Promise<void> {
    const streams: (readonly [key: string, position: string])[] = [[this.#wakeKey, this.#wakePosition]]
    for (const [key, { position }] of this.#watched) if (position !== undefined) streams.push([key, position])
    const keys = streams.map(([key]) => key)
    const positions = streams.map(([, position]) => position)
    const found = await send('XREAD', 'COUNT', String(MOST_ENTRIES), 'BLOCK', String(WAIT_MS), 'STREAMS', ...keys, ...positions)
    for (const [key, entries] of toStreams(found)) this.#take(String(key), String(entries.at(-1)?.[0]))
  }

  #take(key: string, position: string): void {
    if (key === this.#wakeKey) this.#wakePosition = position
    const watched = this.#watched.get(key)
    if (watched === undefined) return
    watched.position = position
    notifyAll(watched)
  }

  async #wake(): Promise<void> {
    await this.#send('XADD', this.#wakeKey, 'MAXLEN', '1', '*', 'wake', '1')
    await this.#send('EXPIRE', this.#wakeKey, '60')
  }

  #disconnect(): void {
    this.#connection?.close()
    this.#connection = undefined
  }
}

function notifyAll({ notify }: Watched): void {
  for (const each of notify) each()
}

/** RESP2 answers a list of pairs. Of a RESP3 map, clients make an object, or one list of keys and values in turns. */
function toStreams(found: unknown): readonly StreamEntries[] {
  if (found === null || found === undefined) return []
  if (!Array.isArray(found)) return Object.entries(found) as StreamEntries[]
  if (Array.isArray(found[0])) return found as StreamEntries[]
  return found.flatMap((key: unknown, index) => (index % 2 === 0 ? [[key, found[index + 1]] as StreamEntries] : []))
}
