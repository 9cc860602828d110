/** Chunks on their way to the socket: those that are ready together share one write, and each leaves within its tick. */
import type { ServerResponse } from 'node:http'
import type { Chunk } from '../reply/reply.ts'
import { timeLimitOf, type SlowClientLimit } from '../reply/slow-client.ts'

/** So much is gathered, or for so long, before other connections have their turn. */
const GATHERED_LIMIT = 65_536
const TURN_MS = 10

/** `last-chunk trailer-section CRLF` */
const LAST_CHUNK = '0\r\n\r\n'

export class ChunkWriter {
  readonly #response: ServerResponse
  readonly #limit: SlowClientLimit
  readonly #onSlow: () => void
  readonly #isFraming: boolean
  #chunks: Chunk[] = []
  #size = 0
  /** When the first of the chunks was gathered, in milliseconds. */
  #since = 0
  #isScheduled = false
  #isHeadSent = false

  /** The response has its head, but has not sent it: it leaves together with the first of what is written. */
  constructor(response: ServerResponse, limit: SlowClientLimit, onSlow: () => void) {
    this.#response = response
    this.#limit = limit
    this.#onSlow = onSlow
    // `node:http` would make four pieces of each chunk (RFC 9112 §7.1), and put them together again.
    this.#isFraming = response.chunkedEncoding && isUntouched(response)
    if (this.#isFraming) response.chunkedEncoding = false
  }

  /** The head leaves within this tick, together with what is made within it. */
  begin(): void {
    // Asked for at once, the tick's end would come before the first chunk of a producer that has it ready.
    queueMicrotask(() => this.#schedule())
  }

  /** What comes back is to be awaited before the next chunk is made: the client is slow, or others wait for their turn. */
  add(chunk: Chunk): Promise<void> | undefined {
    const size = typeof chunk === 'string' ? chunk.length : chunk.byteLength
    if (size === 0) return undefined
    const isFirst = this.#chunks.push(chunk) === 1
    this.#size += size
    const now = performance.now()
    if (isFirst) this.#since = now
    if (this.#size < GATHERED_LIMIT && now - this.#since < TURN_MS && !this.#isBehind) {
      this.#schedule()
      return undefined
    }
    this.flush()
    return this.#nextTurn()
  }

  readonly flush = (): void => {
    this.#isScheduled = false
    const { socket } = this.#response
    socket?.cork()
    // The head alone, not before the first chunk's text: `node:http` keeps it, and keeps it in its many parts until it is written by itself.
    if (!this.#isHeadSent) this.#response.flushHeaders()
    this.#isHeadSent = true
    if (this.#chunks.length > 0) this.#write(this.#take())
    socket?.uncork()
  }

  end(): void {
    // Uncorked by the response's own end: what is left, and that, are one write.
    this.#response.socket?.cork()
    if (this.#chunks.length > 0) this.flush()
    if (this.#isFraming) this.#response.end(LAST_CHUNK, 'latin1')
    else this.#response.end()
  }

  #write(chunk: Chunk): void {
    const response = this.#response
    if (!this.#isFraming) response.write(chunk)
    else if (typeof chunk === 'string') writeText(response, chunk)
    else {
      response.write(`${chunk.byteLength.toString(16)}\r\n`, 'latin1')
      response.write(chunk)
      response.write('\r\n', 'latin1')
    }
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
    if (this.#isBehind) await this.#caughtUp()
  }

  get #isBehind(): boolean {
    const { writableNeedDrain, writableLength } = this.#response
    return writableNeedDrain && writableLength > this.#limit.bytes
  }

  /** Stays open for ever when the client leaves first: nobody waits for it then. */
  #caughtUp(): Promise<void> {
    const disarm = this.#arm()
    return new Promise((resolve) =>
      this.#response.once('drain', () => {
        disarm()
        resolve()
      }),
    )
  }

  /** A socket's timer starts anew whenever the client takes something, be it less than all. */
  #arm(): () => void {
    const response = this.#response
    const ms = timeLimitOf(this.#limit)
    if (ms === undefined) return () => undefined
    const before = response.socket?.timeout ?? 0
    response.once('timeout', this.#onSlow)
    response.setTimeout(ms)
    return () => {
      response.off('timeout', this.#onSlow)
      response.setTimeout(before)
    }
  }
}

/** Middleware of other frameworks puts functions of its own in the place of these, and makes other bytes of what it gets. */
export function isUntouched(response: ServerResponse): boolean {
  return !Object.hasOwn(response, 'write') && !Object.hasOwn(response, 'end')
}

function writeText(response: ServerResponse, text: string): void {
  const length = Buffer.byteLength(text)
  response.write(`${length.toString(16)}\r\n${text}\r\n`, length === text.length ? 'latin1' : 'utf8')
}

function join(chunks: readonly Chunk[]): Chunk {
  if (chunks.every((chunk) => typeof chunk === 'string')) return chunks.join('')
  return Buffer.concat(chunks.map((chunk) => (typeof chunk === 'string' ? Buffer.from(chunk) : chunk)))
}
