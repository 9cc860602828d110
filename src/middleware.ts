/** An onion over replies: each layer sees the request on its way in and the finished Reply on its way out, before it is written. */
import type { BaseContext } from './contract/handler.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import type { Exchange } from './exchange.ts'
import { isPromise, type MaybePromise } from './maybe-promise.ts'
import { Reply } from './reply/reply.ts'
import { discard } from './reply/source.ts'

/** Answers with what `next()` gives, with another Reply, or throws. `next` may be called once. */
export type Middleware = (context: BaseContext, next: () => Promise<Reply>) => MaybePromise<Reply>

export type Layer = (exchange: Exchange) => MaybePromise<Reply>

/** The first middleware is the outermost. */
export function composeMiddleware(middlewares: readonly Middleware[], innermost: Layer, errorHandlers: ErrorHandlers): Layer {
  return middlewares.reduceRight<Layer>((inner, middleware) => wrap(middleware, inner, errorHandlers), innermost)
}

/** What the layer throws is answered as an error there: those around it still see a Reply. */
function wrap(middleware: Middleware, inner: Layer, errorHandlers: ErrorHandlers): Layer {
  return (exchange) => {
    const inside = new Inside(inner, exchange)
    const failed = (error: unknown) => {
      inside.drop()
      return errorHandlers.toReply(error, exchange)
    }
    try {
      const reply = middleware(exchange.context, inside.next)
      return isPromise(reply) ? reply.then((made) => inside.taken(made)).catch(failed) : inside.taken(reply)
    } catch (error) {
      return failed(error)
    }
  }
}

/** What is inside a layer, for one request. */
class Inside {
  readonly #inner: Layer
  readonly #exchange: Exchange
  #answer: Promise<Reply> | undefined = undefined
  #isMade = false

  constructor(inner: Layer, exchange: Exchange) {
    this.#inner = inner
    this.#exchange = exchange
  }

  readonly next = async (): Promise<Reply> => {
    if (this.#answer !== undefined) {
      throw new TypeError(
        'MIDDLEWARE_NEXT: middleware: expected one call of next(), got another. Keep the Reply that the first call returned.',
      )
    }
    return await (this.#answer = this.#make())
  }

  /** The layer answers with this. */
  taken(reply: unknown): Reply {
    if (!(reply instanceof Reply)) {
      throw new TypeError('MIDDLEWARE_RESULT: middleware: expected a Reply, got another value. Return the Reply that next() gives.')
    }
    // A layer that did not wait can't have taken anything of it.
    if (!this.#isMade) this.drop()
    return reply
  }

  /** Nobody will write what comes: its producer must be closed all the same. */
  drop(): void {
    void this.#answer?.then(discard, () => undefined)
  }

  async #make(): Promise<Reply> {
    const reply = await this.#inner(this.#exchange)
    this.#isMade = true
    return reply
  }
}
