/** Chunks on their way to the socket: those that are ready together share one write, and each leaves within its tick. */
import type { ServerResponse } from 'node:http'
import type { Chunk } from '../reply/reply.ts'

/** So much is gathered, or for so long, before other connections have their turn. */
const GATHERED_LIMIT = 65_536
const TURN_MS = 10

export class ChunkWriter {
  readonly #response: ServerResponse
  #chunks: Chunk[] = []
  #size = 0
  /** When the first of the chunks was gathered, in milliseconds. */
  #since = 0
  #isScheduled = false
  #isHeadSent = false

  /**
   * The response has its head, but has not sent it. It leaves now, together with what is made within this tick;
   * or, with `waits`, together with the first chunk.
   */
  constructor(response: ServerResponse, waits: boolean) {
    this.#response = response
    // Asked for at once, the tick's end would come before the first chunk of a producer that has it ready.
    if (!waits) queueMicrotask(() => this.#schedule())
  }

  /** Resolves when the chunk is out and its memory free; perhaps never when the client leaves first. Not to be mixed with `add`. */
  lend(chunk: Chunk): Promise<void> {
    this.#isHeadSent = true
    return new Promise((resolve) => this.#response.write(chunk, () => resolve()))
  }

  /** What comes back is to be awaited before the next chunk is made: the client is slow, or others wait for their turn. */
  add(chunk: Chunk): Promise<void> | undefined {
    const size = typeof chunk === 'string' ? chunk.length : chunk.byteLength
    if (size === 0) return undefined
    if (this.#chunks.length === 0) this.#since = performance.now()
    this.#chunks.push(chunk)
    this.#size += size
    if (this.#response.writableNeedDrain) return this.#drained().then(() => this.#schedule())
    if (this.#size < GATHERED_LIMIT && performance.now() - this.#since < TURN_MS) {
      this.#schedule()
      return undefined
    }
    this.flush()
    return this.#nextTurn()
  }

  readonly flush = (): void => {
    this.#isScheduled = false
    if (this.#chunks.length > 0) this.#response.write(this.#take())
    else if (!this.#isHeadSent) this.#response.flushHeaders()
    this.#isHeadSent = true
  }

  end(): void {
    this.#isHeadSent = true
    if (this.#chunks.length > 0) this.#response.end(this.#take())
    else this.#response.end()
  }

  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    process.nextTick(this.flush)
  }

  #take(): Chunk {
    const chunks = this.#chunks
    this.#chunks = []
    this.#size = 0
    return chunks.length === 1 ? chunks[0]! : join(chunks)
  }

  async #nextTurn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    if (this.#response.writableNeedDrain) await this.#drained()
  }

  /** Stays open for ever when the client leaves first: nobody waits for it then. */
  #drained(): Promise<void> {
    return new Promise((resolve) => this.#response.once('drain', resolve))
  }
}

function join(chunks: readonly Chunk[]): Chunk {
  if (chunks.every((chunk) => typeof chunk === 'string')) return chunks.join('')
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)))
}
