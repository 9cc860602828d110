/** Channels in this process: each a ring of its latest messages. */
import { findStart, formatMessageId, type ChannelLog, type ChannelStore, type StoredMessage, type StoredMessages } from './channel-store.ts'

/** Options of `memoryStore()`. */
export interface MemoryStoreOptions {
  /** How many messages of each channel are kept for clients that come back. Default: 1,000. */
  readonly capacity?: number
}

/**
 * Keeps messages in the memory of this process. What it keeps is gone when the process ends: clients that come back then are told that messages
 * were lost.
 */
export function memoryStore({ capacity = 1000 }: MemoryStoreOptions = {}): ChannelStore {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError('CHANNEL_CAPACITY: memoryStore(): capacity must be an integer > 0.')
  }
  const logs = new Map<string, ChannelLog>()
  return {
    open(name) {
      let log = logs.get(name)
      if (log === undefined) logs.set(name, (log = new MemoryLog(capacity)))
      return log
    },
  }
}

class MemoryLog implements ChannelLog {
  readonly #capacity: number
  /** An id of an earlier process has another epoch. */
  readonly #epoch = Date.now()
  readonly #ring: string[] = []
  readonly #watchers = new Set<() => void>()
  #newest = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  append(text: string, transaction?: unknown): string {
    if (transaction !== undefined) throw new TypeError('CHANNEL_TRANSACTION: memoryStore() has no transactions. Publish after the commit.')
    this.#ring[this.#newest++ % this.#capacity] = text
    for (const notify of this.#watchers) notify()
    return this.latest()
  }

  earliest(): string {
    return formatMessageId(this.#epoch, this.#oldest)
  }

  latest(): string {
    return formatMessageId(this.#epoch, this.#newest)
  }

  last(): StoredMessage | undefined {
    return this.#newest === 0 ? undefined : this.#messageAt(this.#newest)
  }

  read(after: string, limit: number): StoredMessages {
    const { seq, lost } = findStart(after, { epoch: this.#epoch, oldest: this.#oldest, newest: this.#newest })
    const messages: StoredMessage[] = []
    for (let next = seq + 1; next <= Math.min(this.#newest, seq + limit); next++) messages.push(this.#messageAt(next))
    return { messages, lost }
  }

  watch(notify: () => void): () => void {
    this.#watchers.add(notify)
    return () => this.#watchers.delete(notify)
  }

  get #oldest(): number {
    return Math.max(0, this.#newest - this.#capacity)
  }

  #messageAt(seq: number): StoredMessage {
    return { id: formatMessageId(this.#epoch, seq), text: this.#ring[(seq - 1) % this.#capacity]! }
  }
}
