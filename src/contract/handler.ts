/** The type of a handler and of the context that it receives. */
import type { Either } from '../representation/either.ts'
import type { Platform } from '../http/incoming.ts'
import type { SentListener } from '../reply/sent.ts'
import type { StagedResponse } from '../reply/staged.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { Absent, BodyOf, ParamsOf, ReceivedOf } from './inputs.ts'
import type { Checked } from './mismatch.ts'
import type { SecurityScheme } from './security.ts'
import type { ReplyFunction } from './result.ts'

/** Work to do after the response. */
export interface BackgroundTasks {
  /** Adds a task, which runs in this process after the last byte of the response. Tasks run one at a time, in the order added. A failed task is logged; the next one still runs. */
  add<Arguments extends readonly unknown[]>(task: (...args: Arguments) => unknown, ...args: Arguments): void
}

/** The route that a request matched. */
export interface MatchedRoute {
  /** The path as declared, with the prefixes of its routers: `/users/{user_id}`. A label for logs and metrics that takes few values. */
  readonly template: string
  /** As declared; `undefined` if the OpenAPI document generates it. */
  readonly operationId: string | undefined
  /** `['GET']`. For the automatic response to OPTIONS: the methods of all routes at this path. */
  readonly methods: readonly string[]
  /** Names of the headers that the contract reads, in lower case. */
  readonly requestHeaders: readonly string[]
  /** Names of the headers that the contract declares for its responses, in lower case. */
  readonly responseHeaders: readonly string[]
  /** The security schemes of its dependencies, all of which a request must satisfy. */
  readonly security: readonly SecurityScheme[]
}

/** The part of every context that is the same for all routes. It has no type parameter, so the compiler computes it once. */
interface RequestContext {
  /** The WHATWG `Request`, created when it is first read. */
  readonly request: Request
  readonly method: string
  /** As sent, still percent-encoded. */
  readonly path: string
  /** The query as sent, still percent-encoded, without its `?`; empty for a URL without a query. */
  readonly search: string
  /** The route that the request matched; `undefined` for a 404 or 405. */
  readonly route: MatchedRoute | undefined
  /** What the runtime knows about the request: the address of the client, and members that applications add. */
  readonly platform: Platform
  /** A request header by its case-insensitive name; repeated headers are joined with a comma (RFC 9110 §5.3). Creates no `Request`. */
  readonly header: (name: string) => string | undefined
  /** Identifies the request in the log and in error bodies. */
  readonly requestId: string
  /** Aborts when the client disconnects before its response is complete. */
  readonly signal: AbortSignal
  /**
   * Aborts when the server begins to stop: for responses that wait for something, such as a long poll. Streams that are `endless` end without it.
   * Never aborts with `app.fetch` and `app.request`, which do not know that a server stops.
   */
  readonly stopping: AbortSignal
  readonly background: BackgroundTasks
  /** Calls the listener once, after the last byte of the response or when the client has disconnected. What it throws is logged. */
  readonly onSent: (listener: SentListener) => void
}

/** The members that every context has: of handlers, dependencies and middleware. */
export interface BaseContext<Staged = StagedResponse> extends RequestContext {
  /** Sets headers and cookies of the response before it exists. */
  readonly response: Staged
}

/** The parameter type of `fail()` for an undeclared error, so that the compiler's message says what to do. */
type Undeclared = 'not declared: add it to errors'

/** Creates a declared error to throw: `throw fail(UserNotFound, { user_id: 7 })`. */
export type FailFunction<E> = <X extends AnyErrorClass>(
  error: X extends E ? X : Undeclared,
  ...data: ConstructorParameters<X>
) => InstanceType<X>

/** The `event` of a `sse()` route makes its typed events. */
type EventsOf<D> = [DeclaredEvents<D>] extends [never] ? Absent<'not declared: add sse() to responses'> : DeclaredEvents<D>

type DeclaredEvents<D> = D extends { readonly '~events'?: infer Events }
  ? Events
  : D extends Either<infer Each>
    ? DeclaredEvents<Each>
    : D extends { readonly body: infer Body }
      ? DeclaredEvents<Body>
      : D extends readonly (infer Each)[]
        ? DeclaredEvents<Each>
        : never

/** The context of a route's handler. The type of each member is computed when it is first used, from the contract as declared. */
export interface RouteContext<Path extends string, P, Q, H, K, B, R, E, Staged = StagedResponse> extends RequestContext {
  /** Sets headers and cookies of the response before it exists. */
  readonly response: Staged
  readonly params: ParamsOf<Path, P>
  readonly query: ReceivedOf<'query', Q>
  readonly headers: ReceivedOf<'headers', H>
  readonly cookies: ReceivedOf<'cookies', K>
  readonly body: BodyOf<B>
  /** Makes the declared events of a `sse()` response: `yield event.tick({ n: 1 })`. */
  readonly event: EventsOf<R[keyof R]>
  /** The `Last-Event-ID` that a reconnecting client sends; `undefined` on its first connection. */
  readonly lastEventId: string | undefined
  /** Makes a result with a declared status: the value, headers and cookies are checked against its declaration. */
  readonly reply: ReplyFunction<R>
  readonly fail: FailFunction<E>
}

/**
 * The function that handles the requests of a route.
 * `Result` is inferred from the handler. The conditional type gives the compiler the expected type before it checks the handler. Without it,
 * `'red'` in a returned literal would widen to `string`.
 */
export type Handler<Context, R, Result> = Checked<Context, Result, R>

/** A handler of any types. */
export type AnyHandler = (context: never) => unknown
