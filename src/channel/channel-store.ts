/** Where the messages of channels are kept: what a store in memory, on Redis or in PostgreSQL must be able to do. */
import type { MaybePromise } from '../maybe-promise.ts'

/**
 * Why messages are gone. `expired`: the store does not keep messages for so long. `unknown`: the id does not belong to this channel, or its history
 * was lost.
 */
export type GapReason = 'expired' | 'unknown'

/** A message as a store keeps it. */
export interface StoredMessage {
  /** `<epoch>-<seq>`. The epoch is new when the history was lost; `seq` grows by one with each message of an epoch. */
  readonly id: string
  /** The message as JSON. */
  readonly text: string
}

/** What a store answers when it is asked for the messages after an id. */
export interface StoredMessages {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[]
  /** Set where messages before these are gone. `after` is the id that the oldest kept message comes after. */
  readonly lost?: { readonly after: string; readonly reason: GapReason } | undefined
}

/** The messages of one channel in a store. */
export interface ChannelLog {
  /**
   * Gives the new message's id. Who reads after an earlier id gets this message later than the earlier ones. `transaction` is the publisher's:
   * the message is seen when it commits. A store without transactions throws a `TypeError` for one.
   */
  append(text: string, transaction?: unknown): MaybePromise<string>
  /** The id that the oldest kept message comes after. */
  earliest(): MaybePromise<string>
  /** The id that whatever is appended from now on comes after. */
  latest(): MaybePromise<string>
  /** The newest message. `undefined` where none is kept. */
  last(): MaybePromise<StoredMessage | undefined>
  /** The messages after an id, at most `limit`. The id may be any text: a client sent it. */
  read(after: string, limit: number): MaybePromise<StoredMessages>
  /** Calls `notify` when something may have been appended, by this process or another, until the function that it gives is called. */
  watch(notify: () => void): () => void
}

/** Where messages are kept. Implement it for a store of your own. */
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

/** The history that a store keeps: `oldest` is the seq that its oldest message comes after, `newest` the seq of its newest. */
export interface KeptHistory {
  readonly epoch: number
  readonly oldest: number
  readonly newest: number
}

/** Where reading begins after an id that a client gave, and whether messages in between are gone. */
export function findStart(
  after: string,
  { epoch, oldest, newest }: KeptHistory,
): { readonly seq: number; readonly lost: StoredMessages['lost'] } {
  const id = parseMessageId(after)
  const isOfHistory = id !== undefined && id.epoch === epoch && id.seq <= newest
  if (isOfHistory && id.seq >= oldest) return { seq: id.seq, lost: undefined }
  return { seq: oldest, lost: { after: formatMessageId(epoch, oldest), reason: isOfHistory ? 'expired' : 'unknown' } }
}

/** Functions that wait for news of a name, such as the messages of a channel. */
export class Listeners {
  readonly #byName = new Map<string, Set<() => void>>()

  get isEmpty(): boolean {
    return this.#byName.size === 0
  }

  /** The function that is returned removes `notify` again; a second call of it does nothing. */
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
