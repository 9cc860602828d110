/** Ends a stream while its client is still connected: the reasons, and an endless body that ends in order when the server stops. */
import type { Chunk, Cut } from './reply.ts'
import { unref } from './timer.ts'

/** A reason to end a stream while its client is still connected. */
export class StreamEnding extends Error {}

export class ServerClosing extends StreamEnding {
  constructor() {
    super('the server stops')
    this.name = 'ServerClosing'
  }
}

export class StreamTooOld extends StreamEnding {
  constructor() {
    super('the stream has reached its maxAgeMs')
    this.name = 'StreamTooOld'
  }
}

/** Whether the error only means that the signal has aborted, as when the client has disconnected. */
export function isLeaving(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted && (error === signal.reason || nameOf(error) === 'AbortError')
}

/** `undefined` if the error cannot be read. */
function nameOf(error: unknown): unknown {
  try {
    return error instanceof Error ? error.name : undefined
  } catch {
    return undefined
  }
}

/** How long to wait for the producer's `finally` when the server stops. */
export const FINALLY_GRACE_MS = 1000

type Result = IteratorResult<Chunk, undefined>

const DONE: Result = { done: true, value: undefined }

/** Ends the chunks of an endless body when the server stops, even while its producer is waiting. */
export function endWithServer(chunks: AsyncIterator<Chunk> | Iterator<Chunk>, signal: AbortSignal): AsyncIterator<Chunk, undefined> {
  return new EndlessChunks(chunks, signal)
}

class EndlessChunks implements AsyncIterator<Chunk, undefined> {
  readonly #chunks: AsyncIterator<Chunk> | Iterator<Chunk>
  readonly #signal: AbortSignal
  #end: Promise<Result> | undefined = undefined
  /** An error of the producer after it was told to end. */
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
    // If the server stops, the writer waits for `#end`, which reports an error of the producer's `finally`.
    if (this.#end === undefined) await this.#chunks.return?.()
    return DONE
  }

  readonly #ask = (resolve: (result: Result | Promise<Result>) => void, reject: (error: unknown) => void): void => {
    this.#resolve = resolve
    const fail = (error: unknown) => {
      if (!isLeaving(error, this.#signal)) this.#late = { error }
      reject(error)
    }
    // A chunk that arrives after the end is ignored, because the promise is already resolved.
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
    // Nobody awaits it if the client disconnects meanwhile: without this line a rejection would be unhandled.
    this.#end.catch(() => undefined)
    this.#resolve?.(this.#end)
  }
}

/** Resolves when `close` has finished, or after `ms`. Rejects if `close` fails before that. */
export function endWithin(close: () => unknown, ms: number): Promise<unknown> {
  const closed = (async () => close())()
  return Promise.race([closed, new Promise((resolve) => unref(setTimeout(resolve, ms)))])
}
