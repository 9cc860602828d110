/** The finished record that every writer takes: a status, header fields and a body, not yet on the wire. */
import type { HeaderList } from '../http/header-list.ts'
import type { SlowClientLimit } from './slow-client.ts'

/** A piece of a streamed body. Text is sent as UTF-8. */
export type Chunk = string | Uint8Array

/** A body that is made while it is sent. It is opened once, by the writer, and not at all for HEAD. */
export interface Source {
  /** In bytes, where it is known beforehand: then it must be held. */
  readonly length?: number
  /** Has no end of its own: it is told at once when the server stops, not only at the deadline. Default: false. */
  readonly endless?: boolean
  /** What went wrong although the content has an orderly end: an error that its last item tells the client. It is logged. */
  readonly failure?: unknown
  /** Default: the client may take its time. */
  readonly slowClient?: SlowClientLimit
  /** Starts the producer. `return()` of what it gives is called exactly once when the reader leaves before the end. */
  open(signal: AbortSignal): AsyncIterator<Chunk> | Iterator<Chunk>
  /**
   * As `open`, for a reader that asks for the next chunk only when it is done with the last: all chunks may lie in the same memory.
   * Whoever hands chunks on can't know that, and opens.
   */
  lend?(signal: AbortSignal): AsyncIterator<Uint8Array>
}

/** A string is ASCII: its length is its length in bytes. `null` is no content at all. */
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

export class Reply {
  status: number
  headers: HeaderList
  body: Body
  /** Set on a 206 and a 304 that stand for a 200: what that one says about its content. Layers decide by it, so that both carry the same `ETag` and `Vary`. */
  selected: SelectedContent | undefined = undefined
  /** Runs once, when the last byte has been handed over or the client is gone; with the error that cut the body short, if one did. */
  afterwards: ((error?: unknown) => void) | undefined = undefined

  constructor(status: number, headers: HeaderList, body: Body) {
    this.status = status
    this.headers = headers
    this.body = body
  }
}

/** Is this body made while it is sent? */
export function isSource(body: Body): body is Source {
  return typeof body === 'object' && body !== null && !(body instanceof Uint8Array)
}
