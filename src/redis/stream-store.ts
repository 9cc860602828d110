/** Channels on Redis Streams: every process that uses the same server sees the same messages. */
import {
  assertCapacity,
  findStart,
  parseMessageId,
  positionBefore,
  type ChannelLog,
  type ChannelStore,
  type StoredMessage,
  type StoredMessages,
} from '../channel/channel-store.ts'
import { toSendCommand, type RedisClient, type SendCommand } from './client.ts'
import { Notifications } from './notifications.ts'

/** Options of `redisStore()`. */
export interface RedisStoreOptions {
  /** The minimum number of messages of each channel that are kept for clients that reconnect. Redis may keep some hundred more. Default: 1,000. */
  readonly capacity?: number
  /** The beginning of all keys. Default: `riposte:channel:`. */
  readonly prefix?: string
}

/** The store that `redisStore()` returns. */
export interface RedisStore extends ChannelStore {
  /** Closes the connection that waits for messages. The client stays open, because it is the caller's. */
  close(): void
}

/**
 * Keeps messages in streams of Redis.
 * `client` is a client of `ioredis` or `redis`. A second connection waits for the messages of all channels of this process.
 * A message is as durable as the server's `appendfsync` makes it.
 */
export function redisStore(client: RedisClient, { capacity = 1000, prefix = 'riposte:channel:' }: RedisStoreOptions = {}): RedisStore {
  assertCapacity('redisStore()', capacity)
  const send = toSendCommand(client)
  const notificationsKey = `${prefix}notifications`
  const notifications = new Notifications(client, send, notificationsKey)
  return {
    open: (name) => new StreamLog({ send, notifications, notificationsKey, capacity }, `${prefix}stream:${name}`),
    close: () => notifications.close(),
  }
}

/**
 * Adds the message to the stream of its channel, and gives its id. The id is that of the last message with a `seq` that is one higher. In an empty
 * stream it is `<now>-1`: the time of the first message is the epoch. The name of the stream is also added to the stream of notifications, which
 * all processes read. `MAXLEN ~` lets Redis keep some more messages than asked, because it removes them in blocks.
 */
const APPEND = `
local function append(key, capacity, field, value)
  local last = redis.call('XREVRANGE', key, '+', '-', 'COUNT', 1)
  local id = ARGV[1] .. '-1'
  if #last > 0 then
    local epoch, seq = string.match(last[1][1], '^(%d+)-(%d+)$')
    id = epoch .. '-' .. string.format('%.0f', tonumber(seq) + 1)
  end
  return redis.call('XADD', key, 'MAXLEN', '~', capacity, id, field, value)
end
append(KEYS[2], 1000, 'stream', KEYS[1])
return append(KEYS[1], ARGV[2], 'text', ARGV[3])`

/** The position in an empty stream. */
const BEFORE_ALL = '0-0'

interface Shared {
  readonly send: SendCommand
  readonly notifications: Notifications
  readonly notificationsKey: string
  readonly capacity: number
}

class StreamLog implements ChannelLog {
  readonly #shared: Shared
  readonly #key: string

  constructor(shared: Shared, key: string) {
    this.#shared = shared
    this.#key = key
  }

  async append(text: string, transaction?: unknown): Promise<string> {
    if (transaction !== undefined) throw new TypeError('CHANNEL_TRANSACTION: redisStore() has no transactions. Publish after the commit.')
    const { send, notificationsKey, capacity } = this.#shared
    return String(await send('EVAL', APPEND, '2', this.#key, notificationsKey, String(Date.now()), String(capacity), text))
  }

  async earliest(): Promise<string> {
    const [first] = toMessages(await this.#shared.send('XRANGE', this.#key, '-', '+', 'COUNT', '1'))
    return first === undefined ? BEFORE_ALL : positionBefore(first.id)
  }

  async latest(): Promise<string> {
    return (await this.last())?.id ?? BEFORE_ALL
  }

  async last(): Promise<StoredMessage | undefined> {
    const [last] = toMessages(await this.#shared.send('XREVRANGE', this.#key, '+', '-', 'COUNT', '1'))
    return last
  }

  async read(after: string, limit: number): Promise<StoredMessages> {
    const position = parseMessageId(after)
    if (position !== undefined) {
      const messages = await this.#range(after, limit)
      const [first] = messages
      if (first !== undefined && (positionBefore(first.id) === after || (after === BEFORE_ALL && isFirst(first.id)))) return { messages }
    }
    return this.#readFromHistory(after, limit)
  }

  watch(notify: () => void): () => void {
    return this.#shared.notifications.watch(this.#key, notify)
  }

  /** Reads after an id that no message directly follows: the newest id, or one whose messages were removed. */
  async #readFromHistory(after: string, limit: number): Promise<StoredMessages> {
    const [earliest, latest] = await Promise.all([this.earliest(), this.latest()])
    if (after === latest) return { messages: [] }
    const oldest = parseMessageId(earliest)!
    const start = after === BEFORE_ALL && oldest.seq === 0 ? earliest : after
    const { seq, lost } = findStart(start, { ...oldest, oldest: oldest.seq, newest: parseMessageId(latest)!.seq })
    return { messages: await this.#range(`${oldest.epoch}-${seq}`, limit), lost }
  }

  async #range(after: string, limit: number): Promise<readonly StoredMessage[]> {
    return toMessages(await this.#shared.send('XRANGE', this.#key, `(${after}`, '+', 'COUNT', String(limit)))
  }
}

function isFirst(id: string): boolean {
  return parseMessageId(id)!.seq === 1
}

function toMessages(entries: unknown): readonly StoredMessage[] {
  return (entries as readonly [id: unknown, fields: readonly unknown[]][]).map(([id, fields]) => ({
    id: String(id),
    text: String(fields[1]),
  })) // XRANGE and XREVRANGE reply with such entries
}
