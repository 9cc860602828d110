/** The messages of a channel: encoded and decoded by their model, and read once for all subscribers of this process. */
import { after, isPromise, type MaybePromise } from '../maybe-promise.ts'
import { compileEncoder } from '../schema/encode.ts'
import { deepCopy, freezeAll } from '../schema/fresh-value.ts'
import { keepText } from '../representation/server-sent-event.ts'
import type { AnySchema } from '../schema/schema.ts'
import { compileStoredText, type StoredText } from '../schema/wire.ts'
import type { ChannelLog, ChannelStore, StoredMessage, StoredMessages } from './channel-store.ts'

/** The number of messages per read, so that a subscriber does not query its store for each message. */
export const BATCH = 64

/** A message that every subscriber can receive. */
interface Decoded<Data> {
  readonly id: string
  /** Returns the data. `undefined` if the stored text does not fit the model. */
  readonly take: (() => Data) | undefined
}

interface Batch<Data> {
  readonly messages: readonly Decoded<Data>[]
  readonly lost: StoredMessages['lost']
}

/** Decodes a stored message. */
type Decode<Data> = (message: StoredMessage) => MaybePromise<Decoded<Data>>

/** What all channels of one model share. */
export interface Messages<Data> {
  readonly encode: StoredText['encode']
  readonly decode: Decode<Data>
  /** The channels that have subscribers, by store and name. */
  readonly active: WeakMap<ChannelStore, Map<string, SharedReads<Data>>>
}

const messagesBySchema = new WeakMap<AnySchema, Messages<unknown>>()

export function messagesOf<Data>(schema: AnySchema): Messages<Data> {
  let messages = messagesBySchema.get(schema)
  if (messages === undefined) messagesBySchema.set(schema, (messages = compileMessages(schema)))
  return messages as Messages<Data> // the entry was made for this schema
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

/** The text is encoded again, because a stored text may have a field that only an earlier model had. */
function toTake(value: unknown, schema: AnySchema, encodeText: (value: unknown) => string): () => unknown {
  if (!freezeAll(value)) return () => deepCopy(value)
  if (typeof value === 'object' && value !== null) keepText(value, schema, () => encodeText(value))
  return () => value
}

/** How many positions are cached. A read at another position goes to the store. */
const MOST_POSITIONS = 64

/** The reads of one channel, which its subscribers in this process share: a message is fetched and decoded once for all of them. */
export class SharedReads<Data> {
  readonly #log: ChannelLog
  readonly #decode: Decode<Data>
  readonly #batches = new Map<string, MaybePromise<Batch<Data>>>()
  readonly #subscribers = new Set<() => void>()
  readonly #onIdle: () => void
  #unwatch: (() => void) | undefined = undefined
  /** Increases with each notification. */
  #version = 0

  /** `onIdle` is called when the last subscriber has left. */
  constructor(log: ChannelLog, decode: Decode<Data>, onIdle: () => void) {
    this.#log = log
    this.#decode = decode
    this.#onIdle = onIdle
  }

  /** Calls `notify` when something may have been appended. The returned function ends this. */
  watch(notify: () => void): () => void {
    this.#subscribers.add(notify)
    this.#unwatch ??= this.#log.watch(() => {
      // Earlier reads may be incomplete now.
      this.#version++
      this.#batches.clear()
      for (const each of this.#subscribers) each()
    })
    return () => {
      this.#subscribers.delete(notify)
      if (this.#subscribers.size > 0) return
      this.#unwatch?.()
      this.#unwatch = undefined
      this.#batches.clear()
      this.#onIdle()
    }
  }

  read(position: string): MaybePromise<Batch<Data>> {
    const known = this.#batches.get(position)
    if (known !== undefined) return known
    const version = this.#version
    const batch = after(this.#log.read(position, BATCH), (stored) => decodeAll(stored, this.#decode))
    if (version !== this.#version) return batch
    if (this.#batches.size >= MOST_POSITIONS) this.#batches.clear()
    this.#batches.set(position, batch)
    if (isPromise(batch)) {
      batch.catch(() => {
        // After a failure, the store is read again.
        if (this.#batches.get(position) === batch) this.#batches.delete(position)
      })
    }
    return batch
  }
}

function decodeAll<Data>({ messages, lost }: StoredMessages, decode: Decode<Data>): MaybePromise<Batch<Data>> {
  const decoded = messages.map(decode)
  if (!decoded.some(isPromise)) return { messages: decoded as readonly Decoded<Data>[], lost }
  return Promise.all(decoded.map(async (message) => message)).then((settled) => ({ messages: settled, lost }))
}
