/** Logs one line for each request, after its last byte was sent. */
import type { Middleware } from '../contract/middleware.ts'
import { consoleLogger, withoutParameters, type Logger } from '../log.ts'

/** Options of `requestLog()`. */
export interface RequestLogOptions {
  /** pino, or any logger with `info` and `error`. Default: readable lines on `console`, as an app writes them. */
  readonly logger?: Pick<Logger, 'info' | 'error'>
}

/**
 * Logs each request when its response is complete.
 * Middleware: `app.use(requestLog({ logger: pino() }))`, outside of all others. A line has the fields `requestId`, `clientAddress`, `method`, `route` (the template, never the
 * values in the path or the query), `status`, `durationMs`, `bytes`, `aborted` and, if an error cut the body short, `err`. A 5xx is logged as an error.
 */
export function requestLog({ logger = consoleLogger }: RequestLogOptions = {}): Middleware {
  return function requestLog({ method, requestId, route, platform: { clientAddress }, onSent }, next) {
    onSent(({ status, durationMs, bytes, aborted, error }) => {
      const fields = {
        requestId,
        clientAddress,
        method,
        route: route?.template,
        status,
        durationMs: Math.round(durationMs * 10) / 10,
        bytes,
        aborted,
      }
      const line = `${method} ${route?.template ?? '(no route)'} ${status}`
      if (status >= 500 || error !== undefined)
        logger.error(error === undefined ? fields : withoutParameters({ ...fields, err: error }, line).fields, line)
      else logger.info(fields, line)
    })
    return next()
  }
}
