/** Connect middleware in front of an app: helmet, morgan, passport and their like. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { NodeHandler } from './turns.ts'

/** Calls `next` to hand the request on, or answers it. Middleware for errors, with four parameters, has no place here. */
export type ConnectMiddleware = (message: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => unknown

/** One after the other, then the handler. What one throws or hands to `next` goes to `failed`, and those after it are not called. */
export function composeConnect(
  middlewares: readonly ConnectMiddleware[],
  handler: NodeHandler,
  failed: (error: unknown, response: ServerResponse) => void,
): NodeHandler {
  return middlewares.reduceRight<NodeHandler>((inner, middleware) => {
    return (message, response) => {
      const next = (error?: unknown) => (error === undefined || error === null ? inner(message, response) : failed(error, response))
      try {
        const result = middleware(message, response, next)
        if (result instanceof Promise) result.catch((error: unknown) => failed(error, response))
      } catch (error) {
        failed(error, response)
      }
    }
  }, handler)
}
