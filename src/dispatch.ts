/** The flow: what happens to one request, in the order in which it happens. */
import type { CompiledRoute } from './compile-route.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import type { Exchange } from './exchange.ts'
import { after, attempt, type MaybePromise } from './maybe-promise.ts'
import type { Reply } from './reply/reply.ts'
import type { RouteTable } from './routing/route-table.ts'

export interface Dispatcher {
  readonly routes: RouteTable<CompiledRoute>
  readonly errorHandlers: ErrorHandlers
}

/**
 * Answers one request. Guards come first: no byte of the body is read before the dependencies let the request in. A step whose value is
 * there at once costs no promise. Never throws, never rejects.
 *
 *     match      routing/route-table.ts  400 404 405
 *     readTexts  request/input.ts        path, query, headers and cookies are judged, not refused yet
 *     resolve    dependency.ts           401 403 …, in order; 422 before one whose own inputs are wrong
 *     readBody   request/body.ts         400 413 415; 422 with every problem of the request
 *     handle     the user's handler      406 before it
 *     toReply    contract/compile.ts     500 on a breach
 *     release    exchange.ts             the clean-ups that come before the body is sent
 */
export function dispatch({ routes, errorHandlers }: Dispatcher, exchange: Exchange): MaybePromise<Reply> {
  return attempt(
    () => {
      const route = exchange.enter(routes.match(exchange.incoming))
      return after(route.readTexts(exchange), () =>
        after(route.resolve(exchange), (early) =>
          early === undefined
            ? after(route.readBody(exchange), () =>
                after(route.handle(exchange), (result) => after(route.toReply(result, exchange), (reply) => exchange.releaseThen(reply))),
              )
            : exchange.releaseThen(early),
        ),
      )
    },
    (error) => errorHandlers.toReply(error, exchange),
  )
}
