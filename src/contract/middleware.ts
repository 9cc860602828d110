/** The declaration of a middleware: a function around replies, and the responses that it may give by itself. */
import type { AnyErrorClass } from '../errors/define-error.ts'
import type { MaybePromise } from '../maybe-promise.ts'
import type { Reply } from '../reply/reply.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { BaseContext, FailFunction } from './handler.ts'
import type { StagedFor } from '../reply/staged.ts'
import type { DeclaredFor, FieldModels, ResponseFields, Responses, StatusOf, ValueOf } from './responses.ts'
import type { ReplyInit, StatusResult } from './result.ts'

/** Options of a middleware's `next()`. */
export interface NextOptions {
  /** The `signal` of everything inside. A function makes it of the one outside, when it is first read. Default: that of the request. */
  readonly signal?: AbortSignal | ((outside: AbortSignal) => AbortSignal)
  /**
   * Called just before the handler: the dependencies have let the request in, and its inputs and its body are valid. The `Reply` that it gives is sent
   * instead, and the handler does not run. What it throws is answered as if this middleware had thrown it.
   */
  readonly beforeHandler?: () => MaybePromise<Reply | undefined>
  /** Called with each chunk of the request's content when the route reads it for its `body`. The chunk may be overwritten after the call. */
  readonly onContent?: (chunk: Uint8Array) => void
  /**
   * Called with the reply, which it may change, before the promise of `next()` resolves. A layer that returns that promise and does its work here costs less than
   * one that waits. A promise that it gives is awaited. What it throws is answered as if this middleware had thrown it.
   */
  readonly onReply?: (reply: Reply) => MaybePromise<void>
}

/** Answers the request by the layers inside and the route. May be called once. */
export type Next = (options?: NextOptions) => Promise<Reply>

/** What a middleware may answer by itself. It is in the document of every route that has the middleware. */
export interface MiddlewareContract<R = Responses, H = FieldModels, E = AnyErrorClass, K = FieldModels> extends ResponseFields<H, K> {
  /** Responses that it may give by `context.reply()` or a `Reply` of its own. Default: none. */
  readonly responses?: R
  /** Errors that it may throw. Default: none. */
  readonly errors?: readonly E[]
  /** Request headers that it reads, for the document and for `cors`: it reads them itself, and judges them. Default: none. */
  readonly requestHeaders?: FieldModels
  /** The methods of the routes that the responses, errors and request headers are for. Default: all. */
  readonly methods?: readonly string[]
}

/** A function around replies. Returns the reply of `next()`, or answers by itself with a declared status, or throws a declared error. */
export interface Middleware {
  (context: BaseContext, next: Next): MaybePromise<Reply | StatusResult>
  /** Default: it answers nothing by itself. */
  readonly contract?: MiddlewareContract
}

interface MiddlewareInit<H> extends Omit<ReplyInit, 'headers'> {
  readonly headers?: { readonly [Name in keyof H]?: H[Name] extends AnySchema ? Accepted<H[Name]> : never } & Readonly<
    Record<string, unknown>
  >
}

/** What a middleware takes beside `next`. */
export interface MiddlewareContext<R, H, E, K = {}> extends BaseContext<StagedFor<H, K>> {
  /** Makes a declared response, to be returned instead of the reply of `next()`. */
  readonly reply: <const Status extends StatusOf<R>>(
    status: Status,
    value?: NoInfer<ValueOf<DeclaredFor<R, Status>>>,
    init?: MiddlewareInit<H>,
  ) => StatusResult
  readonly fail: FailFunction<E>
}

/**
 * Declares a middleware. A response, header or error that it does not declare, and the route does not either, becomes a 500.
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
  // Messages name the middleware as its author did.
  Object.defineProperty(middleware, 'name', { value: handle.name })
  return Object.assign(middleware, { contract: contract as MiddlewareContract })
}

/** What each declares; empty for a plain function. */
export function contractsOf(middlewares: readonly Middleware[]): readonly MiddlewareContract[] {
  return middlewares.map(({ contract = {} }) => contract)
}
