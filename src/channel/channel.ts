/** Publish and subscribe for streams that their clients resume: a message has an id, and who comes back with it misses nothing that is kept. */
import { isPromise, type MaybePromise } from '../maybe-promise.ts'
import type { Accepted } from '../schema/accepted.ts'
import { compileEncoder } from '../schema/encode.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import type { ChannelLog, ChannelStore } from './channel-store.ts'
import { memoryStore } from './memory-store.ts'

export interface ChannelMessage<Data> {
  readonly kind: 'message'
  /** For the event's `id`. */
  readonly id: string
  readonly data: Data
}

/** Messages are gone that the subscriber has not seen: it was away or behind for too long. What is kept comes next. */
export interface ChannelGap {
  readonly kind: 'gap'
  /** For the `id` of an event that tells the client so: it does not ask for the lost ones again. */
  readonly id: string
}

export interface Channel<Value, Data> {
  /** Gives the message's id. Throws a `ModelError` on data that breaks the channel's model; what the model does not name is left out. */
  publish(data: Value): Promise<string>
  /**
   * Begins after the id that a client saw last, or with what is published from this call on. Ends when the signal aborts.
   * A subscriber that is slow holds up nobody: what it has not read yet is kept only as long as for all.
   */
  subscribe(lastEventId: string | undefined, signal: AbortSignal): AsyncGenerator<ChannelMessage<Data> | ChannelGap, void, void>
}

export interface ChannelOptions {
  /** Default: this process's memory. */
  readonly store?: ChannelStore
}

export function channel<S extends AnySchema>(
  name: string,
  schema: S,
  { store = memoryStore() }: ChannelOptions = {},
): Channel<Accepted<S>, OutputOf<S>> {
  const log = store.open(name, schema)
  const { filter } = compileEncoder(schema)
  return {
    async publish(data) {
      return log.append(filter(data))
    },
    subscribe(lastEventId, signal) {
      const start = lastEventId ?? log.latest()
      // Where nobody comes to read, nobody is there to hear that the store failed.
      if (isPromise(start)) start.catch(() => undefined)
      return receive(log, start, signal)
    },
  }
}

/** Read at once, so that a subscriber does not ask its store for each message. */
const BATCH = 64

async function* receive<Data>(
  log: ChannelLog,
  start: MaybePromise<string>,
  signal: AbortSignal,
): AsyncGenerator<ChannelMessage<Data> | ChannelGap, void, void> {
  let isNew = false
  let wake: (() => void) | undefined
  const notify = () => {
    isNew = true
    wake?.()
  }
  const unwatch = log.watch(notify)
  signal.addEventListener('abort', notify)
  try {
    let after = await start
    while (!signal.aborted) {
      isNew = false
      const { messages, lostUntil } = await log.read(after, BATCH)
      if (lostUntil !== undefined) {
        after = lostUntil
        yield { kind: 'gap', id: after }
      }
      for (const { id, data } of messages) {
        if (signal.aborted) return
        after = id
        yield { kind: 'message', id, data: data as Data }
      }
      // What was appended while the store was read is there already.
      if (messages.length === 0 && !isNew) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', notify)
  }
}
