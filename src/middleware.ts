/** An onion over replies: each layer sees the request on its way in and the finished Reply on its way out, before it is written. */
import type { Context } from './context.ts'
import type { BaseContext } from './contract/handler.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import { isPromise, type MaybePromise } from './maybe-promise.ts'
import { Reply } from './reply/reply.ts'

/** Answers with what `next()` gives, with another Reply, or throws. */
export type Middleware = (context: BaseContext, next: () => Promise<Reply>) => MaybePromise<Reply>

export type Layer = (context: Context) => MaybePromise<Reply>

/** The first middleware is the outermost. What a layer throws is answered as an error there: the layers around it still see a Reply. */
export function composeMiddleware(middlewares: readonly Middleware[], innermost: Layer, errorHandlers: ErrorHandlers): Layer {
  return middlewares.reduceRight<Layer>((inner, middleware) => {
    return (context) => {
      try {
        const reply = middleware(context, async () => inner(context))
        return isPromise(reply)
          ? reply.then(assertReply).catch((error: unknown) => errorHandlers.toReply(error, context))
          : assertReply(reply)
      } catch (error) {
        return errorHandlers.toReply(error, context)
      }
    }
  }, innermost)
}

function assertReply(value: unknown): Reply {
  if (value instanceof Reply) return value
  throw new TypeError('MIDDLEWARE_RESULT: middleware: a Reply was promised, something else came. Return what next() gives.')
}
