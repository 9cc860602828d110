/** How a value becomes content of a media type (RFC 9110 §3.2). Each representation has a file. */
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

/** A header that a representation always sends, for the document. */
export interface DocumentedHeader {
  readonly description: string
  readonly schema: AnySchema
  readonly required?: boolean
}

/** A named example of content, as OpenAPI has it. */
export interface ContentExample {
  readonly summary?: string
  readonly description?: string
  /** In the form that a handler returns, or in the form that is sent. */
  readonly value?: unknown
  /** The URL of the example, instead of a `value`. */
  readonly externalValue?: string
}

/** What the data of a server-sent event may be. */
export interface DocumentedEventData {
  readonly schema: AnySchema
  /** The data is the text itself, not JSON. Default: false. */
  readonly isText?: boolean
}

/** What the document says about the content of a representation. */
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
  /** The data of `message` is that of events of every name. Default: false. */
  readonly anyEvent?: boolean
  /** Each property of the model is a part with a media type of its own, as in `multipart/form-data`. Default: false. */
  readonly hasParts?: boolean
  /** A field that is sent empty is absent. Default: false. */
  readonly dropsEmptyFields?: boolean
  /** The model's value is checked and filtered, then encoded by code of the representation's own. Default: false. */
  readonly isFiltered?: boolean
  /** JSON Schema for content that no model describes, such as an image. It is put into the document unchanged. */
  readonly form?: Readonly<Record<string, unknown>>
}

/** How a value becomes content of a media type (RFC 9110 §3.2). `Value` is what a handler returns for it. */
export interface Representation<Value = unknown> {
  readonly '~value'?: Value
  /** The name of its function, for messages. */
  readonly kind: string
  /** The `Content-Type` to send, parameters included; `undefined` if there is no content. */
  readonly mediaType: string | undefined
  readonly content: DocumentedContent
  /** Headers that it always sends. */
  readonly headers?: Readonly<Record<string, DocumentedHeader>>
  /** Statuses that it sends beyond the declared one, such as 206 and 304 of a file. */
  readonly statuses?: readonly number[]
  /** Statuses of errors that it may throw while it renders, such as 404, 412 and 416 of a file. */
  readonly faults?: readonly number[]
  /**
   * The content depends on the response headers, so they are complete before it renders.
   * Default: false: a producer may set headers until its first item.
   */
  readonly rendersLast?: boolean
  /** How a request body of this media type is read. Default: not at all, it is for responses only. */
  readonly reading?: BodyReading
  /** The value that represents an error. Default: what the error body says, where the content has a model. */
  readonly fromError?: (error: HTTPError, reply: Reply) => unknown
  /** Writes a value as one text: the data of a server-sent event. Default: not at all. */
  compileText?(): (value: unknown) => string
  /** Called once, at declaration. */
  compile(): Render
}

/** How a representation reads the body of a request. */
export interface BodyReading {
  /** Its model judges a request without content and media type. Default: such a request lacks its body. */
  readonly judgesNothing?: boolean
  /** Further media types that it takes, such as `application/*+json`; `essence` is `type/subtype` in lower case. Default: none. */
  readonly accepts?: ((essence: string) => boolean) | undefined
  /** The content is text: a charset other than UTF-8 is refused with 415. Default: false. */
  readonly isText?: boolean
  /** Called once, at declaration. */
  compile(): BodyReader
}

/** A representation that a request body may be declared with; `Input` is what the handler receives. */
export interface ReadableRepresentation<Value, Input> extends Representation<Value> {
  readonly '~input'?: Input
  readonly reading: BodyReading
}

/** For representations of request bodies alone. Throws a `DeclarationError`. */
export function refuseAsResponse(what: string): never {
  throw new DeclarationError('RESPONSE_FORM', 'responses', `${what} can be read but not sent`, 'Declare a schema or another representation')
}

export type AnyRepresentation = Representation<any> // oxlint-disable-line typescript/no-explicit-any -- a constraint must take every representation

export function isRepresentation(value: unknown): value is AnyRepresentation {
  return typeof value === 'object' && value !== null && 'kind' in value && 'compile' in value
}
