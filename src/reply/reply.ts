/** A finished response that is not on the wire yet, and functions on its body. */
import { HeaderList } from '../http/header-list.ts'
import type { SlowClientLimit } from './slow-client.ts'
import { ModelError } from '../schema/model-error.ts'
import { isNullBodyStatus } from '../http/status.ts'

/** A piece of a streamed body. Text is sent as UTF-8. */
export type Chunk = string | Uint8Array

/** Why a body was cut short. The error is wrapped in an object, because `undefined` can be thrown too. */
export interface Cut {
  readonly error: unknown
}

/** A body that is produced while it is sent. The writer opens it once, and not at all for HEAD. */
export interface Source {
  /** In bytes, if it is known beforehand. The producer must then give exactly this many. */
  readonly length?: number
  /** Whether it never ends by itself. When the server stops, an endless source is asked to end at once, others only at the deadline. Default: false. */
  readonly endless?: boolean
  /** An error that the last item has reported to the client, so that the content is complete. It is logged. */
  readonly failure?: Cut | undefined
  /** Default: 64 KiB, and the `slowClientMs` of the server. */
  readonly slowClient?: SlowClientLimit
  /** Starts the producer. If the reader stops before the end, it calls `return()` of the iterator exactly once. */
  open(signal: AbortSignal): AsyncIterator<Chunk> | Iterator<Chunk>
  /**
   * As `open`, for a reader that has finished with a chunk before it asks for the next: all chunks may share the same memory.
   * Code that passes chunks on to others must call `open`.
   */
  lend?(signal: AbortSignal): AsyncIterator<Uint8Array>
}

/** The body of a reply. `null`: no content. */
export type Body = null | string | Uint8Array | Source

/** The content headers of a 200 response. */
export interface SelectedContent {
  /** Its `Content-Type`. */
  readonly mediaType: string | undefined
  /** Its `Content-Encoding`. */
  readonly coding: string | undefined
  /** In bytes; `undefined` for a stream. */
  readonly length: number | undefined
}

/** The headers and the body of a new `Reply`. */
export interface ReplyOptions {
  /** Default: none; text gets `Content-Type: text/plain; charset=utf-8`. */
  readonly headers?: HeaderList | Readonly<Record<string, string | readonly string[]>>
  /** A string is sent as UTF-8. Default: no content. */
  readonly body?: Body
}

/** A finished response that is not on the wire yet: status, headers and body. */
export class Reply {
  status: number
  headers: HeaderList
  /** The body in the form that is written. A string here is ASCII, so that its length is the length in bytes. Assign to `body` for any text. */
  content: Body
  /** On a 206 or 304: the content headers of the 200 that it replaces. Middleware decides by these, so that `ETag` and `Vary` are the same for both. */
  selected: SelectedContent | undefined = undefined
  /**
   * Runs once, when the last byte was written or the client has disconnected. Its argument is the error that cut the body short, if there was one. Its
   * promise never rejects.
   */
  afterwards: ((cut?: Cut) => void | Promise<void>) | undefined = undefined

  /** Throws a `TypeError` on a header name or value that HTTP does not allow. */
  constructor(status: number, { headers = {}, body = null }: ReplyOptions = {}) {
    this.status = status
    this.headers = HeaderList.of(headers)
    this.content = toContent(body)
    if (typeof body === 'string' && !this.headers.has('content-type')) this.headers.append('content-type', 'text/plain; charset=utf-8')
  }

  get body(): Body {
    return this.content
  }

  /** Text that is not ASCII is encoded as UTF-8. */
  set body(body: Body) {
    this.content = toContent(body)
  }
}

// oxlint-disable-next-line no-control-regex -- all of ASCII
const ASCII = /^[\x00-\x7f]*$/
const encoder = new TextEncoder()

function toContent(body: Body): Body {
  return typeof body !== 'string' || ASCII.test(body) ? body : encoder.encode(body)
}

/** Whether the body is produced while it is sent. */
export function isSource(body: Body): body is Source {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
}

/** `Content-Length = 1*DIGIT`. A JavaScript number is not exact beyond fifteen digits. */
const CONTENT_LENGTH = /^\d{1,15}$/

/** Moves the `content-length` header of a streamed body to its source's `length`, which the writer then enforces. */
export function adoptContentLength(reply: Reply): void {
  const { body, headers } = reply
  const field = isSource(body) ? headers.get('content-length') : undefined
  if (!isSource(body) || field === undefined) return
  if (!CONTENT_LENGTH.test(field)) throw new ModelError(['content-length'], 'a number of bytes', 'other text')
  headers.delete('content-length')
  reply.body = wrapSource(body, (signal) => body.open(signal), Number(field))
}

/** A source with the chunks of `open` and the settings of another source. */
export function wrapSource(source: Source, open: Source['open'], length?: number): Source {
  const { endless, slowClient } = source
  return {
    open,
    get failure() {
      return source.failure
    },
    ...(endless !== undefined && { endless }),
    ...(slowClient !== undefined && { slowClient }),
    ...(length !== undefined && { length }),
  }
}

/** A source that ends only after `end` has resolved. If `end` rejects, the body is cut short; otherwise it would look complete. */
export function endAfter(source: Source, end: () => Promise<void>): Source {
  const open: Source['open'] = (signal) => {
    const chunks = source.open(signal)
    return {
      async next() {
        const next = await chunks.next()
        if (next.done === true) await end()
        return next
      },
      async return() {
        await chunks.return?.()
        return { done: true, value: undefined }
      },
    }
  }
  return wrapSource(source, open, source.length)
}

/** Closes the producer of a reply that will not be written, so that its `finally` runs. */
export function discard({ body }: Reply): void {
  if (!isSource(body)) return
  const close = async () => body.open(AbortSignal.abort()).return?.()
  // A producer's `finally` may throw, but there is no longer a response that could report it.
  void close().catch(() => undefined)
}

/** `trailer` is removed because no reply has trailers. */
const OF_WRITER = new Set(['content-length', 'transfer-encoding', 'trailer'])

/** Sets `Content-Length` if the length is known, and removes `Content-Type` if the status allows no content. */
export function setFraming({ status, headers: { flat }, body }: Reply): void {
  const isNull = isNullBodyStatus(status)
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    const name = flat[i]!
    if (OF_WRITER.has(name) || (isNull && name === 'content-type')) flat.splice(i, 2)
  }
  // A 205 has a length of 0 (RFC 9110 §15.3.6). For 204 the field is not allowed, for 304 it is optional (§8.6).
  const length = !isNull ? lengthOf(body) : status === 205 ? 0 : undefined
  if (length !== undefined) flat.push('content-length', String(length))
}

/** In bytes; `undefined` for a stream of unknown length. */
export function lengthOf(body: Body): number | undefined {
  if (typeof body === 'string') return body.length
  if (body === null) return 0
  return body instanceof Uint8Array ? body.byteLength : body.length
}

/** Called for each result of a handler. The class is used last: when a program first uses it, Node loads its `fetch`, which takes 24 ms (Node 20). */
export function isResponse(value: unknown): value is Response {
  return typeof value === 'object' && value !== null && 'bodyUsed' in value && value instanceof Response
}
