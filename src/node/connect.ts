/** Runs Connect middleware, such as helmet, morgan and passport, in front of an app. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppHandler } from './handler.ts'
import type { NodeHandler } from './turns.ts'

/**
 * Middleware of Connect and Express. It calls `next` to pass the request on, or responds itself. Error middleware, which has four parameters, is not
 * supported.
 */
export type ConnectMiddleware = (message: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown

/** Calls the middleware in order, then the app. An error that one throws or passes to `next` goes to `fail`, and the rest is not called. */
export function composeConnect(middlewares: readonly ConnectMiddleware[], { handle, fail }: AppHandler): NodeHandler {
  return middlewares.reduceRight<NodeHandler>((inner, middleware) => {
    return (message, response) => {
      const next = (error?: unknown) => (error === undefined || error === null ? inner(message, response) : fail(error, message, response))
      try {
        const result = middleware(message, response, next)
        if (result instanceof Promise) result.catch((error: unknown) => fail(error, message, response))
      } catch (error) {
        fail(error, message, response)
      }
    }
  }, handle)
}
