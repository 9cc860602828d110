/** Channels in PostgreSQL: a message is a row, inserted in the caller's transaction, and `NOTIFY` wakes the other processes. */
import {
  assertCapacity,
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
import { toRunSQL, type QueryHandle, type RunSQL } from './executor.ts'
import { createMigration, formatTables, type Table } from './tables.ts'
import { Notifications, type NotifyingPGlite, type NotifyingPool } from './notifications.ts'

/** Options of `postgresStore()`. */
export interface PostgresStoreOptions {
  /** How many messages of each channel are kept for clients that reconnect. Default: 1,000. */
  readonly capacity?: number
}

/** The store that `postgresStore()` returns. */
export interface PostgresStore extends ChannelStore {
  /** Creates the tables if they are missing, and checks their form: throws `SQL_TABLES`. The first use of the store calls it too. */
  migrate(): Promise<void>
  /** Closes the connection that listens. The pool stays open, because it is the caller's. */
  close(): void
}

const TABLES: readonly Table[] = [
  {
    name: 'riposte_channel',
    columns: {
      name: 'text NOT NULL',
      epoch: 'bigint NOT NULL',
      oldest: 'bigint NOT NULL DEFAULT 0',
      newest: 'bigint NOT NULL DEFAULT 0',
    },
    key: ['name'],
  },
  {
    name: 'riposte_channel_message',
    columns: { channel: 'text NOT NULL', seq: 'bigint NOT NULL', text: 'text NOT NULL' },
    key: ['channel', 'seq'],
  },
]

/** The statements that create the tables, for a migration of your own. */
export const CHANNEL_TABLES = formatTables(TABLES)

const TOPIC = 'riposte_channel'

/**
 * Keeps messages in PostgreSQL or PGlite.
 * `database` is a `Pool` of `pg` or a PGlite. One connection of the pool listens for all channels of this process. Publishers of one channel wait for
 * each other's commit, so that messages are seen in the order of their ids. Keep such transactions short.
 */
export function postgresStore(
  database: (NotifyingPool & QueryHandle) | (NotifyingPGlite & QueryHandle),
  { capacity = 1000 }: PostgresStoreOptions = {},
): PostgresStore {
  assertCapacity('postgresStore()', capacity)
  const run = toRunSQL(database)
  const notifications = new Notifications(database, TOPIC)
  const migrate = createMigration(run, { where: 'postgresStore()', tables: TABLES, creation: 'run CHANNEL_TABLES' })
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

/** Adds a message. The row of the channel is locked until the commit. Messages above the capacity are deleted: usually one row. */
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

/** Stores the epoch of an empty channel, so that a position in it is still valid after the first message. */
const CREATE = 'INSERT INTO riposte_channel (name, epoch) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING'

/** Reads the history and the messages in one snapshot. If the position has another epoch, or its messages are gone, reading begins with the oldest message. */
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

/** A position that no channel has. Reading after it begins with the oldest message. */
const NOWHERE: MessageId = { epoch: 0, seq: 0 }
