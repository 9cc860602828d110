/** A source on its way to the client: opened, drawn from as fast as the client takes, and closed exactly once. */
import { openSource, type Chunks } from '../reply/declared-length.ts'
import type { Chunk, Source } from '../reply/reply.ts'
import { PATIENT, slowClientError } from '../reply/slow-client.ts'
import { ChunkWriter, isUntouched } from './chunk-writer.ts'
import type { NodeIncoming } from './incoming.ts'

/** A reset on the heels of the last bytes could take them along, or pass for an orderly end. */
const RESET_AFTER_MS = 100

/**
 * The response has its head, but has not sent it. Resolves when the last byte is out or the client is gone, and the producer is closed:
 * with the error that cut the body short, if one did. Never rejects.
 */
export function writeSource(source: Source, incoming: NodeIncoming): Promise<unknown> {
  return new Promise((resolve) => void new SourceWriter(source, incoming, resolve).write())
}

class SourceWriter {
  readonly #source: Source
  readonly #incoming: NodeIncoming
  readonly #resolve: (error: unknown) => void
  readonly #writer: ChunkWriter
  readonly #isLent: boolean
  /** Otherwise an orderly end of the connection would be the end of a whole answer (RFC 9112 §8). */
  readonly #isDelimited: boolean
  #chunks: Chunks | undefined = undefined
  /** What cut the body short. */
  #failure: unknown = undefined
  /** Has the producer ended, in order or not? */
  #isOver = false
  #isLeft = false

  constructor(source: Source, incoming: NodeIncoming, resolve: (error: unknown) => void) {
    const { response } = incoming
    this.#source = source
    this.#incoming = incoming
    this.#resolve = resolve
    this.#isLent = source.lend !== undefined && isUntouched(response)
    this.#isDelimited = source.length !== undefined || response.chunkedEncoding
    this.#writer = new ChunkWriter(response, source.slowClient ?? PATIENT, this.#onSlow)
  }

  async write(): Promise<void> {
    // The signal listens since it was first asked for: it aborts before anything here goes on.
    const { response, signal } = this.#incoming
    response.on('close', this.#onClose)
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
    }
  }

  /** Resolves when the chunk is out and its memory free; perhaps never when the client leaves first. */
  #lend(chunk: Chunk): Promise<void> {
    return new Promise((resolve) => this.#incoming.response.write(chunk, () => resolve()))
  }

  #end(): void {
    this.#isOver = true
    this.#writer.end()
  }

  #fail(error: unknown): void {
    this.#isOver = true
    // What a producer fails with after it was told to stop is no failure.
    if (!this.#incoming.signal.aborted) this.#failure ??= error
    this.#cutConnection()
  }

  /** The client must see that the answer is not whole, but gets what was made of it. */
  #cutConnection(): void {
    const { socket } = this.#incoming.message
    this.#writer.flush()
    // What is written stays with the response until the end of the tick.
    process.nextTick(() => {
      if (this.#isDelimited) socket.destroySoon()
      else socket.write('', () => setTimeout(reset, RESET_AFTER_MS, socket))
    })
  }

  readonly #onSlow = (): void => {
    this.#failure ??= slowClientError(this.#source.slowClient!)
    this.#incoming.message.socket.destroy()
  }

  readonly #onClose = (): void => {
    this.#isLeft = true
    if (this.#isOver) this.#resolve(this.#failure)
    else void this.#closeProducer()
  }

  async #closeProducer(): Promise<void> {
    try {
      await this.#chunks?.return?.()
    } catch (error) {
      this.#failure ??= error
    }
    this.#resolve(this.#failure)
  }
}

function reset(socket: NodeIncoming['message']['socket']): void {
  try {
    socket.resetAndDestroy()
  } catch {
    // Only TCP knows resets: TLS tells by the alert that does not come.
    socket.destroy()
  }
}
