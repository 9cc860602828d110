/** A limit on the time until a response begins. */
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { forwardAbort } from '../http/forward-abort.ts'

/** Options of `timeout()`. */
export interface TimeoutOptions {
  /** From the layer to the reply; the body of a stream may take longer. */
  readonly ms: number
}

/** 503 `TIMEOUT`: the response was not ready in time. */
export const TimedOut = defineError('TIMEOUT', { status: 503, detail: 'The server took too long to answer' })

/**
 * Answers 503 where the response does not begin in time.
 * Middleware: `router.use(timeout({ ms: 5_000 }))`. After that time it answers 503 and aborts the `signal` of everything inside. A value, an error, a cookie or a
 * background task that comes later is discarded. What the dependencies hold is released when the handler has ended, with the error thrown into them.
 */
export function timeout({ ms }: TimeoutOptions): Middleware {
  return defineMiddleware({ errors: [TimedOut] }, function timeout({ fail, onSent }, next) {
    let controller: AbortController | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let expired: Error | undefined
    let isReady = false
    const reply = next({
      signal(outside) {
        controller = new AbortController()
        onSent(forwardAbort(outside, controller))
        if (expired !== undefined) controller.abort(expired)
        return controller.signal
      },
      onReply() {
        isReady = true
        clearTimeout(timer)
      },
    })
    if (isReady) return reply
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        const error = fail(TimedOut)
        expired = error
        reject(error)
        // The 503 comes first, so that a handler that stops at once does not answer or log in its place.
        setTimeout(() => controller?.abort(error))
      }, ms)
    })
    return Promise.race([reply, late])
  })
}
