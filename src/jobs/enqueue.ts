/** Enqueues a job: makes its id, stores it in the engine, and waits for the response if it belongs to a request with `enqueueOnSuccess()`. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { createHmac } from 'node:crypto'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { isErrorStatus } from '../http/status.ts'
import { settingsOf, type AnyJob, type EnqueueOptions } from './define-job.ts'
import type { JobEngine, JobOrigin, NewJob } from './engine.ts'

export interface Storing {
  readonly engine: JobEngine
  readonly job: AnyJob
  readonly input: unknown
  /** The input as JSON. */
  readonly text: string
  /** All processes that use the engine have the same secret. */
  readonly secret: string
  readonly options: EnqueueOptions
  /** Called after the job was stored without a transaction. */
  readonly onStored: () => void
}

export async function store(storing: Storing): Promise<{ readonly id: string; readonly isNew: boolean }> {
  const { engine, options, onStored } = storing
  const { job, key } = toNewJob(storing)
  const insert = async (id: string) => {
    const isNew = await engine.insert({ ...job, id }, options.in)
    if (options.in === undefined) onStored()
    return isNew
  }
  // Checked again before each step, because the response may be finished while the engine is awaited.
  const isHeld = () => options.in === undefined && isResponsePending()
  const insertOrHold = async (id: string) =>
    isHeld() ? holdUntilResponse({ store: () => insert(id), undo: () => engine.cancel(id) }) : insert(id)
  if (key === undefined) {
    const id = crypto.randomUUID()
    await insertOrHold(id)
    return { id, isNew: true }
  }
  // The id of a cancelled job can't be used again, so the next job with this key gets the next id.
  for (let turn = 0; ; turn++) {
    const id = toId(storing.secret, `${key} ${turn}`)
    if (!isHeld() && (await insert(id))) return { id, isNew: true }
    const found = await engine.find(id, options.in)
    if (found?.state === 'cancelled') continue
    return { id, isNew: found === undefined && (await insertOrHold(id)) }
  }
}

function toNewJob({ job, input, text, options: { at, afterMs } }: Storing): { job: Omit<NewJob, 'id'>; key: string | undefined } {
  const { name, options } = job
  const { unique } = options
  const { queue, retries, backoffMs, priority } = settingsOf(job)
  const stored = {
    queue,
    job: name,
    input: text,
    retries,
    backoffMs,
    priority,
    startAt: at ?? (afterMs === undefined ? undefined : new Date(Date.now() + afterMs)),
    uniqueMs: unique?.periodMs,
    origin: currentOrigin(),
  }
  // Equal for all calls that become one job: name, period and key.
  const key = unique && JSON.stringify([name, Math.floor(Date.now() / unique.periodMs), unique.key(input as never)]) // the definition has the type of its input, and the input fits its model
  return { job: stored, key }
}

/**
 * Makes a UUID of version 8 (RFC 9562 §5.8) from the key. All processes make the same id. Nobody can guess it without the secret, because anyone who has
 * the id can see the job.
 */
function toId(secret: string, key: string): string {
  const hex = createHmac('sha256', secret).update(key).digest('hex')
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** A job that waits for the response of its request. */
interface Held {
  /** Resolves with `false` if another request has stored the same job. */
  readonly store: () => Promise<boolean>
  readonly undo: () => Promise<unknown>
}

interface Scope {
  readonly origin: JobOrigin
  /** The jobs that wait for the response. `undefined` after the response, and for a job that a worker enqueues. */
  held: Held[] | undefined
}

const scopes = new AsyncLocalStorage<Scope | undefined>()

function currentOrigin(): JobOrigin | undefined {
  return scopes.getStore()?.origin
}

/** Whether the response of the current request is not finished yet. */
function isResponsePending(): boolean {
  return scopes.getStore()?.held !== undefined
}

function holdUntilResponse(held: Held): true {
  scopes.getStore()!.held!.push(held)
  return true
}

/** Runs a function. The jobs that it enqueues have this origin. */
export function runAs<Result>(origin: JobOrigin | undefined, run: () => Result): Result {
  return scopes.run(origin && { origin, held: undefined }, run)
}

/** Trace Context §3.2.2: version, trace-id, parent-id and flags, in lower case. */
const TRACEPARENT = /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/

/**
 * Stores the jobs of a request only if its response is a success.
 * Middleware: `app.use(enqueueOnSuccess())`. The jobs are stored before the response is sent. After an error of any kind, no job is stored. A job that is
 * enqueued in a transaction is part of the transaction, and does not wait. If a job can't be stored, the response is a 500. Each job has the id of its request
 * and its `traceparent`, which the log lines of the worker show.
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
        // Jobs that are enqueued later, by a stream or after the response, are stored immediately.
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
