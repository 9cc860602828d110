/** Publish and subscribe for streams that clients can resume: a client that reconnects with the id of its last message gets all later messages that are still stored. */
import { after, isPromise, type MaybePromise } from '../maybe-promise.ts'
import type { Accepted, AnySchema, OutputOf } from '../schema/schema.ts'
import { positionBefore, type ChannelLog, type ChannelStore, type GapReason } from './channel-store.ts'
import { memoryStore } from './memory-store.ts'
import { BATCH, messagesOf, SharedReads } from './messages.ts'

/** A message with its id. */
export interface ChannelMessage<Data> {
  readonly kind: 'message'
  /** The `id` of the event. */
  readonly id: string
  /** Frozen, because all subscribers of this process share it. If the model has dates, maps or similar objects, each subscriber gets a copy. */
  readonly data: Data
}

/** Messages that the subscriber has not received are lost. The stored messages follow. */
export interface ChannelGap {
  readonly kind: 'gap'
  /** The `id` of an event that tells the client so. With this id, the client does not request the lost messages again. */
  readonly id: string
  /**
   * `expired`: the subscriber was disconnected or behind for longer than messages are stored. `unknown`: its id does not belong to this channel, or the history was
   * lost. `unreadable`: one stored message does not fit the channel's model, such as after a release that changed it.
   */
  readonly reason: GapReason | 'unreadable'
}

/** The position at which the subscription begins. It is yielded before any message, so that a client that is disconnected before its first message can continue here. */
export interface ChannelPosition {
  readonly kind: 'position'
  /** The `id` of an event without data. */
  readonly id: string
}

/** What a subscription yields: a position, a message or a gap. */
export type ChannelItem<Data> = ChannelPosition | ChannelMessage<Data> | ChannelGap

/** Options of `publish()`. */
export interface PublishOptions {
  /** The transaction that the message is part of. Subscribers receive the message after the commit. Only stores in a database support transactions. */
  readonly in?: unknown
}

/** Options of `subscribe()`. */
export interface SubscribeOptions {
  /** Whether to yield the newest message immediately, and then always the newest: a subscriber that is behind skips the messages between. Default: `false`. */
  readonly latestOnly?: boolean
}

/** The result of `channel()`. */
export interface Channel<Value, Data> {
  readonly name: string
  /** Resolves with the id of the message. Throws a `ModelError` if the data does not fit the channel's model. Fields that the model does not declare are omitted. */
  publish(data: Value, options?: PublishOptions): Promise<string>
  /** The position before the next message that is published. */
  latest(): Promise<string>
  /**
   * Begins after the id of the client's last message. `earliest` begins with the oldest stored message, and `undefined` with the messages that are
   * published after this call. Ends when the signal aborts. A slow subscriber does not delay others, and its unread messages are not stored for longer.
   */
  subscribe(lastEventId: string | undefined, signal: AbortSignal, options?: SubscribeOptions): AsyncGenerator<ChannelItem<Data>, void, void>
}

/** Options of `channel()`. */
export interface ChannelOptions {
  /** Where the messages are stored. Default: the memory of this process. */
  readonly store?: ChannelStore
}

/** Creates a channel: messages of one model, which any number of clients can receive and resume. */
export function channel<S extends AnySchema>(
  name: string,
  schema: S,
  { store = memoryStore() }: ChannelOptions = {},
): Channel<Accepted<S>, OutputOf<S>> {
  const log = store.open(name)
  const { encode, decode, active } = messagesOf<OutputOf<S>>(schema)
  /** Subscribers of one channel share their reads, also if a handler creates the channel for each request. */
  function findReads(): SharedReads<OutputOf<S>> {
    let names = active.get(store)
    if (names === undefined) active.set(store, (names = new Map()))
    const found = names.get(name)
    if (found !== undefined) return found
    const reads = new SharedReads(log, decode, () => names.delete(name))
    names.set(name, reads)
    return reads
  }
  return {
    name,
    async publish(data, options) {
      return after(encode(data), (text) => log.append(text, options?.in))
    },
    async latest() {
      return log.latest()
    },
    subscribe(lastEventId, signal, { latestOnly = false } = {}) {
      const start = latestOnly ? beforeLast(log) : lastEventId === 'earliest' ? log.earliest() : (lastEventId ?? log.latest())
      // The error of the store is thrown to the reader. Without a reader, it must not be an unhandled rejection.
      if (isPromise(start)) start.catch(() => undefined)
      return receive(findReads, start, signal, latestOnly)
    },
  }
}

async function* receive<Data>(
  findReads: () => SharedReads<Data>,
  start: MaybePromise<string>,
  signal: AbortSignal,
  latestOnly: boolean,
): AsyncGenerator<ChannelItem<Data>, void, void> {
  let isNew = false
  let wake: (() => void) | undefined
  const notify = () => {
    isNew = true
    wake?.()
  }
  const reads = findReads()
  const unwatch = reads.watch(notify)
  signal.addEventListener('abort', notify)
  try {
    let position = await start
    let isFirst = true
    while (!signal.aborted) {
      isNew = false
      const { messages, lost } = await reads.read(position)
      if (lost !== undefined) position = lost.after
      // An id that does not belong to this channel is not confirmed.
      if (isFirst) yield { kind: 'position', id: position }
      isFirst = false
      if (lost !== undefined && !latestOnly) yield { kind: 'gap', id: position, reason: lost.reason }
      for (const [index, { id, take }] of messages.entries()) {
        if (signal.aborted) return
        position = id
        if (latestOnly && index < messages.length - 1) continue
        if (latestOnly && messages.length === BATCH) break
        yield take === undefined ? { kind: 'gap', id, reason: 'unreadable' } : { kind: 'message', id, data: take() }
      }
      // If messages were appended during the read, the next read finds them.
      if (messages.length === 0 && !isNew) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', notify)
  }
}

function beforeLast(log: ChannelLog): MaybePromise<string> {
  return after(log.last(), (last) => (last === undefined ? log.latest() : positionBefore(last.id)))
}
