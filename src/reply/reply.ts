/** A finished response that is not on the wire yet, and what may happen to its body until then. */
import { HeaderList } from '../http/header-list.ts'
import type { SlowClientLimit } from './slow-client.ts'
import { ModelError } from '../schema/model-error.ts'
import { isNullBodyStatus } from '../http/status.ts'

/** A piece of a streamed body. Text is sent as UTF-8. */
export type Chunk = string | Uint8Array

/** Why a body was cut short. In a box, because `undefined` can be thrown too. */
export interface Cut {
  readonly error: unknown
}

/** A body that is made while it is sent. It is opened once, by the writer, and not at all for HEAD. */
export interface Source {
  /** In bytes, where it is known beforehand: then it must be held. */
  readonly length?: number
  /** Has no end of its own: it is told at once when the server stops, not only at the deadline. Default: false. */
  readonly endless?: boolean
  /** What went wrong although the content has an orderly end: an error that its last item tells the client. It is logged. */
  readonly failure?: Cut | undefined
  /** Default: the client may take its time. */
  readonly slowClient?: SlowClientLimit
  /** Starts the producer. `return()` of what it gives is called exactly once when the reader leaves before the end. */
  open(signal: AbortSignal): AsyncIterator<Chunk> | Iterator<Chunk>
  /**
   * As `open`, for a reader that asks for the next chunk only when it is done with the last: all chunks may lie in the same memory.
   * Code that passes chunks on can't know that, and calls `open`.
   */
  lend?(signal: AbortSignal): AsyncIterator<Uint8Array>
}

/** The body of a reply: `null` is no content. */
export type Body = null | string | Uint8Array | Source

/** What a 200 says about its content. */
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
  /** Text in any language is sent as UTF-8. Default: no content. */
  readonly body?: Body
}

/** A finished response that is not on the wire yet: status, headers and body. */
export class Reply {
  status: number
  headers: HeaderList
  /** The body as it goes on the wire: a string must be ASCII, because its length is the length in bytes. `body` takes any text. */
  content: Body
  /** Set on a 206 and a 304 that stand for a 200: what that one says about its content. Layers decide by it, so that both carry the same `ETag` and `Vary`. */
  selected: SelectedContent | undefined = undefined
  /**
   * Runs once, when the last byte has been handed over or the client is gone; with the error that cut the body short, if one did. Its promise never
   * rejects.
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

/** Is this body made while it is sent? */
export function isSource(body: Body): body is Source {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
}

/** `Content-Length = 1*DIGIT`; beyond fifteen a number is not exact. */
const CONTENT_LENGTH = /^\d{1,15}$/

/** A `content-length` field that was put on a streamed body becomes its source's length, which a writer holds the producer to. */
export function adoptContentLength(reply: Reply): void {
  const { body, headers } = reply
  const field = isSource(body) ? headers.get('content-length') : undefined
  if (!isSource(body) || field === undefined) return
  if (!CONTENT_LENGTH.test(field)) throw new ModelError(['content-length'], 'a number of bytes', 'other text')
  headers.delete('content-length')
  reply.body = wrapSource(body, (signal) => body.open(signal), Number(field))
}

/** A source that replaces another one, for the same client. */
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

/** A source that ends only when `end` resolves: an error of it cuts the body, which would otherwise look whole. */
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

/** Closes the producer of a reply that will not be written: its `finally` must run all the same. */
export function discard({ body }: Reply): void {
  if (!isSource(body)) return
  const close = async () => body.open(AbortSignal.abort()).return?.()
  // A producer's `finally` may throw: no response is left that could tell about it.
  void close().catch(() => undefined)
}

/** `trailer` is removed because no reply has trailers. */
const OF_WRITER = new Set(['content-length', 'transfer-encoding', 'trailer'])

/** Sets `Content-Length` where the length is known, and removes `Content-Type` where the status allows no content. */
export function setFraming({ status, headers: { flat }, body }: Reply): void {
  const isNull = isNullBodyStatus(status)
  for (let i = flat.length - 2; i >= 0; i -= 2) {
    const name = flat[i]!
    if (OF_WRITER.has(name) || (isNull && name === 'content-type')) flat.splice(i, 2)
  }
  // A 205 says that it has no content by a length of 0 (RFC 9110 §15.3.6); for 204 and 304 the field is not allowed or not needed (§8.6).
  const length = !isNull ? lengthOf(body) : status === 205 ? 0 : undefined
  if (length !== undefined) flat.push('content-length', String(length))
}

/** In bytes; `undefined` if only the end of the stream will tell. */
export function lengthOf(body: Body): number | undefined {
  if (typeof body === 'string') return body.length
  if (body === null) return 0
  return body instanceof Uint8Array ? body.byteLength : body.length
}
