/** Declares middleware: a function around the route, and the responses that it may send itself. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import type { Accepted, AnySchema } from '../schema/schema.ts'
import type { BaseContext, FailFunction } from './handler.ts'
import type { StagedFor } from '../reply/staged.ts'
import type { DeclaredFor, FieldModels, ResponseFields, Responses, StatusOf, ValueOf } from './responses.ts'
import type { ReplyInit, StatusResult } from './result.ts'

/** Options of a middleware's `next()`. */
export interface NextOptions {
  /** The `signal` for the inner middleware and the route. A function derives it from the outer signal when it is first read. Default: the request's signal. */
  readonly signal?: AbortSignal | ((outside: AbortSignal) => AbortSignal)
  /**
   * Called just before the handler, after the inputs and the body are validated and all dependencies without `afterBody` have run. If it returns a `Reply`, that is sent
   * and the handler does not run. An error that it throws is handled as if this middleware had thrown it.
   */
  readonly beforeHandler?: () => MaybePromise<Reply | undefined>
  /** Called with each chunk of the request's content when the route reads it for its `body`. The chunk may be overwritten after the call. */
  readonly onContent?: (chunk: Uint8Array) => void
  /**
   * Called with the reply, which it may change, before the promise of `next()` resolves. If it returns a promise, that is awaited. Middleware that returns
   * `next({ onReply })` costs less than one that awaits `next()`. An error that it throws is handled as if this middleware had thrown it.
   */
  readonly onReply?: (reply: Reply) => MaybePromise<void>
}

/** Runs the inner middleware and the route. May be called once. */
export type Next = (options?: NextOptions) => Promise<Reply>

/** The responses that middleware may send itself. The OpenAPI document lists them for every route that has the middleware. */
export interface MiddlewareContract<R = Responses, H = FieldModels, E = AnyErrorClass, K = FieldModels> extends ResponseFields<H, K> {
  /** Responses that it may return, by `context.reply()` or as a `Reply` of its own. Default: none. */
  readonly responses?: R
  /** Errors that it may throw. Default: none. */
  readonly errors?: readonly E[]
  /** Request headers that it reads. They are for the OpenAPI document and `cors()` only: the middleware reads and validates them itself. Default: none. */
  readonly requestHeaders?: FieldModels
  /** The methods of the routes that this contract applies to. Default: all. */
  readonly methods?: readonly string[]
}

/** A function around a route. It returns the reply of `next()`, or a response with a declared status, or throws a declared error. */
export interface Middleware {
  (context: BaseContext, next: Next): MaybePromise<Reply | StatusResult>
  /** Default: it sends no responses itself. */
  readonly contract?: MiddlewareContract
}

interface MiddlewareInit<H> extends Omit<ReplyInit, 'headers'> {
  readonly headers?: { readonly [Name in keyof H]?: H[Name] extends AnySchema ? Accepted<H[Name]> : never } & Readonly<
    Record<string, unknown>
  >
}

/** The context of middleware. */
export interface MiddlewareContext<R, H, E, K = {}> extends BaseContext<StagedFor<H, K>> {
  /** Creates a declared response to return instead of the reply of `next()`. */
  readonly reply: <const Status extends StatusOf<R>>(
    status: Status,
    value?: NoInfer<ValueOf<DeclaredFor<R, Status>>>,
    init?: MiddlewareInit<H>,
  ) => StatusResult
  readonly fail: FailFunction<E>
}

/**
 * Declares middleware. A response, header or error that neither the middleware nor the route declares becomes a 500.
 *
 *     const maintenance = defineMiddleware({ responses: { 503: problem() } }, async ({ reply }, next) => isDown() ? reply(503) : next())
 */
export function defineMiddleware<
  R extends Responses = {},
  H extends FieldModels = {},
  E extends AnyErrorClass = never,
  K extends FieldModels = {},
>(
  contract: MiddlewareContract<R, H, E, K>,
  handle: (context: MiddlewareContext<R, H, E, K>, next: Next) => MaybePromise<Reply | StatusResult>,
): Middleware {
  const middleware = (context: BaseContext, next: Next) => handle(context as MiddlewareContext<R, H, E, K>, next) // every context has both members at run time
  // Error messages name the middleware by this name.
  Object.defineProperty(middleware, 'name', { value: handle.name })
  return Object.assign(middleware, { contract: contract as MiddlewareContract })
}

/** How messages name a middleware, by the name of its function. */
export function placeOf({ name }: Middleware): string {
  return name === '' ? 'middleware' : `middleware ${name}`
}

/** The contract of each middleware; empty for a plain function. */
export function contractsOf(middlewares: readonly Middleware[]): readonly MiddlewareContract[] {
  return middlewares.map(({ contract = {} }) => contract)
}
