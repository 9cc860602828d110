/** The request in which a job is enqueued: its ids go with the job, and its answer decides whether there is one. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { isErrorStatus } from '../http/status.ts'

/** Where a job comes from. */
export interface JobOrigin {
  /** The id of the request that enqueued it, or that enqueued the job that enqueued it. */
  readonly requestId: string
  /** W3C Trace Context, as the request had it. */
  readonly traceparent?: string | undefined
}

/** A job that waits for the answer of its request. */
interface Held {
  /** `false` where another request has stored the same job. */
  readonly store: () => Promise<boolean>
  readonly undo: () => Promise<unknown>
}

interface Scope {
  readonly origin: JobOrigin
  /** `undefined` where there is no answer to wait for, or it is made. */
  held: Held[] | undefined
}

const scopes = new AsyncLocalStorage<Scope | undefined>()

export function currentOrigin(): JobOrigin | undefined {
  return scopes.getStore()?.origin
}

/** Whether a request waits for its answer. */
export function isAnswerAwaited(): boolean {
  return scopes.getStore()?.held !== undefined
}

export function holdUntilAnswer(held: Held): true {
  scopes.getStore()!.held!.push(held)
  return true
}

/** Jobs that `run` enqueues have this origin. */
export function runAs<Result>(origin: JobOrigin | undefined, run: () => Result): Result {
  return scopes.run(origin && { origin, held: undefined }, run)
}

/** Trace Context §3.2.2: version, trace-id, parent-id and flags, in lower case. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/**
 * Middleware: `app.use(enqueueOnSuccess())`. The jobs that a request enqueues are stored when its answer is known to be a success, before it is sent: an
 * error, of whatever kind, leaves none. A job that is enqueued in a transaction is part of that, and does not wait. Where a job can't be stored,
 * the answer is a 500. Each job carries the id of its request, and its `traceparent`, to the log lines of the worker.
 */
export function enqueueOnSuccess(): Middleware {
  return defineMiddleware({}, function enqueueOnSuccess({ requestId, header }, next) {
    const traceparent = header('traceparent')
    const scope: Scope = {
      origin: { requestId, traceparent: traceparent !== undefined && TRACEPARENT.test(traceparent) ? traceparent : undefined },
      held: [],
    }
    return scopes.run(scope, async () => {
      try {
        const reply = await next()
        if (!isErrorStatus(reply.status)) await storeAll(scope.held!)
        return reply
      } finally {
        // What is enqueued from now on, by a stream or after the answer, is stored at once.
        scope.held = undefined
      }
    })
  })
}

async function storeAll(held: readonly Held[]): Promise<void> {
  const stored: Held[] = []
  try {
    for (const each of held) if (await each.store()) stored.push(each)
  } catch (error) {
    await Promise.allSettled(stored.map(({ undo }) => undo()))
    throw error
  }
}
