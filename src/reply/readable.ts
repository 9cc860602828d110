/** A source as a WHATWG `ReadableStream`. It pulls from the producer only when the reader pulls, and closes the producer exactly once. */
import { openSource, toBytes } from './declared-length.ts'
import { isLeaving, StreamEnding } from './stream-ending.ts'
import type { Cut, Source } from './reply.ts'
import { slowClientError } from './slow-client.ts'
import { startTimer, unref } from './timer.ts'

/** What the stream needs from the request, and reports to it. */
export interface Reading {
  /** Aborts when the client has disconnected, or when the source must end. */
  readonly signal: AbortSignal
  /** Called when the reader has cancelled the stream. It aborts the signal. */
  leave(): void
  /** Called once, when the producer is closed; with the error that cut the body short, if one did. */
  done(cut?: Cut): void
}

export function toReadableStream(source: Source, reading: Reading): ReadableStream<Uint8Array> {
  return new ReadableStream(new SourceReader(source, reading), { highWaterMark: 0 })
}

class SourceReader {
  readonly #source: Source
  readonly #reading: Reading
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined = undefined
  #chunks: ReturnType<typeof openSource> | undefined = undefined
  #isOver = false
  /** An error of the producer after the reader had cancelled. */
  #late: Cut | undefined = undefined
  /** Runs while a chunk waits for the reader's next pull. */
  #patience: ReturnType<typeof setTimeout> | undefined = undefined

  constructor(source: Source, reading: Reading) {
    this.#source = source
    this.#reading = reading
  }

  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const { signal } = this.#reading
    this.#controller = controller
    signal.addEventListener('abort', this.#onAbort)
    if (signal.aborted) this.#onAbort()
  }

  async pull(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    clearTimeout(this.#patience)
    try {
      const chunks = this.#open()
      for (;;) {
        const next = await chunks.next()
        if (this.#isOver) return
        if (next.done === true) {
          this.#finish(this.#source.failure)
          return controller.close()
        }
        // A pull must enqueue something, or it is not repeated.
        if (next.value.length > 0) {
          this.#wait()
          return controller.enqueue(toBytes(next.value))
        }
      }
    } catch (error) {
      if (this.#isOver) {
        if (!isLeaving(error, this.#reading.signal)) this.#late = { error }
        return
      }
      controller.error(error)
      this.#finish({ error })
    }
  }

  async cancel(): Promise<void> {
    await this.#close()
  }

  /** Opens the source once. Only an open producer can be closed, and it may hold resources before it is opened. */
  #open(): ReturnType<typeof openSource> {
    return (this.#chunks ??= openSource(this.#source, this.#reading.signal))
  }

  #wait(): void {
    const { slowClient } = this.#source
    if (slowClient === undefined) return
    const { ms } = slowClient
    const giveUp = () => {
      const error = slowClientError(ms)
      this.#breakOff(error, { error })
    }
    this.#patience = unref(startTimer(giveUp, ms))
  }

  readonly #onAbort = (): void => {
    const { reason } = this.#reading.signal as { readonly reason: unknown }
    // The source ends by itself, and its last chunks must reach the client.
    if (!(reason instanceof StreamEnding)) this.#breakOff(reason)
  }

  #breakOff(reason: unknown, cut?: Cut): void {
    if (this.#isOver) return
    this.#controller?.error(reason)
    void this.#close(cut)
  }

  async #close(cut?: Cut): Promise<void> {
    if (this.#isOver) return
    clearTimeout(this.#patience)
    this.#isOver = true
    this.#reading.signal.removeEventListener('abort', this.#onAbort)
    this.#reading.leave()
    try {
      await this.#open().return?.()
      this.#reading.done(cut ?? this.#late)
    } catch (error) {
      this.#reading.done(cut ?? { error })
    }
  }

  #finish(cut?: Cut): void {
    this.#isOver = true
    this.#reading.signal.removeEventListener('abort', this.#onAbort)
    this.#reading.done(cut)
  }
}
