/** Writes chunks to the socket. Chunks that are ready in the same tick share one write, at the end of that tick. */
import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Chunk } from '../reply/reply.ts'
import { streamOf } from './message.ts'

/** At this size, or after this time, gathered chunks are written, so that other connections get a turn. */
const GATHERED_LIMIT = 65_536
const TURN_MS = 10

/** `last-chunk trailer-section CRLF` */
const LAST_CHUNK = '0\r\n\r\n'

export class ChunkWriter {
  readonly #response: ServerResponse
  readonly #socket: Socket | undefined
  readonly #limitBytes: number
  readonly #isFraming: boolean
  /** The `flush` that the npm package `compression` adds to the response: it holds bytes back until this is called. */
  readonly #flushOther: (() => void) | undefined
  #chunks: Chunk[] = []
  #size = 0
  /** When the first of the chunks was gathered, in milliseconds. */
  #since = 0
  #isScheduled = false
  #isHeadSent = false

  /** The head of the response must be set but not sent: it is sent with the first write. While more than the limit is buffered, `add` returns a promise. */
  constructor(response: ServerResponse, limitBytes: number) {
    this.#response = response
    this.#limitBytes = limitBytes
    // The streams of HTTP/2 share one socket.
    this.#socket = streamOf(response.req) === undefined ? (response.socket ?? undefined) : undefined
    // `node:http` would write four pieces for each chunk (RFC 9112 §7.1) and join them again.
    this.#isFraming = response.chunkedEncoding && isUntouched(response)
    if (this.#isFraming) response.chunkedEncoding = false
    if (Object.hasOwn(response, 'flush')) this.#flushOther = () => (response as ServerResponse & { flush(): void }).flush()
  }

  /** Sends the head at the end of this tick, together with the chunks of this tick. */
  begin(): void {
    // Without the microtask, the tick would end before a producer could give a first chunk that is ready.
    queueMicrotask(() => this.#schedule())
  }

  /** If it returns a promise, the caller must await it before the next chunk: the client is slow, or other connections wait for a turn. */
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
    this.#socket?.cork()
    // Sends the head by itself: as a prefix of the first chunk, `node:http` would keep its many parts in memory until that is written.
    if (!this.#isHeadSent) this.#response.flushHeaders()
    this.#isHeadSent = true
    if (this.#chunks.length > 0) this.#write(this.#take())
    this.#flushOther?.()
    this.#socket?.uncork()
  }

  end(): void {
    // `response.end()` uncorks it: the remaining chunks and the end are one write.
    this.#socket?.cork()
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
    const { writableNeedDrain, writableLength } = streamOf(this.#response.req) ?? this.#response
    return writableNeedDrain && writableLength > this.#limitBytes
  }

  /** Never resolves if the client disconnects first: nobody awaits it then. */
  #caughtUp(): Promise<void> {
    return new Promise((resolve) => this.#response.once('drain', resolve))
  }
}

/** Whether `write` and `end` are the original functions. Middleware of other frameworks replaces them, and may write other bytes. */
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
