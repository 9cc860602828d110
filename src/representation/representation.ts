/** The interface of representations: how a value becomes content of a media type (RFC 9110 §3.2). */
import type { Incoming } from '../http/incoming.ts'
import type { Reply } from '../reply/reply.ts'
import type { HTTPError } from '../errors/http-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { BodyReader } from './content.ts'

/** What a representation may read while it makes its content. */
export interface Exchange {
  readonly incoming: Incoming
  /** Aborts when the client has disconnected, or when the server stops and streams must end. */
  readonly signal: AbortSignal
  readonly requestId: string
}

/** Writes a value into a reply that already has its status and static headers. Throws, or rejects with, a `ModelError` on a value of another type. */
export type Render = (reply: Reply, value: unknown, exchange: Exchange) => void | Promise<void>

/** A header that a representation sends, for the OpenAPI document. */
export interface DocumentedHeader {
  readonly description: string
  readonly schema: AnySchema
  readonly required?: boolean
}

/** A named example of content: OpenAPI's Example Object. */
export interface ContentExample {
  readonly summary?: string
  readonly description?: string
  /** The value in the form that a handler returns, or in the form that is sent. */
  readonly value?: unknown
  /** The URL of the example, instead of a `value`. */
  readonly externalValue?: string
}

/** What the data of a server-sent event may be. */
export interface DocumentedEventData {
  readonly schema: AnySchema
  /** Whether the data is plain text, not JSON. Default: false. */
  readonly isText?: boolean
}

/** What the OpenAPI document says about the content of a representation. */
export interface DocumentedContent {
  /** The description of a request body or a response. Default: none for a body; the reason phrase for a response. */
  readonly description?: string
  /** Shown beside the schema, by name. */
  readonly examples?: Readonly<Record<string, ContentExample>>
  /** The media type in the document. Default: the one that is sent. */
  readonly mediaType?: string
  /** The model of the whole content. */
  readonly schema?: AnySchema
  /** The model of one item of a sequence (OpenAPI 3.2 `itemSchema`). */
  readonly itemSchema?: AnySchema
  /** For `text/event-stream`: what the data of each event may be, by event name; `message` is the unnamed one. */
  readonly events?: Readonly<Record<string, readonly DocumentedEventData[]>>
  /** Whether the data of `message` describes events of every name. Default: false. */
  readonly anyEvent?: boolean
  /** Each property of the model is a part with a media type of its own, as in `multipart/form-data`. Default: false. */
  readonly hasParts?: boolean
  /** Whether an empty field counts as absent. Default: false. */
  readonly dropsEmptyFields?: boolean
  /** Whether the value is validated and filtered by its model, and then encoded by the representation itself. Default: false. */
  readonly isFiltered?: boolean
  /** JSON Schema for content without a model, such as an image. It is copied into the document unchanged. */
  readonly form?: Readonly<Record<string, unknown>>
}

/** How a value becomes content of a media type (RFC 9110 §3.2). `Value` is what a handler returns for it. */
export interface Representation<Value = unknown> {
  readonly '~value'?: Value
  /** The name of the function that creates it, for messages. */
  readonly kind: string
  /** The `Content-Type` to send, parameters included; `undefined` for no content. */
  readonly mediaType: string | undefined
  readonly content: DocumentedContent
  /** Headers that it always sends. */
  readonly headers?: Readonly<Record<string, DocumentedHeader>>
  /** Statuses that it may send instead of the declared one, such as 206 and 304 for a file. */
  readonly statuses?: readonly number[]
  /** Statuses of errors that it may throw while it renders, such as 404, 412 and 416 for a file. */
  readonly faults?: readonly number[]
  /**
   * Whether the content depends on the response headers, so that these must be complete before it renders.
   * Default: false: a producer may set headers until its first item.
   */
  readonly rendersLast?: boolean
  /** How a request body of this media type is read. Default: it is for responses only. */
  readonly reading?: BodyReading
  /** Makes the value that represents an error. Default: the value of the error body, if the content has a model. */
  readonly fromError?: (error: HTTPError, reply: Reply) => unknown
  /** Compiles a function that formats a value as text, for the data of a server-sent event. Default: it cannot be the data of an event. */
  compileText?(): (value: unknown) => string
  /** Called once, at declaration. */
  compile(): Render
}

/** How a representation reads the body of a request. */
export interface BodyReading {
  /** Whether the model validates a request without content and media type. Default: false: the body of such a request is missing. */
  readonly judgesNothing?: boolean
  /** Whether it accepts further media types, such as `application/*+json`; `essence` is `type/subtype` in lower case. Default: no. */
  readonly accepts?: ((essence: string) => boolean) | undefined
  /** Whether the content is text: a charset other than UTF-8 is then refused with 415. Default: false. */
  readonly isText?: boolean
  /** Called once, at declaration. */
  compile(): BodyReader
}

/** A representation that can also read request bodies. `Input` is the type that the handler receives. */
export interface ReadableRepresentation<Value, Input> extends Representation<Value> {
  readonly '~input'?: Input
  readonly reading: BodyReading
}

/** Throws a `DeclarationError`, for representations that can only read request bodies. */
export function refuseAsResponse(what: string): never {
  throw new DeclarationError('RESPONSE_FORM', 'responses', `${what} can be read but not sent`, 'Declare a schema or another representation')
}

export type AnyRepresentation = Representation<any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every representation

export function isRepresentation(value: unknown): value is AnyRepresentation {
  return typeof value === 'object' && value !== null && 'kind' in value && 'compile' in value
}
