/** Writes a source to the client: opens it, pulls chunks as fast as the client reads, and closes it exactly once. */
import { openSource, type Chunks } from '../reply/declared-length.ts'
import type { Chunk, Cut, Source } from '../reply/reply.ts'
import { isLeaving, ServerClosing } from '../reply/stream-ending.ts'
import { SLOW_CLIENT_BYTES, slowClientError } from '../reply/slow-client.ts'
import { ChunkWriter, isUntouched } from './chunk-writer.ts'
import { cutOff, reset } from './close.ts'
import { failStream, streamOf } from './message.ts'
import type { NodeIncoming } from './incoming.ts'
import { slowClients } from './connections.ts'

/** How long to wait before a reset, which could otherwise discard the last bytes. */
const RESET_AFTER_MS = 100

/**
 * The head of the response must be set but not sent. Resolves when the producer is closed, after the last byte was sent or the client has disconnected.
 * The value is the error that cut the body short, if there was one. Never rejects.
 */
export function writeSource(source: Source, incoming: NodeIncoming): Promise<Cut | undefined> {
  return new Promise((resolve) => void new SourceWriter(source, incoming, resolve).write())
}

class SourceWriter {
  readonly #source: Source
  readonly #incoming: NodeIncoming
  readonly #resolve: (cut: Cut | undefined) => void
  readonly #writer: ChunkWriter
  readonly #isLent: boolean
  readonly #slowClientMs: number
  /** Whether a length or chunks delimit the body. Otherwise an orderly end of the connection means that it is complete (RFC 9112 §8). */
  readonly #isDelimited: boolean
  #chunks: Chunks | undefined = undefined
  #cut: Cut | undefined = undefined
  /** Whether the producer has ended, in order or not. */
  #isOver = false
  #isLeft = false

  constructor(source: Source, incoming: NodeIncoming, resolve: (cut: Cut | undefined) => void) {
    const { response } = incoming
    this.#source = source
    this.#incoming = incoming
    this.#resolve = resolve
    this.#isLent = source.lend !== undefined && isUntouched(response)
    this.#isDelimited = source.length !== undefined || response.chunkedEncoding
    this.#slowClientMs = source.slowClient?.ms ?? incoming.slowClientMs
    this.#writer = new ChunkWriter(response, source.slowClient?.bytes ?? SLOW_CLIENT_BYTES)
  }

  async write(): Promise<void> {
    // The signal added its own `close` listener earlier, so it aborts before `#onClose` runs.
    const { response, signal } = this.#incoming
    response.on('close', this.#onClose)
    slowClients.watch(response, this.#slowClientMs, this.#onSlow)
    if (!this.#isLent) this.#writer.begin()
    try {
      const chunks = openSource(this.#source, signal, this.#isLent)
      this.#chunks = chunks
      while (!this.#isLeft) {
        const next = await chunks.next()
        if (this.#isLeft) return
        if (next.done === true) return this.#end()
        const room = this.#isLent ? this.#lend(next.value) : this.#writer.add(next.value)
        if (room !== undefined) await room
      }
    } catch (error) {
      if (!this.#isLeft) this.#fail(error)
      // Its `finally` may have run because the signal aborted.
      else if (!isLeaving(error, signal)) this.#cut ??= { error }
    }
  }

  /** Resolves when the chunk was written and its memory may be reused. May never resolve if the client disconnects first. */
  #lend(chunk: Chunk): Promise<void> {
    return new Promise((resolve) => this.#incoming.response.write(chunk, () => resolve()))
  }

  #end(): void {
    const { reason } = this.#incoming.signal as { readonly reason: unknown }
    // A finite producer that ends because the server stops is not complete, and must not look complete to the client.
    if (reason instanceof ServerClosing && this.#source.endless !== true) return this.#fail(reason)
    this.#isOver = true
    this.#cut ??= this.#source.failure
    this.#writer.end()
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#cut ??= { error }
    this.#cutConnection()
  }

  /** Sends what was produced, and ends the connection so that the client sees that the response is incomplete. */
  #cutConnection(): void {
    const { message, response } = this.#incoming
    const { socket } = message
    this.#writer.flush()
    if (streamOf(message) !== undefined) return failStream(message)
    // The response passes its last writes to the socket at the end of the tick.
    process.nextTick(() => {
      // In Bun, the socket object is not the connection.
      if (process.versions['bun'] !== undefined) response.destroy()
      else if (this.#isDelimited) socket.destroySoon()
      else socket.write('', () => setTimeout(reset, RESET_AFTER_MS, socket))
    })
  }

  readonly #onSlow = (): void => {
    this.#cut ??= { error: slowClientError(this.#slowClientMs) }
    cutOff(this.#incoming.message)
  }

  readonly #onClose = (): void => {
    this.#isLeft = true
    slowClients.unwatch(this.#incoming.response)
    if (this.#isOver) this.#resolve(this.#cut)
    else void this.#closeProducer()
  }

  async #closeProducer(): Promise<void> {
    try {
      await this.#chunks?.return?.()
    } catch (error) {
      this.#cut ??= { error }
    }
    this.#resolve(this.#cut)
  }
}
