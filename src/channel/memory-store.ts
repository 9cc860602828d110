/** A store in the memory of this process: each channel is a ring of its latest messages. */
import {
  assertCapacity,
  findStart,
  formatMessageId,
  type ChannelLog,
  type ChannelStore,
  type StoredMessage,
  type StoredMessages,
} from './channel-store.ts'

/** Options of `memoryStore()`. */
export interface MemoryStoreOptions {
  /** How many messages of each channel are stored for clients that reconnect. Default: 1,000. */
  readonly capacity?: number
}

/**
 * Creates a store in the memory of this process. Its messages are lost when the process exits. Clients that reconnect after that get a gap with the reason
 * `unknown`.
 */
export function memoryStore({ capacity = 1000 }: MemoryStoreOptions = {}): ChannelStore {
  assertCapacity('memoryStore()', capacity)
  const rings = new Map<string, Ring>()
  // An id of an earlier process has another epoch.
  const epoch = Date.now()
  return { open: (name) => new MemoryLog(rings, name, { capacity, epoch }) }
}

/** Removed when it has neither messages nor watchers. */
interface Ring {
  readonly texts: string[]
  readonly watchers: Set<() => void>
  newest: number
}

class MemoryLog implements ChannelLog {
  readonly #rings: Map<string, Ring>
  readonly #name: string
  readonly #capacity: number
  readonly #epoch: number

  constructor(rings: Map<string, Ring>, name: string, { capacity, epoch }: { readonly capacity: number; readonly epoch: number }) {
    this.#rings = rings
    this.#name = name
    this.#capacity = capacity
    this.#epoch = epoch
  }

  append(text: string, transaction?: unknown): string {
    if (transaction !== undefined) throw new TypeError('CHANNEL_TRANSACTION: memoryStore() has no transactions. Publish after the commit.')
    const ring = this.#keep()
    ring.texts[ring.newest++ % this.#capacity] = text
    for (const notify of ring.watchers) notify()
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
    const newest = this.#newest
    const { seq, lost } = findStart(after, { epoch: this.#epoch, oldest: this.#oldest, newest })
    const messages: StoredMessage[] = []
    for (let next = seq + 1; next <= Math.min(newest, seq + limit); next++) messages.push(this.#messageAt(next))
    return { messages, lost }
  }

  watch(notify: () => void): () => void {
    const ring = this.#keep()
    ring.watchers.add(notify)
    return () => {
      ring.watchers.delete(notify)
      if (ring.watchers.size === 0 && ring.newest === 0 && this.#rings.get(this.#name) === ring) this.#rings.delete(this.#name)
    }
  }

  #keep(): Ring {
    let ring = this.#rings.get(this.#name)
    if (ring === undefined) this.#rings.set(this.#name, (ring = { texts: [], watchers: new Set(), newest: 0 }))
    return ring
  }

  get #newest(): number {
    return this.#rings.get(this.#name)?.newest ?? 0
  }

  get #oldest(): number {
    return Math.max(0, this.#newest - this.#capacity)
  }

  #messageAt(seq: number): StoredMessage {
    return { id: formatMessageId(this.#epoch, seq), text: this.#rings.get(this.#name)!.texts[(seq - 1) % this.#capacity]! }
  }
}
