/** Reads of one channel that its subscribers in this process share: a message is fetched and decoded once for all of them. */
import { after, isPromise, type MaybePromise } from '../maybe-promise.ts'
import type { ChannelLog, StoredMessages } from './channel-store.ts'

/** Positions that are remembered. A subscriber at another position asks the store itself. */
const MOST_POSITIONS = 64

export class SharedReads<Batch> {
  readonly #log: ChannelLog
  readonly #limit: number
  readonly #decode: (stored: StoredMessages) => MaybePromise<Batch>
  readonly #batches = new Map<string, MaybePromise<Batch>>()
  readonly #subscribers = new Set<() => void>()
  readonly #onIdle: () => void
  #unwatch: (() => void) | undefined = undefined
  /** Grows with each notification. */
  #version = 0

  /** `onIdle` is called when its last subscriber has left. */
  constructor(log: ChannelLog, limit: number, decode: (stored: StoredMessages) => MaybePromise<Batch>, onIdle: () => void) {
    this.#log = log
    this.#limit = limit
    this.#decode = decode
    this.#onIdle = onIdle
  }

  /** Calls `notify` when something may have been appended, until the function that it gives is called. */
  watch(notify: () => void): () => void {
    this.#subscribers.add(notify)
    this.#unwatch ??= this.#log.watch(() => {
      // What was read before may be incomplete now.
      this.#version++
      this.#batches.clear()
      for (const each of this.#subscribers) each()
    })
    return () => {
      this.#subscribers.delete(notify)
      if (this.#subscribers.size > 0) return
      this.#unwatch?.()
      this.#unwatch = undefined
      this.#batches.clear()
      this.#onIdle()
    }
  }

  read(position: string): MaybePromise<Batch> {
    const known = this.#batches.get(position)
    if (known !== undefined) return known
    const version = this.#version
    const batch = after(this.#log.read(position, this.#limit), this.#decode)
    if (version !== this.#version) return batch
    if (this.#batches.size >= MOST_POSITIONS) this.#batches.clear()
    this.#batches.set(position, batch)
    if (isPromise(batch)) {
      batch.catch(() => {
        // A store that failed is asked again.
        if (this.#batches.get(position) === batch) this.#batches.delete(position)
      })
    }
    return batch
  }
}
