/** Defines custom representations, such as MessagePack, CSV or XML. */
import { isHTTPError, type HTTPError } from '../errors/http-error.ts'
import { isTextType, withCharset } from '../http/media-type.ts'
import { adopt, after, type MaybePromise } from '../maybe-promise.ts'
import type { Chunk, Reply } from '../reply/reply.ts'
import type { Sequence } from '../reply/sequence.ts'
import { toOutput } from '../schema/encode/output.ts'
import { compileEncoder } from '../schema/encode.ts'
import { cleanDecoded } from '../schema/json-text.ts'
import type { InputResult } from '../schema/issue.ts'
import { ModelError } from '../schema/model-error.ts'
import type { AnySchema, OutputOf, Accepted } from '../schema/schema.ts'
import { compileWireReader } from '../schema/wire.ts'
import { renderChunks } from './chunks.ts'
import { decodeText, NOT_UTF8, type BodyReader } from './content.ts'
import { refuseAsResponse, type Exchange, type Render, type Representation } from './representation.ts'
import { toSlowClientLimit, type SlowClientLimit, type SlowClientOptions } from '../reply/slow-client.ts'

/** The body of a request, for `decode`. */
export interface EncodedBody {
  readonly bytes: Uint8Array
  /** The bytes as UTF-8, without a byte order mark. A body that is not UTF-8 is refused with 422 when this is read. */
  readonly text: string
  /** The parameters of its media type, by names in lower case. */
  readonly parameters: Readonly<Record<string, string>>
}

/** Text or bytes, at once or as an iterable or a stream of them. */
export type EncodedContent = Chunk | Sequence<Chunk>

interface Definition<Value, Encodable, Decoded> extends SlowClientOptions {
  /** `; charset=utf-8` is added to text media types without a charset. */
  readonly mediaType: string
  /** Writes a value. An iterable or a stream is sent chunk by chunk. Default: the representation is for request bodies only. */
  readonly encode?: (value: Encodable) => MaybePromise<EncodedContent>
  /** Reads the body of a request. An error that it throws means that the content is not valid: 422. Default: the representation is for responses only. */
  readonly decode?: (body: EncodedBody) => MaybePromise<Decoded>
  /** Makes the value that represents an error, for an error status that is declared with this representation. Default: the value of the error body. */
  readonly fromError?: (error: HTTPError) => Value
}

/** A representation with a model: values are validated and filtered before `encode` and after `decode`. */
export interface RepresentationDefinition<S extends AnySchema> extends Definition<Accepted<S>, OutputOf<S>, unknown> {
  readonly schema: S
  /**
   * Whether `decode` returns strings instead of numbers, booleans and dates, as from a CSV file: they are then converted to their declared types, like
   * form fields. Default: false.
   */
  readonly textValues?: boolean
}

/** A representation without a model: `encode` is responsible for what is sent. */
export interface UncheckedRepresentationDefinition<Value, Input> extends Definition<Value, Value, Input> {
  readonly schema?: undefined
}

/** What `defineRepresentation()` returns. */
export interface DefinedRepresentation<Value, Input> extends Representation<Value> {
  readonly '~input'?: Input
}

/**
 * Defines a representation. `encode` gets the validated and filtered value with the types that the model outputs (a `Date` is a `Date`).
 * `decode` may return those types or their form in JSON (RFC 3339 text for a `Date`).
 */
export function defineRepresentation<S extends AnySchema>(
  definition: RepresentationDefinition<S>,
): DefinedRepresentation<Accepted<S>, OutputOf<S>>
export function defineRepresentation<Value = never, Input = never>(
  definition: UncheckedRepresentationDefinition<Value, Input>,
): DefinedRepresentation<Value, Input>
export function defineRepresentation(
  definition: RepresentationDefinition<AnySchema> | UncheckedRepresentationDefinition<unknown, unknown>,
): DefinedRepresentation<unknown, unknown> {
  const { mediaType, schema, encode, decode, fromError } = definition
  const { textValues = false } = definition as RepresentationDefinition<AnySchema>
  const slowClient = toSlowClientLimit(definition)
  return {
    kind: 'defined',
    mediaType: withCharset(mediaType),
    content: schema === undefined ? { form: { type: 'string', contentMediaType: mediaType } } : { schema, isFiltered: true },
    ...(fromError !== undefined && { fromError }),
    ...(decode !== undefined && {
      reading: { isText: isTextType(mediaType), compile: () => compileReader(mediaType, decode, compileCheck(schema, textValues)) },
    }),
    compile(): Render {
      if (encode === undefined) return refuseAsResponse(mediaType)
      const filter = schema === undefined ? (value: unknown) => value : compileEncoder(schema).filter
      return (reply, value, exchange) => after(adopt(encode(filter(value))), (encoded) => put(reply, encoded, { exchange, slowClient }))
    },
  }
}

interface Putting {
  readonly exchange: Exchange
  readonly slowClient: SlowClientLimit
}

function put(reply: Reply, encoded: unknown, { exchange, slowClient }: Putting): void | Promise<void> {
  if (typeof encoded === 'string') reply.content = toOutput(encoded)
  else if (encoded instanceof Uint8Array) reply.body = encoded
  else if (typeof encoded === 'object' && encoded !== null) return renderChunks(reply, encoded, exchange, { toChunk, slowClient })
  else throw ModelError.at(['encode()'], 'text, bytes or an iterable of them', encoded)
}

function toChunk(item: unknown): Chunk {
  if (typeof item === 'string' || item instanceof Uint8Array) return item
  throw ModelError.at(['encode()'], 'string or Uint8Array', item)
}

type Check = (decoded: unknown) => InputResult | Promise<InputResult>

function compileCheck(schema: AnySchema | undefined, textValues: boolean): Check {
  if (schema === undefined) return (value) => ({ value })
  const { read, refuseNul } = compileWireReader(schema, { textValues })
  return (value) => refuseNul(value) ?? read(value)
}

function compileReader(mediaType: string, decode: (body: EncodedBody) => unknown, check: Check): BodyReader {
  const invalid = toInvalid(`The content is not valid ${mediaType}`)
  const read = (decoded: unknown) => (cleanDecoded(decoded) ? check(decoded) : TOO_DEEP)

  return (content) =>
    content.collect((bytes) => {
      // A chunked body without bytes counts as absent, like a body of length 0.
      if (bytes.byteLength === 0) return check(undefined)
      let decoded: unknown
      try {
        decoded = adopt(decode(new ReceivedBody(bytes, content.parameters)))
      } catch (error) {
        return refuse(error)
      }
      return decoded instanceof Promise ? decoded.then(read, refuse) : read(decoded)
    })

  /** The problem for an error of `decode`. Its message is not sent, because it may quote the content. */
  function refuse(error: unknown): InputResult {
    if (isHTTPError(error)) throw error
    return error instanceof NotUTF8 ? NOT_UTF8 : invalid
  }
}

function toInvalid(message: string): InputResult {
  return { issues: [{ path: [], code: 'content_invalid', message }] }
}

const TOO_DEEP = toInvalid('The content is nested too deeply')

class NotUTF8 extends Error {}

class ReceivedBody implements EncodedBody {
  readonly bytes: Uint8Array
  readonly parameters: EncodedBody['parameters']

  constructor(bytes: Uint8Array, parameters: EncodedBody['parameters']) {
    this.bytes = bytes
    this.parameters = parameters
  }

  get text(): string {
    const text = decodeText(this.bytes)
    if (text === undefined) throw new NotUTF8()
    return text
  }
}
