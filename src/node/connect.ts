/** Connect middleware in front of an app: helmet, morgan, passport and their like. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppHandler } from './handler.ts'
import type { NodeHandler } from './turns.ts'

/**
 * Middleware of Connect and Express. Calls `next` to hand the request on, or answers it. Error middleware, which has four parameters, is not
 * supported.
 */
export type ConnectMiddleware = (message: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown

/** One after the other, then the app. An error that one of them throws or hands to `next` goes to `fail`, and those after it are not called. */
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
