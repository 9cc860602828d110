/** The flow: what happens to one request, in the order it happens. */
import type { CompiledRoute } from './compile-route.ts'
import type { Context } from './context.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import { isPromise, type MaybePromise } from './maybe-promise.ts'
import type { Reply } from './reply/reply.ts'
import type { RouteTable } from './routing/route-table.ts'

export interface Dispatcher {
  readonly router: RouteTable<CompiledRoute>
  readonly errorHandlers: ErrorHandlers
}

/**
 * Answers one request, top to bottom. Each step is one call, in the order it happens, in the file named beside it. Never throws, never rejects.
 * A step goes on in the same turn where its value is there already: what is synchronous costs no promise and no closure.
 */
export function dispatch(dispatcher: Dispatcher, context: Context): MaybePromise<Reply> {
  try {
    const { route, params } = dispatcher.router.match(context.incoming) // routing/route-table.ts    400 404 405
    context.declaredErrors = route
    const read = route.readInput(context.incoming, params, context) //     request/input.ts     400 413 415 422
    if (!isPromise(read)) return complete(route, dispatcher, context)
    return read.then(
      () => complete(route, dispatcher, context),
      (error: unknown) => fail(error, dispatcher, context),
    )
  } catch (error) {
    return fail(error, dispatcher, context)
  }
}

function complete(route: CompiledRoute, dispatcher: Dispatcher, context: Context): MaybePromise<Reply> {
  try {
    const reply = handle(route, context)
    return isPromise(reply) ? reply.catch((error: unknown) => fail(error, dispatcher, context)) : reply
  } catch (error) {
    return fail(error, dispatcher, context)
  }
}

function handle(route: CompiledRoute, context: Context): MaybePromise<Reply> {
  const result = route.handle(context) //                                  dependency.ts, then the user's handler  406
  return isPromise(result) ? result.then((value) => toReply(value, route, context)) : toReply(result, route, context)
}

function toReply(result: unknown, route: CompiledRoute, context: Context): MaybePromise<Reply> {
  const reply = route.toReply(result, context) //                          contract/compile.ts  500 on a breach
  return isPromise(reply) ? reply.then((made) => context.releaseThen(made)) : context.releaseThen(reply) // dependency.ts
}

function fail(error: unknown, { errorHandlers }: Dispatcher, context: Context): MaybePromise<Reply> {
  return errorHandlers.toReply(error, context) //                          error-handlers.ts
}
