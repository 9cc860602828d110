/** Channels in PostgreSQL: a message is a row, published in the caller's transaction, and `NOTIFY` tells the other processes. */
import {
  findStart,
  formatMessageId,
  parseMessageId,
  type ChannelLog,
  type ChannelStore,
  type KeptHistory,
  type MessageId,
  type StoredMessage,
  type StoredMessages,
} from '../channel/channel-store.ts'
import { createMigration, toRunSQL, type QueryHandle, type RunSQL } from './executor.ts'
import { Notifications, type NotifyingPGlite, type NotifyingPool } from './notifications.ts'

/** Options of `postgresStore()`. */
export interface PostgresStoreOptions {
  /** How many messages of each channel are kept for clients that come back. Default: 1,000. */
  readonly capacity?: number
}

/** What `postgresStore()` makes. */
export interface PostgresStore extends ChannelStore {
  /** Makes the tables where they are missing. Called by the first use too: call it before where the app may not change the schema. */
  migrate(): Promise<void>
  /** Ends the connection that listens. The pool stays open: it is the caller's. */
  close(): void
}

/** The tables, for a migration of your own. */
export const CHANNEL_TABLES = `
CREATE TABLE IF NOT EXISTS riposte_channel (
  name text PRIMARY KEY,
  epoch bigint NOT NULL,
  oldest bigint NOT NULL DEFAULT 0,
  newest bigint NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS riposte_channel_message (
  channel text NOT NULL,
  seq bigint NOT NULL,
  text text NOT NULL,
  PRIMARY KEY (channel, seq)
);`

const TOPIC = 'riposte_channel'

/**
 * Keeps messages in PostgreSQL or PGlite.
 * `database` is a `Pool` of `pg` or a PGlite. One connection of the pool listens for all channels of this process. Publishers of one channel wait for
 * each other's commit, so that messages are seen in the order of their ids: keep such transactions short.
 */
export function postgresStore(
  database: (NotifyingPool & QueryHandle) | (NotifyingPGlite & QueryHandle),
  { capacity = 1000 }: PostgresStoreOptions = {},
): PostgresStore {
  if (!Number.isSafeInteger(capacity) || capacity < 1) {
    throw new RangeError('CHANNEL_CAPACITY: postgresStore(): capacity must be an integer > 0.')
  }
  const run = toRunSQL(database)
  const notifications = new Notifications(database, TOPIC)
  const migrate = createMigration(run, CHANNEL_TABLES)
  return {
    open: (name) => new TableLog({ run, notifications, migrate, capacity }, name),
    migrate,
    close: () => notifications.close(),
  }
}

interface Shared {
  readonly run: RunSQL
  readonly notifications: Notifications
  readonly migrate: () => Promise<void>
  readonly capacity: number
}

/** The row of the channel is locked until the commit. Only what leaves the capacity is deleted: in the usual case one row. */
const APPEND = `
WITH channel AS (
  INSERT INTO riposte_channel AS c (name, epoch, newest) VALUES ($1, $2, 1)
  ON CONFLICT (name) DO UPDATE SET newest = c.newest + 1, oldest = greatest(c.oldest, c.newest + 1 - $3::bigint)
  RETURNING epoch, oldest, newest
), removed AS (
  DELETE FROM riposte_channel_message m USING channel WHERE m.channel = $1 AND m.seq <= channel.oldest
), added AS (
  INSERT INTO riposte_channel_message (channel, seq, text) SELECT $1, newest, $4 FROM channel
)
SELECT epoch::text, newest::text, pg_notify('${TOPIC}', $1) FROM channel`

/** The epoch of an empty channel is stored, so that a position in it is good when the first message comes. */
const CREATE = 'INSERT INTO riposte_channel (name, epoch) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING'

/** History and messages as of one moment. The position counts only in its own epoch: else reading begins with the oldest message. */
const READ = `
SELECT c.epoch::text, c.oldest::text, c.newest::text, m.seq::text, m.text
FROM riposte_channel c LEFT JOIN LATERAL (
  SELECT seq, text FROM riposte_channel_message
  WHERE channel = c.name AND seq > CASE WHEN c.epoch = $2::bigint AND $3::bigint BETWEEN c.oldest AND c.newest THEN $3::bigint ELSE c.oldest END
  ORDER BY seq LIMIT $4::int
) m ON true
WHERE c.name = $1`

class TableLog implements ChannelLog {
  readonly #shared: Shared
  readonly #name: string

  constructor(shared: Shared, name: string) {
    this.#shared = shared
    this.#name = name
  }

  async append(text: string, transaction?: unknown): Promise<string> {
    await this.#shared.migrate()
    const run = transaction === undefined ? this.#shared.run : toRunSQL(transaction)
    const [row] = await run(APPEND, [this.#name, Date.now(), this.#shared.capacity, text])
    return formatMessageId(Number(row!['epoch']), Number(row!['newest']))
  }

  async earliest(): Promise<string> {
    const { epoch, oldest } = await this.#history()
    return formatMessageId(epoch, oldest)
  }

  async latest(): Promise<string> {
    const { epoch, newest } = await this.#history()
    return formatMessageId(epoch, newest)
  }

  async last(): Promise<StoredMessage | undefined> {
    const { epoch, newest } = await this.#history()
    const { messages } = await this.#read({ epoch, seq: newest - 1 }, 1)
    return messages[0]
  }

  async read(after: string, limit: number): Promise<StoredMessages> {
    const { history, messages } = await this.#read(parseMessageId(after) ?? NOWHERE, limit)
    return { messages, lost: findStart(after, history).lost }
  }

  watch(notify: () => void): () => void {
    return this.#shared.notifications.watch(this.#name, notify)
  }

  async #history(): Promise<KeptHistory> {
    const { history } = await this.#read(NOWHERE, 0)
    return history
  }

  async #read(position: MessageId, limit: number): Promise<{ readonly history: KeptHistory; readonly messages: readonly StoredMessage[] }> {
    const { migrate, run } = this.#shared
    await migrate()
    const rows = await run(READ, [this.#name, position.epoch, position.seq, limit])
    const [first] = rows
    if (first === undefined) {
      await run(CREATE, [this.#name, Date.now()])
      return this.#read(position, limit)
    }
    const epoch = Number(first['epoch'])
    const messages = rows
      .filter(({ seq }) => seq !== null)
      .map(({ seq, text }) => ({ id: formatMessageId(epoch, Number(seq)), text: text as string }))
    return { history: { epoch, oldest: Number(first['oldest']), newest: Number(first['newest']) }, messages }
  }
}

/** The position before all. */
const NOWHERE: MessageId = { epoch: 0, seq: 0 }
