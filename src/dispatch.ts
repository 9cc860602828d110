/** The flow: the steps of one request, in order. */
import { withLayers, type CompiledRoute } from './compile-route.ts'
import { compileAddedFields, type AddedFields } from './contract/fields.ts'
import type { MatchedRoute } from './contract/handler.ts'
import { contractsOf, type Middleware } from './contract/middleware.ts'
import type { ErrorHandlers } from './error-handlers.ts'
import type { Exchange } from './exchange.ts'
import { after, attempt, type MaybePromise } from './maybe-promise.ts'
import { composeMiddleware, type Layer } from './middleware.ts'
import { Reply } from './reply/reply.ts'
import type { RouteTable } from './routing/route-table.ts'

export interface LayeredRoute {
  readonly compiled: CompiledRoute
  /** Handles the request by the route, inside its layers. */
  readonly handle: Layer
  /** The headers and cookies that any response may have, including a response of a layer. */
  readonly fields: AddedFields
  /** The route in the form that its layers see. */
  readonly matched: MatchedRoute
}

export interface Dispatcher {
  readonly routes: RouteTable<LayeredRoute>
  /** Handles a request without a route. */
  readonly handleMiss: Layer
}

/** Wraps a compiled route in its layers. */
export function layerRoute(
  layers: readonly Middleware[],
  compiled: CompiledRoute,
  errorHandlers: ErrorHandlers,
): Omit<LayeredRoute, 'compiled'> {
  const contracts = contractsOf(layers)
  return {
    handle: composeMiddleware(layers, handleRoute(compiled, errorHandlers), errorHandlers),
    fields: compileAddedFields([...compiled.responseFields, ...contracts], compiled.where),
    matched: withLayers(compiled.matched, contracts),
  }
}

/**
 * Handles one request: finds its route, then runs the layers around it, the innermost of which is `handleRoute`. Layers see the route, and their errors
 * are sent as the route declares. Never throws, never rejects.
 */
export function dispatch({ routes, handleMiss }: Dispatcher, exchange: Exchange): MaybePromise<Reply> {
  let handle = handleMiss
  try {
    const { route, params } = routes.match(exchange.incoming) // 400 404 405
    exchange.enter(route, params)
    handle = route.handle
  } catch (error) {
    exchange.miss = error
  }
  return handle(exchange)
}

/**
 * The innermost layer. Guards come first: no byte of the body is read before the dependencies have accepted the request. A step whose value is available
 * at once costs no promise.
 *
 *     readTexts  request/input.ts        path, query, headers and cookies are validated, not refused yet
 *     resolve    dependency.ts           401 403 …, in order; 422 before one whose own inputs are wrong
 *     readBody   request/body.ts         400 413 415; 422 with every problem of the request; 406
 *     beforeHandler                      of a middleware, which may send a reply instead of the handler's
 *     resolveLater                       the dependencies with `afterBody`
 *     handle     the user's handler
 *     toReply    contract/compile.ts     500 on a breach
 *     release    exchange.ts             the clean-ups that run before the body is sent
 */
export function handleRoute(route: CompiledRoute, errorHandlers: ErrorHandlers): Layer {
  return (exchange) => {
    exchange.isRunning = true
    return attempt(
      () =>
        after(exchange.assertWanted() ?? route.readTexts(exchange), () =>
          after(route.resolve(exchange), (early) =>
            early === undefined
              ? after(exchange.assertWanted() ?? route.readBody(exchange), () =>
                  exchange.beforeHandler === undefined
                    ? resolveLater(route, exchange)
                    : after(exchange.beforeHandler(), (instead) =>
                        instead === undefined ? resolveLater(route, exchange) : exchange.releaseThen(instead),
                      ),
                )
              : exchange.releaseThen(early),
          ),
        ),
      (error) => {
        exchange.isRunning = false
        if (!exchange.isGivenUp(error)) return errorHandlers.toReply(error, exchange)
        // The layer has rendered its error already. This reply is dropped; a 500 tells the layers between that the handler did not succeed.
        return exchange.abandon(error, (thrown) => (thrown === error ? new Reply(500) : errorHandlers.toReply(thrown, exchange)))
      },
    )
  }
}

function resolveLater(route: CompiledRoute, exchange: Exchange): MaybePromise<Reply> {
  if (route.resolveLater === undefined) return runHandler(route, exchange)
  return after(route.resolveLater(exchange), (early) => (early === undefined ? runHandler(route, exchange) : exchange.releaseThen(early)))
}

function runHandler(route: CompiledRoute, exchange: Exchange): MaybePromise<Reply> {
  return after(exchange.assertWanted() ?? route.handle(exchange), (result) =>
    after(route.toReply(result, exchange), (reply) => exchange.releaseThen(reply)),
  )
}

export function handleMiss(errorHandlers: ErrorHandlers): Layer {
  return (exchange) => errorHandlers.toReply(exchange.miss, exchange)
}
