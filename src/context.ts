/** The context of one request for handlers, dependencies and middleware. Expensive members are computed when they are first read. */
import { Background } from './background.ts'
import type { BaseContext, MatchedRoute } from './contract/handler.ts'
import { NO_FIELDS, type AddedFields } from './contract/fields.ts'
import { reply } from './contract/result.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import { parseLastEventId } from './http/event-stream.ts'
import type { Incoming, Platform } from './http/incoming.ts'
import { SentListeners, type SentListener } from './reply/sent.ts'
import { StagedResponse } from './reply/staged.ts'
import { NO_INPUTS, type TextInputs } from './request/input.ts'

/** A client's `X-Request-Id` is used if it is harmless in a header and a log line. */
const REQUEST_ID = /^[\w.:-]{1,128}$/

const fail = (error: AnyErrorClass, data: unknown, options?: ErrorOptions) => new error(data, options)

/** The state that all contexts of one request share. */
export class RequestParts {
  incoming: Incoming
  /** The limit of the matched route; the app's before a route is found. */
  bodyLimitBytes: number
  /** The headers and cookies that any response of the route may have; the app's before a route is found. */
  fields: AddedFields
  staged: StagedResponse | undefined = undefined
  tasks: Background | undefined = undefined
  matched: MatchedRoute | undefined = undefined
  sentListeners: SentListeners | undefined = undefined
  /** A function until it is first read. */
  #signal: AbortSignal | (() => AbortSignal) | undefined = undefined
  #requestId: string | undefined = undefined
  #request: Request | undefined = undefined

  constructor(incoming: Incoming, bodyLimitBytes: number, fields = NO_FIELDS) {
    this.incoming = incoming
    this.fields = fields
    this.bodyLimitBytes = bodyLimitBytes
  }

  get signal(): AbortSignal {
    if (typeof this.#signal === 'function') this.#signal = this.#signal()
    return this.#signal ?? this.incoming.signal
  }

  /** Called when a layer sets another signal for the inner layers. */
  deriveSignal(derive: (outside: AbortSignal) => AbortSignal): void {
    const outside = this.#signal
    this.#signal = () => derive(typeof outside === 'function' ? outside() : (outside ?? this.incoming.signal))
  }

  get request(): Request {
    return (this.#request ??= this.incoming.toRequest(() => this.bodyLimitBytes))
  }

  get requestId(): string {
    return (this.#requestId ??= requestIdOf(this.incoming))
  }

  get response(): StagedResponse {
    return (this.staged ??= new StagedResponse(this))
  }

  get background(): Background {
    return (this.tasks ??= new Background())
  }
}

function requestIdOf(incoming: Incoming): string {
  const given = incoming.header('x-request-id')
  return given !== undefined && REQUEST_ID.test(given) ? given : crypto.randomUUID()
}

/** The context. All its members are public, so that every other name is free for a dependency. */
export class Context implements BaseContext {
  readonly reply = reply
  readonly fail = fail
  readonly params: unknown
  readonly query: unknown
  readonly headers: unknown
  readonly cookies: unknown
  body: unknown = undefined
  /** Makes the events of an `sse()` route. */
  event: unknown = undefined
  readonly #parts: RequestParts

  constructor(parts: RequestParts, { params, query, headers, cookies }: Readonly<Omit<TextInputs, 'isWrong'>> = NO_INPUTS) {
    this.#parts = parts
    this.params = params
    this.query = query
    this.headers = headers
    this.cookies = cookies
  }

  get method(): string {
    return this.#parts.incoming.method
  }

  get path(): string {
    return this.#parts.incoming.path
  }

  get search(): string {
    return this.#parts.incoming.search
  }

  get route(): MatchedRoute | undefined {
    return this.#parts.matched
  }

  get platform(): Platform {
    return this.#parts.incoming.platform
  }

  /** A function that also works after destructuring: `({ header }) => …`. */
  get header(): (name: string) => string | undefined {
    return (name) => this.#parts.incoming.header(name.toLowerCase())
  }

  get signal(): AbortSignal {
    return this.#parts.signal
  }

  get stopping(): AbortSignal {
    return this.#parts.incoming.stopping
  }

  get request(): Request {
    return this.#parts.request
  }

  get requestId(): string {
    return this.#parts.requestId
  }

  get response(): StagedResponse {
    return this.#parts.response
  }

  get background(): Background {
    return this.#parts.background
  }

  get onSent(): (listener: SentListener) => void {
    return (listener) => (this.#parts.sentListeners ??= new SentListeners()).add(listener)
  }

  get lastEventId(): string | undefined {
    return parseLastEventId(this.#parts.incoming.header('last-event-id'))
  }
}

const { constructor: _, ...ACCESSORS } = Object.getOwnPropertyDescriptors(Context.prototype)
const MEMBERS: ReadonlySet<string> = new Set([
  ...Object.keys(ACCESSORS),
  ...Object.keys(new Context(undefined as never)), // only its names are read
  '__proto__',
])

/** Whether every context has a member of this name, which a dependency would hide. */
export function isContextMember(name: string): boolean {
  return MEMBERS.has(name)
}
