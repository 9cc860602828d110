/** Reads the body of a request by its media type, within its limit, or refuses it with all problems of the request. */
import type { BodyDeclaration } from '../contract/contract.ts'
import { requestError, type RequestError } from '../errors/framework-errors.ts'
import type { Incoming } from '../http/incoming.ts'
import { parseMediaType } from '../http/media-type.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import { limit, tooLarge, type BodyReader, type Content } from '../representation/content.ts'
import { json } from '../representation/json.ts'
import { isRepresentation, type AnyRepresentation } from '../representation/representation.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { InputResult } from '../schema/issue.ts'
import { isSchema } from '../schema/schema.ts'
import { Problems } from './problems.ts'

/** `cleanUp` registers a function to call when the response is complete or has failed. Throws, or rejects with, a `RequestError`: 400, 413, 415. */
export type ReadBody = (incoming: Incoming, cleanUp: Content['cleanUp']) => MaybePromise<InputResult>

const MISSING: InputResult = { issues: [{ path: [], code: 'missing', message: 'Field required' }] }

export function compileBody(declaration: BodyDeclaration, limitBytes: number): ReadBody {
  const representations = toRepresentations(declaration)
  const readers = representations.map(compileReader)
  // For a request without content and media type: the model decides whether the body is required. `text()` and `bytes()` have no model.
  const withModel = readers.find(({ judgesNothing }) => judgesNothing)
  const accept = representations.map(({ mediaType }) => mediaType).join(', ')
  const notAccepted = () => unsupported(`This resource accepts ${accept}`, accept)

  /** The last `Content-Type`, parsed: nearly all requests of a route send the same one. */
  let usual: Chosen | undefined

  return (incoming, cleanUp) => {
    const field = incoming.header('content-type') ?? ''
    const chosen = usual?.field === field ? usual : choose(field)
    if (!incoming.hasBody) return readNothing(chosen, cleanUp)
    if (chosen === undefined) return readNothingOf(incoming, cleanUp)
    if (chosen !== usual) assertCharset(chosen)
    usual = chosen
    const coding = incoming.header('content-encoding')?.toLowerCase()
    if (coding !== undefined && coding !== 'identity') throw unsupported('Content must be sent without a content coding', accept)
    assertLength(incoming, limitBytes)
    return chosen.reader.read(new LimitedContent(incoming, limitBytes, chosen.parameters, cleanUp))
  }

  /** `undefined` for a media type that no representation reads. */
  function choose(field: string): Chosen | undefined {
    const given = parseMediaType(field)
    const reader = given && readers.find(({ matches }) => matches(given.essence))
    return reader && { field, reader, parameters: given.parameters }
  }

  /** Reads empty content. With a declared media type, zero bytes are its content; otherwise the body is absent. */
  function readNothing(chosen: Chosen | undefined, cleanUp: Content['cleanUp']): MaybePromise<InputResult> {
    const reader = chosen?.reader ?? withModel
    if (reader === undefined) return MISSING
    return reader.read({ ...NOTHING, parameters: chosen?.parameters ?? {}, cleanUp })
  }

  /** Content of an undeclared media type. A chunked request may have no bytes, so its media type is refused only when the first byte arrives. */
  async function readNothingOf(incoming: Incoming, cleanUp: Content['cleanUp']): Promise<InputResult> {
    const length = incoming.header('content-length')
    if (length !== undefined && length !== '0') throw notAccepted()
    for await (const chunk of incoming.body()) if (chunk.byteLength > 0) throw notAccepted()
    return readNothing(undefined, cleanUp)
  }

  /** Throws a `RequestError` 415. */
  function assertCharset({ reader, parameters }: Chosen): void {
    const charset = parameters['charset']?.toLowerCase()
    if (reader.isText && charset !== undefined && charset !== 'utf-8' && charset !== 'utf8' && charset !== 'us-ascii')
      throw unsupported('Text must be sent as UTF-8', accept)
  }
}

/** The reader for a `Content-Type`. */
interface Chosen {
  readonly field: string
  readonly reader: CompiledReader
  readonly parameters: Content['parameters']
}

/** A 415 says in `Accept` which media types are supported (RFC 9110 §15.5.16). */
function unsupported(detail: string, accept: string): RequestError {
  return requestError(415, detail, { headers: { accept } })
}

function assertLength(incoming: Incoming, limitBytes: number): void {
  const length = incoming.header('content-length')
  if (length !== undefined && Number(length) > limitBytes) throw tooLarge(limitBytes)
}

export function toRepresentations(declaration: BodyDeclaration): readonly AnyRepresentation[] {
  if (isSchema(declaration)) return [json(declaration)]
  return isRepresentation(declaration) ? [declaration] : declaration
}

interface CompiledReader {
  readonly read: BodyReader
  readonly matches: (essence: string) => boolean
  readonly isText: boolean
  readonly judgesNothing: boolean
}

function compileReader({ kind, mediaType = '', reading }: AnyRepresentation): CompiledReader {
  if (reading === undefined) {
    throw new DeclarationError(
      'REQUEST_BODY',
      'body',
      `content of kind ${kind} can be sent but not read`,
      'Declare a schema, form(), multipart(), text(), bytes(), or a representation with decode',
    )
  }
  const { accepts, isText = false, judgesNothing = false } = reading
  const own = parseMediaType(mediaType)?.essence
  return { read: reading.compile(), matches: (essence) => essence === own || accepts?.(essence) === true, isText, judgesNothing }
}

const NOTHING: Pick<Content, 'chunks' | 'collect' | 'isEmpty'> = {
  isEmpty: true,
  chunks: (async function* () {})(),
  collect: (read) => read(new Uint8Array(0)),
}

/**
 * A class and not an object literal: V8 gives each literal with a getter a hidden class of its own and may allocate it in the old
 * generation, where it would keep its whole request alive until the next full garbage collection.
 */
class LimitedContent implements Content {
  readonly parameters: Content['parameters']
  readonly cleanUp: Content['cleanUp']
  readonly #incoming: Incoming
  readonly #limitBytes: number

  constructor(incoming: Incoming, limitBytes: number, parameters: Content['parameters'], cleanUp: Content['cleanUp']) {
    this.parameters = parameters
    this.cleanUp = cleanUp
    this.#incoming = incoming
    this.#limitBytes = limitBytes
  }

  get chunks(): AsyncIterable<Uint8Array> {
    return limit(this.#incoming.body(), this.#limitBytes)
  }

  collect(read: Parameters<Content['collect']>[0]): InputResult | Promise<InputResult> {
    return this.#incoming.collect(this.#limitBytes, (bytes) => {
      if (bytes === undefined) throw tooLarge(this.#limitBytes)
      return read(bytes)
    })
  }
}

/** The body of a WHATWG `Request`, within its limit. Nothing is read from the client before the stream is read. */
export function toLimitedStream(incoming: Incoming, limitBytes: () => number): ReadableStream<Uint8Array> {
  let chunks: AsyncGenerator<Uint8Array, void, void> | undefined
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    // The first read requests the content. Until then, a client that waits for `100 Continue` is not told to send it.
    const { done, value } = await (chunks ??= limit(incoming.body(), limitBytes())).next()
    if (done === true) controller.close()
    else controller.enqueue(value)
  }
  const cancel = async () => {
    await chunks?.return()
  }
  return new ReadableStream({ pull, cancel }, { highWaterMark: 0 })
}

/** A second reader would get an empty body, and could mistake it for the content. */
export function alreadyRead(): Error {
  return new Error(
    'BODY_READ: request body: it can be read once, and was read already. If the route declares a body, use that; else let this app read before body parsers do.',
  )
}

/** Returns the body's value, or throws a `RequestError` 422 with the problems of all inputs. */
export function judgeBody(result: InputResult, ofTexts: Problems | undefined, limit: number): unknown {
  if (result.issues === undefined) {
    if (ofTexts !== undefined) throw ofTexts.toError()
    return result.value
  }
  const problems = ofTexts ?? new Problems(limit)
  problems.add(result, BODY)
  throw problems.toError()
}

const BODY = ['body']
