/** Checks that a producer gives exactly its declared length (RFC 9112 §6.3), so that truncated content never looks complete. */
import { ModelError } from '../schema/model-error.ts'
import type { Chunk, Source } from './reply.ts'

export type Chunks = AsyncIterator<Chunk> | Iterator<Chunk>

/**
 * Opens a source. If it declares a length, the last chunk is held back until the producer has ended, and `next()` throws a `ModelError` if the
 * length differs. `borrows`: the reader uses a chunk only until it asks for the next.
 */
export function openSource(source: Source, signal: AbortSignal, borrows = false): Chunks {
  const chunks = borrows && source.lend !== undefined ? source.lend(signal) : source.open(signal)
  return source.length === undefined ? chunks : new HeldChunks(chunks, source.length)
}

class HeldChunks implements AsyncIterator<Chunk, undefined> {
  readonly #chunks: Chunks
  #left: number
  #isClosed = false

  constructor(chunks: Chunks, length: number) {
    this.#chunks = chunks
    this.#left = length
  }

  async next(): Promise<IteratorResult<Chunk, undefined>> {
    const chunk = await this.#pull()
    if (chunk === undefined) {
      if (this.#left > 0) throw breach('fewer')
      return { done: true, value: undefined }
    }
    this.#left -= chunk.byteLength
    if (this.#left < 0 || (this.#left === 0 && (await this.#pull()) !== undefined)) {
      await this.return().catch(() => undefined)
      throw breach('more')
    }
    return { done: false, value: chunk }
  }

  async return(): Promise<IteratorResult<Chunk, undefined>> {
    if (!this.#isClosed) {
      this.#isClosed = true
      await this.#chunks.return?.()
    }
    return { done: true, value: undefined }
  }

  /** The next chunk that is not empty; `undefined` at the end. */
  async #pull(): Promise<Uint8Array | undefined> {
    while (!this.#isClosed) {
      const next = await this.#chunks.next()
      if (next.done === true) this.#isClosed = true
      else if (next.value.length > 0) return toBytes(next.value)
    }
    return undefined
  }
}

const encoder = new TextEncoder()

/** Text as UTF-8. */
export function toBytes(chunk: Chunk): Uint8Array {
  return typeof chunk === 'string' ? encoder.encode(chunk) : chunk
}

function breach(found: 'fewer' | 'more'): ModelError {
  return new ModelError(['content'], 'as many bytes as the declared length', found)
}
