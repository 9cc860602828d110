/** An input as the job that an engine stores, and the id by which it is known. */
import { createHmac } from 'node:crypto'
import type { AnyJob, EnqueueOptions } from './define-job.ts'
import type { JobEngine, NewJob } from './engine.ts'
import { currentOrigin, holdUntilAnswer, isAnswerAwaited } from './request.ts'

export interface Storing {
  readonly engine: JobEngine
  readonly job: AnyJob
  readonly input: unknown
  /** The input as its model writes it. */
  readonly text: string
  /** All processes that use the engine have it. */
  readonly secret: string
  readonly options: EnqueueOptions
  /** Called when the job is stored outside of a transaction. */
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
  // Asked again for each step: the answer may be made while the engine is asked.
  const isHeld = () => options.in === undefined && isAnswerAwaited()
  const insertOrHold = async (id: string) =>
    isHeld() ? holdUntilAnswer({ store: () => insert(id), undo: () => engine.cancel(id) }) : insert(id)
  if (key === undefined) {
    const id = crypto.randomUUID()
    await insertOrHold(id)
    return { id, isNew: true }
  }
  // The id of a job that was cancelled is used up: the next job with this key gets the next id.
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
  const { retries = 0, backoff = {}, priority = 0, unique } = options
  const stored = {
    queue: options.queue ?? name,
    job: name,
    input: text,
    retries,
    backoffMs: backoff.delayMs ?? 1000,
    priority,
    startAt: at ?? (afterMs === undefined ? undefined : new Date(Date.now() + afterMs)),
    uniqueMs: unique?.periodMs,
    origin: currentOrigin(),
  }
  // The same text for all jobs that are to be one: name, period and key.
  const key = unique && JSON.stringify([name, Math.floor(Date.now() / unique.periodMs), unique.key(input as never)]) // the definition has the type of its input, and the input fits its model
  return { job: stored, key }
}

/**
 * Makes a UUID of version 8 (RFC 9562 §5.8) from the key. All processes make the same one. Without the secret nobody can guess it: anyone who
 * has an id can see the job.
 */
function toId(secret: string, key: string): string {
  const hex = createHmac('sha256', secret).update(key).digest('hex')
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
