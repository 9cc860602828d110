/** Composes middleware into layers around a route. Each layer sees the request first, and then the finished Reply before it is written. */
import { compileAddedFields, type AddedFields } from './contract/fields.ts'
import { compileResponses, type ToReply } from './contract/compile.ts'
import { toDeclaredResponses, findByStatus } from './contract/declared.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import { placeOf, type Middleware, type NextOptions } from './contract/middleware.ts'
import { StatusResult } from './contract/result.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import { ContractError } from './errors/framework-errors.ts'
import type { Exchange } from './exchange.ts'
import { ObservedIncoming } from './http/incoming-layer.ts'
import { adopt, after, attempt, isPromise, type MaybePromise } from './maybe-promise.ts'
import { Reply, discard } from './reply/reply.ts'

/** If the reply is a promise, it is passed to `outer` when it resolves, and `outer` returns the reply to use. */
export type Layer = (exchange: Exchange, outer?: Receiver) => MaybePromise<Reply>

interface Receiver {
  receive(reply: Reply): MaybePromise<Reply>
}

/** The first middleware is the outermost. */
export function composeMiddleware(middlewares: readonly Middleware[], innermost: Layer, errorHandlers: ErrorHandlers): Layer {
  if (middlewares.length === 0) return innermost
  const last: Layer = (exchange, outer) => tellLater(innermost(exchange), outer)
  return middlewares.reduceRight<Layer>((inner, middleware) => wrap(middleware, inner, errorHandlers), last)
}

/** Passes a promised reply to `outer`. A reply that is not a promise is returned, and the caller passes it on. */
function tellLater(reply: MaybePromise<Reply>, outer: Receiver | undefined): MaybePromise<Reply> {
  return outer !== undefined && isPromise(reply) ? reply.then((made) => outer.receive(made)) : reply
}

/** A middleware and the layer inside it. */
interface Wrapped {
  readonly inner: Layer
  readonly declared: Declared
  readonly errorHandlers: ErrorHandlers
}

/**
 * An error that the layer throws becomes a Reply here, so that outer layers still see a Reply. A promise costs more than all other work here, so a layer
 * creates only one in addition to the promise of its function, and none if it returns the promise of `next()`.
 */
function wrap(middleware: Middleware, inner: Layer, errorHandlers: ErrorHandlers): Layer {
  const wrapped = { inner, declared: compileDeclared(middleware), errorHandlers }
  return (exchange, outer) => {
    const inside = new Inside(wrapped, exchange, outer)
    try {
      const result = middleware(exchange.context, inside.next)
      if (!isPromise(result)) return tellLater(inside.settle(result), outer)
      const passed = inside.pass(result)
      if (passed !== undefined) return passed
      return result.then(
        (made) => inside.tell(inside.settle(made)),
        (error: unknown) => inside.tell(inside.fail(error)),
      )
    } catch (error) {
      return tellLater(inside.fail(error), outer)
    }
  }
}

/** The contract of a middleware, compiled once for all routes. */
class Declared {
  readonly where: string
  readonly toReply: ToReply
  /** A `ContractError` names the layer. */
  readonly fields: AddedFields
  readonly #byStatus: DeclaredErrors['byStatus']
  readonly #errors: DeclaredErrors['errors']
  readonly #besides = new WeakMap<DeclaredErrors, DeclaredErrors>()

  constructor(middleware: Middleware) {
    const { contract = {} } = middleware
    const { responses, errors = [] } = contract
    this.where = placeOf(middleware)
    const declared = toDeclaredResponses(responses, this.where)
    this.toReply = compileResponses(declared, this.where)
    this.fields = compileAddedFields([contract], this.where)
    this.#byStatus = new Map(declared.map((response) => [response.key, response]))
    this.#errors = new Set(errors)
  }

  /** The errors and responses that are allowed at this layer: those of the route and those of the middleware. */
  besides(route: DeclaredErrors): DeclaredErrors {
    let merged = this.#besides.get(route)
    if (merged === undefined) {
      merged = {
        where: route.where,
        errorBody: route.errorBody,
        byStatus: new Map([...route.byStatus, ...this.#byStatus]),
        errors: new Set([...route.errors, ...this.#errors]),
      }
      this.#besides.set(route, merged)
    }
    return merged
  }

  /** Throws a `ContractError` if the layer returns a reply of its own with an undeclared status. */
  assertStatus({ status }: Reply, route: DeclaredErrors | undefined): void {
    // If no route was found, there is no contract to check.
    if (route === undefined || findByStatus(this.#byStatus, status) !== undefined || findByStatus(route.byStatus, status) !== undefined)
      return
    throw new ContractError(
      `UNDECLARED_STATUS: ${this.where}: the middleware returned ${status}, which is not declared. Declare it with defineMiddleware({ responses: { ${status}: … } }, …).`,
    )
  }
}

const compiled = new WeakMap<Middleware, Declared>()

function compileDeclared(middleware: Middleware): Declared {
  let declared = compiled.get(middleware)
  if (declared === undefined) compiled.set(middleware, (declared = new Declared(middleware)))
  return declared
}

const nothing = () => undefined

/** The state of one layer for one request. */
class Inside implements Receiver {
  readonly #wrapped: Wrapped
  readonly #outer: Receiver | undefined
  readonly #exchange: Exchange
  #inner: Promise<Reply> | undefined = undefined
  /** The reply of the inner layer, before `onReply` has finished. */
  #received: Reply | undefined = undefined
  /** The reply that `next()` resolves to. */
  #made: Reply | undefined = undefined
  /** The status of the reply as the layer received it. */
  #status = 0
  /** Whether the layer has returned the promise of `next()`. */
  #isPassed = false
  /** Whether the layer has responded without `next()`. */
  #isOver = false
  #onReply: NextOptions['onReply'] = undefined

  constructor(wrapped: Wrapped, exchange: Exchange, outer: Receiver | undefined) {
    this.#wrapped = wrapped
    this.#exchange = exchange
    this.#outer = outer
  }

  /** Not `async`, which would create one more promise. */
  readonly next = (options?: NextOptions): Promise<Reply> => {
    if (this.#inner !== undefined) return this.#refuse('one call of next(), got another. Keep the Reply that the first call returned')
    // The request may have ended, so nobody would release the resources of its dependencies.
    if (this.#isOver) return this.#refuse('next() before the middleware has responded, got it later. Await it or return its promise')
    if (options !== undefined) this.#apply(options)
    const reply = this.#wrapped.inner(this.#exchange, this)
    const received = isPromise(reply) ? reply : this.receive(reply)
    this.#inner = isPromise(received) ? received : Promise.resolve(received)
    return this.#inner
  }

  #refuse(expected: string): Promise<never> {
    return Promise.reject(new TypeError(`MIDDLEWARE_NEXT: ${this.#wrapped.declared.where}: expected ${expected}.`))
  }

  /** The reply of the inner layer if the middleware returned the promise of `next()`; `undefined` otherwise. */
  pass(result: unknown): MaybePromise<Reply> | undefined {
    if (result !== this.#inner) return undefined
    this.#isPassed = true
    return this.#made ?? this.#inner
  }

  #apply({ signal, beforeHandler, onContent, onReply }: NextOptions): void {
    const exchange = this.#exchange
    this.#onReply = onReply
    if (signal !== undefined) exchange.deriveSignal(typeof signal === 'function' ? signal : () => signal)
    if (onContent !== undefined) exchange.incoming = new ObservedIncoming(exchange.incoming, onContent)
    if (beforeHandler === undefined) return
    const outer = exchange.beforeHandler ?? nothing
    exchange.beforeHandler = () => after(outer(), (reply) => reply ?? this.#before(beforeHandler))
  }

  /** Runs `beforeHandler`. The contract of this layer applies to an error that it throws. */
  #before(beforeHandler: NonNullable<NextOptions['beforeHandler']>): MaybePromise<Reply | undefined> {
    return attempt<Reply | undefined>(beforeHandler, (error) => {
      const { entered } = this.#exchange
      if (entered !== undefined) this.#exchange.declaredErrors = this.#wrapped.declared.besides(entered)
      throw error
    })
  }

  /** Passes the reply of this layer to the outer one. */
  tell(reply: MaybePromise<Reply>): MaybePromise<Reply> {
    if (this.#outer === undefined) return reply
    return isPromise(reply) ? tellLater(reply, this.#outer) : this.#outer.receive(reply)
  }

  /** The reply for an error that the layer has thrown. */
  fail(error: unknown): MaybePromise<Reply> {
    const { declared, errorHandlers } = this.#wrapped
    this.#drop(error)
    this.#exchange.declaredErrors = declared.besides(this.#exchange.entered ?? errorHandlers.outside)
    return errorHandlers.toReply(error, this.#exchange)
  }

  /** The reply for the middleware's result, or for the error of a wrong result. */
  settle(result: unknown): MaybePromise<Reply> {
    try {
      const taken = this.#taken(result)
      return isPromise(taken) ? taken.catch((error: unknown) => this.fail(error)) : taken
    } catch (error) {
      return this.fail(error)
    }
  }

  #taken(result: unknown): MaybePromise<Reply> {
    if (result instanceof StatusResult) return this.#convert(result)
    if (!(result instanceof Reply)) {
      const { where } = this.#wrapped.declared
      throw new TypeError(`MIDDLEWARE_RESULT: ${where}: expected a Reply, got another value. Return the Reply that next() gives.`)
    }
    // A middleware that did not await `next()` cannot have used its reply.
    if (this.#made === undefined) this.#drop()
    return this.#assert(result)
  }

  /** Converts the result of `reply()`. Discards what was staged for the dropped reply, unless it is marked `always`. */
  #convert(result: StatusResult): MaybePromise<Reply> {
    this.#drop()
    if (this.#inner !== undefined) this.#exchange.staged?.abandon()
    return after(this.#wrapped.declared.toReply(result, this.#exchange), (reply) => this.#assert(reply))
  }

  #assert(reply: Reply): Reply {
    const { declared } = this.#wrapped
    if (reply !== this.#received || reply.status !== this.#status) declared.assertStatus(reply, this.#exchange.entered)
    declared.fields.assert(reply)
    return reply
  }

  /** Drops the reply of the inner layer: closes its producer, and releases the resources of a running handler when that has ended. From now on `next()` is refused. */
  #drop(reason?: unknown): void {
    if (this.#received !== undefined) return discard(this.#received)
    if (this.#inner === undefined) this.#isOver = true
    else
      this.#exchange.giveUp(
        this.#inner.then(discard, () => undefined),
        reason,
      )
  }

  receive(reply: Reply): MaybePromise<Reply> {
    const shown = this.#onReply === undefined ? reply : this.#show(reply, this.#onReply)
    return isPromise(shown) ? shown.then((made) => this.#forward(made)) : this.#forward(shown)
  }

  #show(reply: Reply, onReply: NonNullable<NextOptions['onReply']>): MaybePromise<Reply> {
    this.#status = reply.status
    this.#received = reply
    return attempt<Reply>(
      () => after(adopt(onReply(reply)), () => this.#assert(reply)),
      (error) => this.fail(error),
    )
  }

  #forward(reply: Reply): MaybePromise<Reply> {
    this.#status = reply.status
    this.#received = reply
    this.#made = reply
    return this.#isPassed && this.#outer !== undefined ? this.#outer.receive(reply) : reply
  }
}
