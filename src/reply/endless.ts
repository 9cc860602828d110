/** The chunks of a body without an end of its own: they end in order when the server stops, also while the producer is waiting. */
import { isLeaving, ServerClosing } from './stream-ending.ts'
import type { Chunk, Cut } from './reply.ts'
import { unref } from './slow-client.ts'

/** How long the end waits for the producer's `finally` when the server stops. */
export const FINALLY_GRACE_MS = 1000

type Result = IteratorResult<Chunk, undefined>

const DONE: Result = { done: true, value: undefined }

export function endWithServer(chunks: AsyncIterator<Chunk> | Iterator<Chunk>, signal: AbortSignal): AsyncIterator<Chunk, undefined> {
  return new EndlessChunks(chunks, signal)
}

class EndlessChunks implements AsyncIterator<Chunk, undefined> {
  readonly #chunks: AsyncIterator<Chunk> | Iterator<Chunk>
  readonly #signal: AbortSignal
  #end: Promise<Result> | undefined = undefined
  /** What the producer failed with after it was told to end. */
  #late: Cut | undefined = undefined
  /** Resolves the chunk that the writer waits for. */
  #resolve: ((result: Result | Promise<Result>) => void) | undefined = undefined

  constructor(chunks: AsyncIterator<Chunk> | Iterator<Chunk>, signal: AbortSignal) {
    this.#chunks = chunks
    this.#signal = signal
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
  }

  next(): Promise<Result> {
    // Not `Promise.race` with the end: each chunk would leave a reaction on it.
    return this.#end ?? new Promise(this.#ask)
  }

  async return(): Promise<Result> {
    this.#signal.removeEventListener('abort', this.#onAbort)
    // An error of its `finally` is known from the end that the writer waits for.
    if (this.#end === undefined) await this.#chunks.return?.()
    return DONE
  }

  readonly #ask = (resolve: (result: Result | Promise<Result>) => void, reject: (error: unknown) => void): void => {
    this.#resolve = resolve
    const fail = (error: unknown) => {
      if (!isLeaving(error, this.#signal)) this.#late = { error }
      reject(error)
    }
    // What comes after the end is ignored: the promise is resolved with the end by then.
    const take = (next: IteratorResult<Chunk>) => resolve(next.done === true ? DONE : next)
    try {
      const next = this.#chunks.next()
      if ('then' in next) next.then(take, fail)
      else take(next)
    } catch (error) {
      reject(error)
    }
  }

  readonly #onAbort = (): void => {
    if (!(this.#signal.reason instanceof ServerClosing) || this.#end !== undefined) return
    this.#end = endWithin(() => this.#chunks.return?.(), FINALLY_GRACE_MS).then(() => {
      if (this.#late !== undefined) throw this.#late.error
      return DONE
    })
    // A client that leaves meanwhile does not ask for it.
    this.#end.catch(() => undefined)
    this.#resolve?.(this.#end)
  }
}

/** Resolves when `close` has ended, or when its time is over; rejects with what `close` fails with until then. */
export function endWithin(close: () => unknown, ms: number): Promise<unknown> {
  const closed = (async () => close())()
  return Promise.race([closed, new Promise((resolve) => unref(setTimeout(resolve, ms)))])
}
