/** Turns items into chunks. The first chunk is made before the head is sent, so that an error before it becomes an ordinary error response. */
import type { Chunk, Reply, Source } from '../reply/reply.ts'
import { endWithServer } from '../reply/stream-ending.ts'
import { toItems, type Items } from '../reply/sequence.ts'
import type { SlowClientLimit, SlowClientOptions } from '../reply/slow-client.ts'
import { ModelError } from '../schema/model-error.ts'
import type { Exchange } from './representation.ts'

/** Throws a `ModelError`. */
export type ToChunk = (item: unknown) => Chunk

/** Options of `stream()` and `jsonl()`. */
export interface StreamOptions extends SlowClientOptions {
  /**
   * Whether the stream never ends by itself. When the server stops, an endless stream ends in order at once; a finite one may finish until
   * `stopTimeoutMs`, then its connection is closed. The head of an endless stream is sent after 50 ms, even without a first item; that of a finite stream
   * waits for the first item. Default: false.
   */
  readonly endless?: boolean
}

export interface Making {
  readonly toChunk: ToChunk
  readonly slowClient: SlowClientLimit
  /** Default: false. */
  readonly endless?: boolean
}

/** Makes the source of the reply. For HEAD the producer is closed without being started. */
export function renderChunks(reply: Reply, value: unknown, { incoming }: Exchange, making: Making): void | Promise<void> {
  const items = toItems(value)
  if (items === undefined) throw ModelError.at([], 'an iterable or a stream', value)
  if (incoming.method === 'HEAD') {
    reply.body = NOTHING
    return Promise.resolve(items.return?.()).then(() => undefined)
  }
  const chunks = new Chunks(items, making)
  reply.body = chunks
  return chunks.begin()
}

/** The body of a response to HEAD, which is never opened. */
export const NOTHING: Source = { open: () => [][Symbol.iterator]() }

/** How long the head of an endless stream, or of a response to GET with events, waits for the first item. */
export const FIRST_ITEM_GRACE_MS = 50

type Result = IteratorResult<Chunk, undefined>

const DONE: Result = { done: true, value: undefined }

/** The chunks of a producer. A synchronous producer is read without promises. */
class Chunks implements Source {
  readonly slowClient: SlowClientLimit
  readonly endless: boolean
  readonly #items: Items
  readonly #toChunk: ToChunk
  #first: Result | Promise<Result> | undefined = undefined

  constructor(items: Items, { toChunk, slowClient, endless = false }: Making) {
    this.slowClient = slowClient
    this.endless = endless
    this.#items = items
    this.#toChunk = toChunk
  }

  begin(): void | Promise<void> {
    const first = this.next()
    this.#first = first
    if (!(first instanceof Promise)) return undefined
    const begun = first.then((settled) => {
      this.#first = settled
    })
    return this.endless ? beginWithin(begun, FIRST_ITEM_GRACE_MS) : begun
  }

  open(signal: AbortSignal): AsyncIterator<Chunk> | Iterator<Chunk> {
    const chunks = this as AsyncIterator<Chunk> | Iterator<Chunk>
    return this.endless ? endWithServer(chunks, signal) : chunks
  }

  next(): Result | Promise<Result> {
    const first = this.#first
    if (first !== undefined) {
      this.#first = undefined
      return first
    }
    const next = this.#items.next()
    return 'then' in next ? Promise.resolve(next).then(this.#convert) : this.#convert(next)
  }

  return(): Result | Promise<Result> {
    const closed = this.#items.return?.()
    return closed !== undefined && 'then' in closed ? Promise.resolve(closed).then(() => DONE) : DONE
  }

  readonly #convert = ({ done, value }: IteratorResult<unknown>): Result | Promise<Result> => {
    if (done === true) return DONE
    try {
      return { done: false, value: this.#toChunk(value) }
    } catch (breach) {
      const closed = this.return()
      if (!(closed instanceof Promise)) throw breach
      return closed.then(() => {
        throw breach
      })
    }
  }
}

/** Resolves after `ms` at the latest. Rejects if the first item fails before that. */
function beginWithin(begun: Promise<void>, ms: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout>
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  return Promise.race([begun, late]).finally(() => clearTimeout(timer))
}
