/** Publish and subscribe for streams that their clients resume: a message has an id, and who comes back with it misses nothing that is kept. */
import { after, isPromise, type MaybePromise } from '../maybe-promise.ts'
import type { Accepted } from '../schema/accepted.ts'
import { compileEncoder } from '../schema/encode.ts'
import { deepCopy } from '../schema/fresh-value.ts'
import { freezeAll, keepText } from '../schema/kept-text.ts'
import type { AnySchema, OutputOf } from '../schema/schema.ts'
import { compileStoredText, type StoredText } from '../schema/stored-text.ts'
import type { ChannelLog, ChannelStore, GapReason, StoredMessage, StoredMessages } from './channel-store.ts'
import { memoryStore } from './memory-store.ts'
import { SharedReads } from './shared-reads.ts'

/** A message with its id. */
export interface ChannelMessage<Data> {
  readonly kind: 'message'
  /** For the event's `id`. */
  readonly id: string
  /** Frozen: all subscribers of this process share it. Where a model holds dates, maps or the like, each subscriber has a copy. */
  readonly data: Data
}

/** Messages are gone that the subscriber has not seen. What is kept comes next. */
export interface ChannelGap {
  readonly kind: 'gap'
  /** For the `id` of an event that tells the client so: it does not ask for the lost ones again. */
  readonly id: string
  /**
   * `expired`: the subscriber was away or behind for longer than messages are kept. `unknown`: its id does not belong to this channel, or the history was
   * lost. `unreadable`: one stored message does not fit the channel's model, such as after a release that changed it.
   */
  readonly reason: GapReason | 'unreadable'
}

/** Where the subscription begins. It comes first, before any message: a client that is cut before its first message can go on from here. */
export interface ChannelPosition {
  readonly kind: 'position'
  /** For the `id` of an event without data. */
  readonly id: string
}

/** What a subscription yields: a position, a message or a gap. */
export type ChannelItem<Data> = ChannelPosition | ChannelMessage<Data> | ChannelGap

/** Options of `publish()`. */
export interface PublishOptions {
  /** The transaction that the message is part of: it is seen when it commits, and never if it does not. Only stores in a database take one. */
  readonly in?: unknown
}

/** Options of `subscribe()`. */
export interface SubscribeOptions {
  /** Default: `false`. `true` gives the newest message at once and then only the newest: a subscriber that is behind skips what is between. */
  readonly latestOnly?: boolean
}

/** What `channel()` makes. */
export interface Channel<Value, Data> {
  readonly name: string
  /** Gives the message's id. Throws a `ModelError` on data that breaks the channel's model; what the model does not name is left out. */
  publish(data: Value, options?: PublishOptions): Promise<string>
  /** The id that whatever is published from now on comes after. */
  latest(): Promise<string>
  /**
   * Begins after the id that a client saw last; `earliest` begins with the oldest message that is kept; `undefined` with what is published from this
   * call on. Ends when the signal aborts. A subscriber that is slow holds up nobody: what it has not read yet is kept only as long as for all.
   */
  subscribe(lastEventId: string | undefined, signal: AbortSignal, options?: SubscribeOptions): AsyncGenerator<ChannelItem<Data>, void, void>
}

/** Options of `channel()`. */
export interface ChannelOptions {
  /** Default: this process's memory. */
  readonly store?: ChannelStore
}

/** Read at once, so that a subscriber does not ask its store for each message. */
const BATCH = 64

/** Makes a channel: messages of one model that any number of clients receive and resume. */
export function channel<S extends AnySchema>(
  name: string,
  schema: S,
  { store = memoryStore() }: ChannelOptions = {},
): Channel<Accepted<S>, OutputOf<S>> {
  const log = store.open(name)
  const { encode, decode, active } = messagesOf<OutputOf<S>>(schema)
  /** Subscribers of one channel share their reads, also where a handler makes the channel for each request. */
  function findReads(): SharedReads<Batch<OutputOf<S>>> {
    let names = active.get(store)
    if (names === undefined) active.set(store, (names = new Map()))
    const found = names.get(name)
    if (found !== undefined) return found
    const reads = new SharedReads(
      log,
      BATCH,
      (stored) => decodeAll(stored, decode),
      () => names.delete(name),
    )
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
      // Where nobody comes to read, nobody is there to hear that the store failed.
      if (isPromise(start)) start.catch(() => undefined)
      return receive(findReads, start, signal, latestOnly)
    },
  }
}

/** A message that is ready for every subscriber. */
interface Decoded<Data> {
  readonly id: string
  /** `undefined` where it can't be read. */
  readonly take: (() => Data) | undefined
}

interface Batch<Data> {
  readonly messages: readonly Decoded<Data>[]
  readonly lost: StoredMessages['lost']
}

async function* receive<Data>(
  findReads: () => SharedReads<Batch<Data>>,
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
      // What was appended while the store was read is there already.
      if (messages.length === 0 && !isNew) await new Promise<void>((resolve) => (wake = resolve))
    }
  } finally {
    unwatch()
    signal.removeEventListener('abort', notify)
  }
}

function beforeLast(log: ChannelLog): MaybePromise<string> {
  return after(log.last(), (last) => {
    if (last === undefined) return log.latest()
    const [epoch, seq] = last.id.split('-')
    return `${epoch}-${Number(seq) - 1}`
  })
}

function decodeAll<Data>(
  { messages, lost }: StoredMessages,
  decode: (message: StoredMessage) => MaybePromise<Decoded<Data>>,
): MaybePromise<Batch<Data>> {
  const decoded = messages.map(decode)
  if (!decoded.some(isPromise)) return { messages: decoded as readonly Decoded<Data>[], lost }
  return Promise.all(decoded.map(async (message) => message)).then((settled) => ({ messages: settled, lost }))
}

/** What the channels of one model share. */
interface Messages<Data> {
  readonly encode: StoredText['encode']
  /** Text of a store → the message. */
  readonly decode: (message: StoredMessage) => MaybePromise<Decoded<Data>>
  /** By name, of the channels that have subscribers now. */
  readonly active: WeakMap<ChannelStore, Map<string, SharedReads<Batch<Data>>>>
}

const messagesBySchema = new WeakMap<AnySchema, Messages<unknown>>()

function messagesOf<Data>(schema: AnySchema): Messages<Data> {
  let messages = messagesBySchema.get(schema)
  if (messages === undefined) messagesBySchema.set(schema, (messages = compileMessages(schema)))
  return messages as Messages<Data> // of the same schema
}

function compileMessages(schema: AnySchema): Messages<unknown> {
  const { encode, decode } = compileStoredText(schema)
  const { encodeText } = compileEncoder(schema)
  return {
    encode,
    decode: ({ id, text }) =>
      after(decode(text), ({ issues, value }) => ({ id, take: issues === undefined ? toTake(value, schema, encodeText) : undefined })),
    active: new WeakMap(),
  }
}

/** The text is encoded again: a store may hold a field that an earlier model had. */
function toTake(value: unknown, schema: AnySchema, encodeText: (value: unknown) => string): () => unknown {
  if (!freezeAll(value)) return () => deepCopy(value)
  if (typeof value === 'object' && value !== null) keepText(value, schema, () => encodeText(value))
  return () => value
}
