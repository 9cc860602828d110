/** Compiles the declared responses of a route into the function that turns a handler's result into a Reply. Only declared content is ever sent. */
import { ContractError } from '../errors/framework-errors.ts'
import { formatVersionTag } from '../http/entity-tag.ts'
import { HeaderList } from '../http/header-list.ts'
import { isSameMediaType } from '../http/media-type.ts'
import { isFinalStatus } from '../http/status.ts'
import { Reply, adoptContentLength, discard, isResponse } from '../reply/reply.ts'
import { closeUnread } from '../reply/sequence.ts'
import type { StagedResponse } from '../reply/staged.ts'
import type { AnyRepresentation, Exchange, Render } from '../representation/representation.ts'
import { within } from '../schema/declaration-error.ts'
import { ModelError } from '../schema/model-error.ts'
import { type AddedFields, compileFields } from './fields.ts'
import { findByStatus, type DeclaredResponse, compileChoice, isChosenByAccept, notAcceptable } from './declared.ts'
import { DEFAULT_KEYS, type StatusKey } from './responses.ts'
import { StatusResult } from './result.ts'

/** What the conversion reads in addition to the result. */
export interface ResponseExchange extends Exchange {
  /** The headers, cookies and status set through `context.response`; `undefined` if nothing was set. */
  readonly staged: StagedResponse | undefined
  /** The headers and cookies that any response of the route may have. */
  readonly fields: AddedFields
}

export type ToReply = (result: unknown, exchange: ResponseExchange) => Reply | Promise<Reply>

type Make = (status: number, sent: StatusResult | undefined, value: unknown, exchange: ResponseExchange) => Reply | Promise<Reply>

/** `where` names the route in messages: `GET /users/{user_id}`. */
export function compileResponses(declared: readonly DeclaredResponse[], where: string): ToReply {
  const makers = new Map<StatusKey, Make>(
    declared.map((response) => [response.key, within(`responses.${response.key}`, () => compileResponse(response, where))]),
  )
  const defaultKey = DEFAULT_KEYS.find((key) => makers.has(key))
  const defaultMake = defaultKey === undefined ? undefined : makers.get(defaultKey)
  const defaultStatus = typeof defaultKey === 'number' ? defaultKey : defaultKey === '3XX' ? 302 : 200

  return (result, exchange) => {
    if (result instanceof StatusResult) return make(result.status, result, result.value, exchange)
    // A WHATWG `Response` has its own status.
    const status = isResponse(result) ? result.status : exchange.staged?.status
    if (status !== undefined) return make(status, undefined, result, exchange)
    if (defaultMake !== undefined) return defaultMake(defaultStatus, undefined, result, exchange)
    closeUnread(result)
    throw new ContractError(
      `NO_DEFAULT_RESPONSE: ${where}: the handler returned a value, but no 2xx or 3xx is declared. Return reply() with a declared status.`,
    )
  }

  function make(status: number, sent: StatusResult | undefined, value: unknown, exchange: ResponseExchange): ReturnType<Make> {
    // `default` must not allow a 1xx, nor a range a fraction such as 200.5.
    const found = isFinalStatus(status) ? findByStatus(makers, status) : undefined
    if (found !== undefined) return found(status, sent, value, exchange)
    closeUnread(value)
    throw new ContractError(`UNDECLARED_STATUS: ${where}: the handler returned ${status}, which is not declared. Add it to responses.`)
  }
}

/** The `ETag` made from the version field of the value. Throws a `ModelError` if the field holds no version. */
function toTag(value: unknown, field: string): string {
  const version = typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[field] : undefined
  try {
    return formatVersionTag(version)
  } catch {
    throw new ModelError([field], 'a version: a string, a number or a date', typeof version)
  }
}

function compileResponse(declared: DeclaredResponse, where: string): Make {
  const { key, representations, version } = declared
  const place = `${where} ${key}`
  const writeFields = compileFields(declared)
  const contents = representations.map((representation) => compileContent(representation, isChosenByAccept(declared)))
  const byAccept = compileChoice(declared)
  const byValue = declared.choose
  const only = contents.length === 1 ? contents[0] : undefined

  return (status, sent, value, exchange) => {
    try {
      const content = only ?? contents[byValue === undefined ? byAccept(exchange.incoming) : byValue(value, sent?.init?.as)]
      if (content === undefined) throw notAcceptable([declared])
      const reply = new Reply(status, { headers: HeaderList.from(content.fields.slice()) })
      if (version !== undefined) reply.headers.append('etag', toTag(value, version))
      if (content.rendersLast) settle(reply, content, sent, exchange)
      const rendered = content.render(reply, value, exchange)
      if (rendered === undefined) return content.rendersLast ? reply : complete(reply, content, sent, exchange)
      const fail = (error: unknown) => raise(error, value)
      return content.rendersLast
        ? rendered.then(() => reply, fail)
        : rendered.then(() => complete(reply, content, sent, exchange)).catch(fail)
    } catch (error) {
      return raise(error, value)
    }
  }

  /** Staged headers and those given to `reply()` replace headers that are set already. They must not change the media type. */
  function settle(reply: Reply, content: CompiledContent, sent: StatusResult | undefined, { staged, fields }: ResponseExchange): void {
    const { mediaType, isChosen } = content
    staged?.applyTo(reply)
    writeFields(reply, sent?.init, fields)
    if (isChosen) reply.headers.vary('Accept')
    if ((staged ?? sent?.init) !== undefined && mediaType !== undefined) assertMediaType(reply, mediaType)
  }

  function assertMediaType({ headers }: Reply, mediaType: string): void {
    if (isSameMediaType(headers.get('content-type') ?? mediaType, mediaType)) return
    throw new ContractError(
      `RESPONSE_BREACH: ${place}: content-type: expected ${mediaType}, got another media type. Declare a representation of that type.`,
    )
  }

  function complete(reply: Reply, content: CompiledContent, sent: StatusResult | undefined, exchange: ResponseExchange): Reply {
    try {
      settle(reply, content, sent, exchange)
      adoptContentLength(reply)
      return reply
    } catch (error) {
      discard(reply)
      throw error
    }
  }

  /** Closes the value. One that does not fit its model is the server's fault, whatever its status: the response becomes a 500. */
  function raise(error: unknown, value: unknown): never {
    closeUnread(value)
    if (error instanceof ModelError) throw new ContractError(`RESPONSE_BREACH: ${place}: ${error.message}`, { cause: error })
    throw error
  }
}

interface CompiledContent {
  readonly render: Render
  readonly rendersLast: boolean
  readonly fields: readonly string[]
  /** Whether the `Accept` of the request chose it. */
  readonly isChosen: boolean
  /** Its media type in the OpenAPI document; `undefined` for no content, and for content of any type. */
  readonly mediaType: string | undefined
}

function compileContent(representation: AnyRepresentation, isChosen: boolean): CompiledContent {
  const { mediaType, content, rendersLast = false } = representation
  return {
    render: representation.compile(),
    rendersLast,
    fields: mediaType === undefined ? [] : ['content-type', mediaType],
    isChosen,
    mediaType: content.mediaType === '*/*' ? undefined : (content.mediaType ?? mediaType),
  }
}
