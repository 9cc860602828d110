/** How a value becomes content of a media type (RFC 9110 §3.2). One representation a file. */
import type { Incoming } from '../http/incoming.ts'
import type { Reply } from '../reply/reply.ts'
import type { AnySchema } from '../schema/schema.ts'

/** What a representation may look at while it makes its content. */
export interface Exchange {
  readonly incoming: Incoming
  /** Aborts when the client is gone, or when the server stops and streams must end. */
  readonly signal: AbortSignal
  readonly requestId: string
}

/** Puts a value into a reply whose status and static header fields stand already. Throws a `ModelError` on a value that is not what was promised. */
export type Render = (reply: Reply, value: unknown, exchange: Exchange) => void | Promise<void>

/** A header field that a representation sends by itself, for the document. */
export interface DocumentedHeader {
  readonly description: string
  readonly schema: AnySchema
  readonly required?: boolean
}

/** What a representation tells the document about its content. */
export interface DocumentedContent {
  /** Where what is sent has no media type of its own making. Default: the representation's. */
  readonly mediaType?: string
  /** The model of the whole content. */
  readonly schema?: AnySchema
  /** The model of one item of a sequence (OpenAPI 3.2 `itemSchema`). */
  readonly itemSchema?: AnySchema
  /** For `text/event-stream`: the model of each event's data by event name; `message` is the unnamed one. */
  readonly events?: Readonly<Record<string, AnySchema>>
  /** Names of those `events` whose data is text as it is, not JSON. */
  readonly textEvents?: readonly string[]
  /** The data of `message` is that of every event, whatever its name. Default: false. */
  readonly anyEvent?: boolean
  /** Content that is not described by a model, such as an image: JSON Schema as it is to stand in the document. */
  readonly form?: Readonly<Record<string, unknown>>
}

/** `Value` is what a handler returns for it. */
export interface Representation<Value = unknown> {
  readonly '~value'?: Value
  readonly kind: string
  /** The `Content-Type` to send, parameters included; `undefined` where there is no content. */
  readonly mediaType: string | undefined
  readonly content: DocumentedContent
  /** Header fields that it sends by itself. */
  readonly headers?: Readonly<Record<string, DocumentedHeader>>
  /** Further statuses that it answers with by itself, such as 206 and 304 of a file. */
  readonly statuses?: readonly number[]
  /** Statuses of faults that it may find while it renders, such as 404, 412 and 416 of a file. */
  readonly faults?: readonly number[]
  /**
   * Its content depends on the answer's header fields, so that they are complete before it renders.
   * Default: false, and then a producer may set some until its first item.
   */
  readonly rendersLast?: boolean
  /** Called once, at declaration. */
  compile(): Render
}

export type AnyRepresentation = Representation<any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every representation

export function isRepresentation(value: unknown): value is AnyRepresentation {
  return typeof value === 'object' && value !== null && 'kind' in value && 'compile' in value
}
