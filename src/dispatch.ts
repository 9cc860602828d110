/** The flow: what happens to one request, in the order it happens. */
import type { CompiledRoute } from './compile-route.ts'
import type { Context } from './context.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import { after, isPromise, type MaybePromise } from './maybe-promise.ts'
import type { Reply } from './reply/reply.ts'
import type { Router } from './routing/router.ts'

export interface Dispatcher {
  readonly router: Router<CompiledRoute>
  readonly errorHandlers: ErrorHandlers
}

/** Answer one request. Each step is one call, in the order it happens, in the file named beside it; a step that is done at once costs no promise. */
export function dispatch({ router, errorHandlers }: Dispatcher, context: Context): MaybePromise<Reply> {
  const failed = (error: unknown) => errorHandlers.toReply(error, context)
  try {
    const { route, params } = router.match(context.incoming) //            routing/router.ts    400 404 405
    context.declaredErrors = route
    const read = route.readInput(context.incoming, params, context) //     request/input.ts     400 413 415 422
    const result = after(read, () => route.handle(context)) //             dependency.ts, then the user's handler
    const reply = after(result, (value) => route.toReply(value, context)) // contract/compile.ts  500 on a breach
    const released = after(reply, (made) => context.releaseThen(made)) //    dependency.ts
    return isPromise(released) ? released.catch(failed) : released
  } catch (error) {
    return failed(error) //                                                error-handlers.ts
  }
}
