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
  const isHeld = options.in === undefined && isAnswerAwaited()
  const insertOrHold = async (id: string) =>
    isHeld ? holdUntilAnswer({ store: () => insert(id), undo: () => engine.cancel(id) }) : insert(id)
  if (key === undefined) {
    const id = crypto.randomUUID()
    await insertOrHold(id)
    return { id, isNew: true }
  }
  // One that was cancelled does not stand for those that come later.
  for (let turn = 0; ; turn++) {
    const id = toId(storing.secret, `${key} ${turn}`)
    if (!isHeld && (await insert(id))) return { id, isNew: true }
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
  // The model has taken the input.
  const key = unique && JSON.stringify([name, Math.floor(Date.now() / unique.periodMs), unique.key(input as never)]) // a definition among others: its own types tied `key` to its input
  return { job: stored, key }
}

/** A UUID of version 8 (RFC 9562 §5.8). The same for all processes, and not to be guessed from the key: who knows an id sees the job. */
function toId(secret: string, key: string): string {
  const hex = createHmac('sha256', secret).update(key).digest('hex')
  const variant = ((parseInt(hex[16]!, 16) & 0x3) | 0x8).toString(16)
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
