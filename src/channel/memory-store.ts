/** Channels in this process: each a ring of its latest messages. */
import type { ChannelLog, ChannelStore, StoredMessage, StoredMessages } from './channel-store.ts'

export interface MemoryStoreOptions {
  /** How many messages of each channel are kept for clients that come back. Default: 1,000. */
  readonly capacity?: number
}

/** What it keeps is gone when the process ends: clients that come back then are told that messages were lost. */
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

/** `id = start "-" number`: an id of an earlier process is known by its start. */
const ID = /^(\d{1,15})-(\d{1,15})$/

class MemoryLog implements ChannelLog {
  readonly #capacity: number
  readonly #start = Date.now()
  readonly #ring: unknown[] = []
  readonly #watchers = new Set<() => void>()
  #count = 0

  constructor(capacity: number) {
    this.#capacity = capacity
  }

  append(data: unknown): string {
    this.#ring[this.#count++ % this.#capacity] = data
    for (const notify of this.#watchers) notify()
    return this.latest()
  }

  latest(): string {
    return this.#idOf(this.#count)
  }

  read(after: string, limit: number): StoredMessages {
    const oldest = Math.max(0, this.#count - this.#capacity)
    const known = this.#numberOf(after)
    const isLost = known === undefined || known < oldest
    const from = isLost ? oldest : known
    const messages: StoredMessage[] = []
    for (let n = from; n < Math.min(this.#count, from + limit); n++) {
      messages.push({ id: this.#idOf(n + 1), data: this.#ring[n % this.#capacity] })
    }
    return isLost ? { messages, lostUntil: this.#idOf(oldest) } : { messages }
  }

  watch(notify: () => void): () => void {
    this.#watchers.add(notify)
    return () => this.#watchers.delete(notify)
  }

  #idOf(number: number): string {
    return `${this.#start}-${number}`
  }

  #numberOf(id: string): number | undefined {
    const [, start, number] = ID.exec(id) ?? []
    return Number(start) === this.#start && Number(number) <= this.#count ? Number(number) : undefined
  }
}
