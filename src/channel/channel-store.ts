/** The interface of stores for the messages of channels, and functions that the stores in memory, on Redis and in PostgreSQL share. */
import type { MaybePromise } from '../maybe-promise.ts'

/**
 * Why messages are lost. `expired`: the store does not keep messages for so long. `unknown`: the id does not belong to this channel, or its history
 * was lost.
 */
export type GapReason = 'expired' | 'unknown'

/** A stored message. */
export interface StoredMessage {
  /** `<epoch>-<seq>`. The epoch is new when the history was lost; `seq` grows by one with each message of an epoch. */
  readonly id: string
  /** The message as JSON. */
  readonly text: string
}

/** The result of reading the messages after an id. */
export interface StoredMessages {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[]
  /** Set if messages before these are lost. `after` is the position before the oldest stored message. */
  readonly lost?: { readonly after: string; readonly reason: GapReason } | undefined
}

/** The messages of one channel in a store. */
export interface ChannelLog {
  /**
   * Returns the id of the new message. A reader gets messages in the order of their ids. `transaction` is the publisher's: the message is visible after
   * the commit. A store without transactions throws a `TypeError` for one.
   */
  append(text: string, transaction?: unknown): MaybePromise<string>
  /** The position before the oldest stored message. */
  earliest(): MaybePromise<string>
  /** The position before the next message that is appended. */
  latest(): MaybePromise<string>
  /** The newest message. `undefined` if none is stored. */
  last(): MaybePromise<StoredMessage | undefined>
  /** The messages after an id, at most `limit`. The id may be any text: a client sent it. */
  read(after: string, limit: number): MaybePromise<StoredMessages>
  /** Calls `notify` when something may have been appended, by this process or another. The returned function ends this. */
  watch(notify: () => void): () => void
}

/** A store of messages. Implement it for a store of your own. */
export interface ChannelStore {
  /** Cheap: an app may open a channel for each request. All logs of one name hold the same messages. */
  open(name: string): ChannelLog
}

/** The parts of an id. `undefined` for other text. */
export interface MessageId {
  readonly epoch: number
  readonly seq: number
}

const ID = /^(\d{1,15})-(\d{1,15})$/

export function parseMessageId(id: string): MessageId | undefined {
  const [, epoch, seq] = ID.exec(id) ?? []
  return epoch === undefined ? undefined : { epoch: Number(epoch), seq: Number(seq) }
}

export function formatMessageId(epoch: number, seq: number): string {
  return `${epoch}-${seq}`
}

/** The position before the message with this id. */
export function positionBefore(id: string): string {
  const { epoch, seq } = parseMessageId(id)! // a store gave it to a message
  return formatMessageId(epoch, seq - 1)
}

/** The stored history: `oldest` is the seq before the oldest stored message, `newest` the seq of the newest message. */
export interface KeptHistory {
  readonly epoch: number
  readonly oldest: number
  readonly newest: number
}

/** Where to begin reading after the id of a client, and whether messages in between are lost. */
export function findStart(
  after: string,
  { epoch, oldest, newest }: KeptHistory,
): { readonly seq: number; readonly lost: StoredMessages['lost'] } {
  const id = parseMessageId(after)
  const isOfHistory = id !== undefined && id.epoch === epoch && id.seq <= newest
  if (isOfHistory && id.seq >= oldest) return { seq: id.seq, lost: undefined }
  return { seq: oldest, lost: { after: formatMessageId(epoch, oldest), reason: isOfHistory ? 'expired' : 'unknown' } }
}

/** `where` is the function that the error names. */
export function assertCapacity(where: string, capacity: number): void {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError(`CHANNEL_CAPACITY: ${where}: capacity must be an integer > 0.`)
  }
}

/** Functions to call when something happens to a name, such as a new message of a channel. */
export class Listeners {
  readonly #byName = new Map<string, Set<() => void>>()

  get isEmpty(): boolean {
    return this.#byName.size === 0
  }

  /** The returned function removes `notify`. A second call of it does nothing. */
  add(name: string, notify: () => void): () => void {
    const listeners = this.#byName.get(name) ?? new Set()
    this.#byName.set(name, listeners.add(notify))
    return () => {
      listeners.delete(notify)
      // The name may have got another set of listeners since.
      if (listeners.size === 0 && this.#byName.get(name) === listeners) this.#byName.delete(name)
    }
  }

  notify(name: string): void {
    for (const notify of this.#byName.get(name) ?? []) notify()
  }

  notifyAll(): void {
    for (const listeners of this.#byName.values()) for (const notify of listeners) notify()
  }
}
