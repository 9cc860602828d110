/** The finished record that every writer takes: a status, header fields and a body, not yet on the wire. */
import { HeaderList } from '../http/header-list.ts'
import type { SlowClientLimit } from './slow-client.ts'

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

/** `null` is no content at all. */
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
