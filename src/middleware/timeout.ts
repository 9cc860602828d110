/** A limit on the time until a response begins. */
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { forwardAbort } from '../http/forward-abort.ts'
import { startTimer } from '../reply/timer.ts'

/** Options of `timeout()`. */
export interface TimeoutOptions {
  /** The time from this middleware to the reply. The body of a stream may take longer. `Infinity`: no limit. */
  readonly ms: number
}

/** 503 `TIMEOUT`: the response was not ready in time. */
export const TimedOut = defineError('TIMEOUT', { status: 503, detail: 'The server took too long to respond' })

/**
 * Sends 503 if the response does not begin in time.
 * Middleware: `router.use(timeout({ ms: 5_000 }))`. After that time it sends 503 and aborts the `signal` of the inner middleware and the handler. Their later
 * results, errors, cookies and background tasks are discarded. The dependencies are released when the handler has ended, with the error thrown into them.
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
      timer = startTimer(() => {
        const error = fail(TimedOut)
        expired = error
        reject(error)
        // The 503 is made first, so that a handler that stops on the signal cannot respond or log instead.
        setTimeout(() => controller?.abort(error))
      }, ms)
    })
    return Promise.race([reply, late])
  })
}
