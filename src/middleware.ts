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
import { adopt, after, attempt, isPromise, type MaybePromise } from './maybe-promise.ts'
import { Reply, discard } from './reply/reply.ts'

/** `outer` is told of a reply that comes by a promise, when it is there, and gives the reply that goes on. */
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

/** A reply that is there at once is returned, and received by the caller. */
function tellLater(reply: MaybePromise<Reply>, outer: Receiver | undefined): MaybePromise<Reply> {
  return outer !== undefined && isPromise(reply) ? reply.then((made) => outer.receive(made)) : reply
}

/** A middleware and what is inside of it. */
interface Wrapped {
  readonly inner: Layer
  readonly declared: Declared
  readonly errorHandlers: ErrorHandlers
}

/**
 * What the layer throws is answered as an error there: those around it still see a Reply. Each promise costs more than all that is done here, so a layer makes
 * one beside that of its function, and none where it returns what `next()` gave.
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

  /** Throws a `ContractError` if the layer answers by itself with a status that is declared nowhere. */
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
  readonly #wrapped: Wrapped
  readonly #outer: Receiver | undefined
  readonly #exchange: Exchange
  #answer: Promise<Reply> | undefined = undefined
  /** The reply from inside, before `onReply` is done with it. */
  #received: Reply | undefined = undefined
  /** The reply that `next()` gives. */
  #made: Reply | undefined = undefined
  /** The status of the reply as the layer received it. */
  #status = 0
  /** Whether the layer has returned the promise of `next()`. */
  #isPassed = false
  #onReply: NextOptions['onReply'] = undefined

  constructor(wrapped: Wrapped, exchange: Exchange, outer: Receiver | undefined) {
    this.#wrapped = wrapped
    this.#exchange = exchange
    this.#outer = outer
  }

  /** Not async, which would cost a promise more. */
  readonly next = (options?: NextOptions): Promise<Reply> => {
    if (this.#answer !== undefined) {
      const message = `MIDDLEWARE_NEXT: ${this.#wrapped.declared.where}: expected one call of next(), got another. Keep the Reply that the first call returned.`
      return Promise.reject(new TypeError(message))
    }
    if (options !== undefined) this.#apply(options)
    const reply = this.#wrapped.inner(this.#exchange, this)
    const received = isPromise(reply) ? reply : this.receive(reply)
    this.#answer = isPromise(received) ? received : Promise.resolve(received)
    return this.#answer
  }

  /** The reply from inside where the layer returned the promise of `next()`; `undefined` if it returned another. */
  pass(result: unknown): MaybePromise<Reply> | undefined {
    if (result !== this.#answer) return undefined
    this.#isPassed = true
    return this.#made ?? this.#answer
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

  /** What it throws is declared by this layer. */
  #before(beforeHandler: NonNullable<NextOptions['beforeHandler']>): MaybePromise<Reply | undefined> {
    return attempt<Reply | undefined>(beforeHandler, (error) => {
      const { entered } = this.#exchange
      if (entered !== undefined) this.#exchange.declaredErrors = this.#wrapped.declared.besides(entered)
      throw error
    })
  }

  /** The reply of the layer goes to the one around it. */
  tell(reply: MaybePromise<Reply>): MaybePromise<Reply> {
    if (this.#outer === undefined) return reply
    return isPromise(reply) ? tellLater(reply, this.#outer) : this.#outer.receive(reply)
  }

  /** The answer to what the layer has thrown. */
  fail(error: unknown): MaybePromise<Reply> {
    const { declared, errorHandlers } = this.#wrapped
    this.#drop(error)
    this.#exchange.declaredErrors = declared.besides(this.#exchange.entered ?? errorHandlers.outside)
    return errorHandlers.toReply(error, this.#exchange)
  }

  /** The layer answers with this, or with what `fail` makes of its fault. */
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
    // A layer that did not wait can't have taken anything of it.
    if (this.#made === undefined) this.#drop()
    return this.#assert(result)
  }

  /** What was staged is for the reply that is given up, unless it is marked `always`. */
  #convert(result: StatusResult): MaybePromise<Reply> {
    this.#drop()
    if (this.#answer !== undefined) this.#exchange.staged?.abandon()
    return after(this.#wrapped.declared.toReply(result, this.#exchange), (reply) => this.#assert(reply))
  }

  #assert(reply: Reply): Reply {
    const { declared } = this.#wrapped
    if (reply !== this.#received || reply.status !== this.#status) declared.assertStatus(reply, this.#exchange.entered)
    declared.fields.assert(reply)
    return reply
  }

  /** Nothing writes the reply from inside: its producer must be closed, and what the handler still holds is released when it has ended. */
  #drop(reason?: unknown): void {
    if (this.#received !== undefined) return discard(this.#received)
    if (this.#answer !== undefined)
      this.#exchange.giveUp(
        this.#answer.then(discard, () => undefined),
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
