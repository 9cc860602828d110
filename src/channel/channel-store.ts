/** Where the messages of channels are kept: what a store in memory, on Redis Streams or in PostgreSQL must be able to do. */
import type { MaybePromise } from '../maybe-promise.ts'
import type { AnySchema } from '../schema/schema.ts'

export interface StoredMessage {
  readonly id: string
  readonly data: unknown
}

export interface StoredMessages {
  /** Oldest first. */
  readonly messages: readonly StoredMessage[]
  /** Set where messages before these are gone, or the id is none of this channel's: the id that the oldest kept message comes after. */
  readonly lostUntil?: string | undefined
}

export interface ChannelLog {
  /** Gives the new message's id. Whoever reads after an earlier id gets this message later than the earlier ones. */
  append(data: unknown): MaybePromise<string>
  /** The id that whatever is appended from now on comes after. */
  latest(): MaybePromise<string>
  /** What came after an id, at most `limit` messages. The id may be any text: a client sent it. */
  read(after: string, limit: number): MaybePromise<StoredMessages>
  /** Calls `notify` when something may have been appended, by this process or another, until the function that it gives is called. */
  watch(notify: () => void): () => void
}

export interface ChannelStore {
  /** The same log for the same name. `schema` is for stores that keep text: data has passed it already. */
  open(name: string, schema: AnySchema): ChannelLog
}
