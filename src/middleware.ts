/** An onion over replies: each layer sees the request on its way in and the finished Reply on its way out, before it is written. */
import { compileAddedFields, type AddedFields } from './contract/fields.ts'
import { compileResponses, type ToReply } from './contract/compile.ts'
import { toDeclaredResponses, findByStatus } from './contract/declared.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import type { Middleware, NextOptions } from './contract/middleware.ts'
import { StatusResult } from './contract/result.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import { ContractError } from './errors/framework-errors.ts'
import type { Exchange } from './exchange.ts'
import { ObservedIncoming } from './http/incoming-layer.ts'
import { after, attempt, isPromise, type MaybePromise } from './maybe-promise.ts'
import { Reply, discard } from './reply/reply.ts'

/** `outer` is told of a reply that comes by a promise, when it is there. */
export type Layer = (exchange: Exchange, outer?: Receiver) => MaybePromise<Reply>

interface Receiver {
  receive(reply: Reply): Reply
}

/** The first middleware is the outermost. */
export function composeMiddleware(middlewares: readonly Middleware[], innermost: Layer, errorHandlers: ErrorHandlers): Layer {
  const last: Layer = (exchange, outer) => {
    const reply = innermost(exchange)
    return outer !== undefined && isPromise(reply) ? reply.then((made) => outer.receive(made)) : reply
  }
  if (middlewares.length === 0) return innermost
  return middlewares.reduceRight<Layer>((inner, middleware) => wrap(middleware, inner, errorHandlers), last)
}

/**
 * What the layer throws is answered as an error there: those around it still see a Reply. Each promise costs more than all that is done here, so a layer makes
 * one beside that of its function, and none where it returns what `next()` gave.
 */
function wrap(middleware: Middleware, inner: Layer, errorHandlers: ErrorHandlers): Layer {
  const declared = compileDeclared(middleware)
  return (exchange, outer) => {
    const inside = new Inside(inner, exchange, declared, outer)
    const failed = (error: unknown): MaybePromise<Reply> => {
      inside.drop(error)
      exchange.declaredErrors = declared.besides(exchange.entered ?? errorHandlers.outside)
      return errorHandlers.toReply(error, exchange)
    }
    try {
      const reply = middleware(exchange.context, inside.next)
      if (!isPromise(reply)) return tellLater(inside.settle(reply, failed), outer)
      const passed = inside.pass(reply)
      if (passed !== undefined) return passed
      if (outer === undefined) return reply.then((made) => inside.settle(made, failed), failed)
      const tell = (made: Reply) => outer.receive(made)
      return reply.then(
        (made) => after(inside.settle(made, failed), tell),
        (error: unknown) => after(failed(error), tell),
      )
    } catch (error) {
      return tellLater(failed(error), outer)
    }
  }
}

function tellLater(reply: MaybePromise<Reply>, outer: Receiver | undefined): MaybePromise<Reply> {
  return outer !== undefined && isPromise(reply) ? reply.then((made) => outer.receive(made)) : reply
}

/** The contract of a middleware, compiled once however many routes have it. */
class Declared {
  readonly where: string
  readonly toReply: ToReply
  /** A `ContractError` names the layer. */
  readonly fields: AddedFields
  readonly #byStatus: DeclaredErrors['byStatus']
  readonly #errors: DeclaredErrors['errors']
  readonly #besides = new WeakMap<DeclaredErrors, DeclaredErrors>()

  constructor({ name, contract = {} }: Middleware) {
    const { responses = {}, errors = [] } = contract
    const declared = toDeclaredResponses(responses)
    this.where = name === '' ? 'middleware' : `middleware ${name}`
    this.toReply = compileResponses(declared, this.where)
    this.fields = compileAddedFields([contract], this.where)
    this.#byStatus = new Map(declared.map((response) => [response.key, response]))
    this.#errors = new Set(errors)
  }

  /** What may be answered at this layer: what the route declares, and what the middleware does. */
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

  /** Throws a `ContractError` where the layer answers by itself with a status that is declared nowhere. */
  assertStatus({ status }: Reply, route: DeclaredErrors | undefined): void {
    // Where no route was found, there is no contract that a client could rely on.
    if (route === undefined || findByStatus(this.#byStatus, status) !== undefined || findByStatus(route.byStatus, status) !== undefined)
      return
    throw new ContractError(
      `UNDECLARED_STATUS: ${this.where}: the middleware answered ${status}, which is not declared. Declare it with defineMiddleware({ responses: { ${status}: … } }, …).`,
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

/** What is inside a layer, for one request. */
class Inside implements Receiver {
  readonly #inner: Layer
  readonly #outer: Receiver | undefined
  readonly #exchange: Exchange
  readonly #declared: Declared
  #answer: Promise<Reply> | undefined = undefined
  #made: Reply | undefined = undefined
  /** The status of the reply as the layer received it. */
  #status = 0
  /** Whether the layer has returned the promise of `next()`. */
  #isPassed = false

  // oxlint-disable-next-line max-params -- an object of them would cost more than the layer
  constructor(inner: Layer, exchange: Exchange, declared: Declared, outer: Receiver | undefined) {
    this.#inner = inner
    this.#outer = outer
    this.#exchange = exchange
    this.#declared = declared
  }

  /** Not async, which would cost a promise more. */
  readonly next = (options?: NextOptions): Promise<Reply> => {
    if (this.#answer !== undefined) {
      const message = 'MIDDLEWARE_NEXT: middleware: expected one call of next(), got another. Keep the Reply that the first call returned.'
      return Promise.reject(new TypeError(message))
    }
    if (options !== undefined) this.#apply(options)
    const reply = this.#inner(this.#exchange, this)
    this.#answer = isPromise(reply) ? reply : Promise.resolve(this.receive(reply))
    return this.#answer
  }

  /** The reply from inside where the layer returned the promise of `next()`; `undefined` where it returned another. */
  pass(reply: unknown): MaybePromise<Reply> | undefined {
    if (reply !== this.#answer) return undefined
    this.#isPassed = true
    return this.#made ?? this.#answer
  }

  #apply({ signal, beforeHandler, onContent }: NextOptions): void {
    const exchange = this.#exchange
    if (signal !== undefined) exchange.signal = signal
    if (onContent !== undefined) exchange.incoming = new ObservedIncoming(exchange.incoming, onContent)
    if (beforeHandler === undefined) return
    const outer = exchange.beforeHandler ?? nothing
    exchange.beforeHandler = () => after(outer(), (reply) => reply ?? this.#before(beforeHandler))
  }

  /** What it throws is declared by this layer. */
  #before(beforeHandler: NonNullable<NextOptions['beforeHandler']>): MaybePromise<Reply | undefined> {
    return attempt<Reply | undefined>(beforeHandler, (error) => {
      const { entered } = this.#exchange
      if (entered !== undefined) this.#exchange.declaredErrors = this.#declared.besides(entered)
      throw error
    })
  }

  /** The layer answers with this, or with what `failed` makes of its fault. */
  settle(result: unknown, failed: (error: unknown) => MaybePromise<Reply>): MaybePromise<Reply> {
    try {
      const taken = this.#taken(result)
      return isPromise(taken) ? taken.catch(failed) : taken
    } catch (error) {
      return failed(error)
    }
  }

  #taken(result: unknown): MaybePromise<Reply> {
    if (result instanceof StatusResult) return this.#convert(result)
    if (!(result instanceof Reply)) {
      throw new TypeError('MIDDLEWARE_RESULT: middleware: expected a Reply, got another value. Return the Reply that next() gives.')
    }
    // A layer that did not wait can't have taken anything of it.
    if (this.#made === undefined) this.drop()
    return this.#assert(result)
  }

  /** What was staged is for the reply that is given up, unless it is marked `always`. */
  #convert(result: StatusResult): MaybePromise<Reply> {
    const { toReply } = this.#declared
    this.drop()
    if (this.#answer !== undefined) this.#exchange.staged?.abandon()
    return after(toReply(result, this.#exchange), (reply) => this.#assert(reply))
  }

  #assert(reply: Reply): Reply {
    if (reply !== this.#made || reply.status !== this.#status) this.#declared.assertStatus(reply, this.#exchange.entered)
    this.#declared.fields.assert(reply)
    return reply
  }

  /** Nothing writes the reply from inside: its producer must be closed, and what the handler still holds is released when it has ended. */
  drop(reason?: unknown): void {
    if (this.#made !== undefined) return discard(this.#made)
    if (this.#answer !== undefined)
      this.#exchange.giveUp(
        this.#answer.then(discard, () => undefined),
        reason,
      )
  }

  receive(reply: Reply): Reply {
    this.#status = reply.status
    this.#made = reply
    if (this.#isPassed) this.#outer?.receive(reply)
    return reply
  }
}
