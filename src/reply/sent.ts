/** Counts what was sent of a response, and tells the listeners of `onSent()` after the last byte. */
import { adopt, attempt } from '../maybe-promise.ts'
import { isNullBodyStatus } from '../http/status.ts'
import { toBytes } from './declared-length.ts'
import { lengthOf, wrapSource, isSource, type Chunk, type Reply, type Source } from './reply.ts'

/** What a listener of `context.onSent()` receives. */
export interface Sent {
  readonly status: number
  /** The number of body bytes that were written to the connection, after compression. */
  readonly bytes: number
  /** From the call of `onSent` to the last byte, in milliseconds. */
  readonly durationMs: number
  /** Whether the client disconnected before the last byte, or an error cut the body short. */
  readonly aborted: boolean
  /** The error that cut the body short; `undefined` if there was none, or if the client disconnected. */
  readonly error: unknown
}

/** A listener of `context.onSent()`. */
export type SentListener = (sent: Sent) => void

/** The listeners of one request. */
export class SentListeners {
  readonly #listeners: { readonly listener: SentListener; readonly startMs: number }[] = []
  #bytes = 0

  add(listener: SentListener): void {
    this.#listeners.push({ listener, startMs: performance.now() })
  }

  /** Starts to count the bytes of the body. */
  count(reply: Reply, method: string): void {
    const { body } = reply
    if (method === 'HEAD' || isNullBodyStatus(reply.status)) return
    if (isSource(body)) reply.body = countBytes(body, (bytes) => (this.#bytes += bytes))
    else this.#bytes = lengthOf(body) ?? 0
  }

  /** Calls each listener, even if another one throws. */
  notify({ status, aborted, error }: Pick<Sent, 'status' | 'aborted' | 'error'>, report: (error: unknown) => void): void {
    const endMs = performance.now()
    for (const { listener, startMs } of this.#listeners) {
      // A listener may be asynchronous: it is not awaited, but its rejection is reported.
      const told = { status, bytes: this.#bytes, durationMs: endMs - startMs, aborted, error }
      void attempt(() => adopt(listener(told)), report)
    }
  }
}

/** Passes chunks through unchanged, so the source may still lend their memory. */
function countBytes(source: Source, add: (bytes: number) => void): Source {
  const counted = wrapSource(source, (signal) => countChunks(source.open(signal), add), source.length)
  if (source.lend === undefined) return counted
  return Object.assign(counted, { lend: (signal: AbortSignal) => countChunks(source.lend!(signal), add) })
}

function countChunks<Piece extends Chunk>(
  chunks: AsyncIterator<Piece> | Iterator<Piece>,
  add: (bytes: number) => void,
): AsyncIterator<Piece> {
  return {
    async next() {
      const next = await chunks.next()
      if (next.done !== true) add(toBytes(next.value).byteLength)
      return next
    },
    async return() {
      await chunks.return?.()
      return { done: true, value: undefined }
    },
  }
}
