/** Stores responses to requests with an `Idempotency-Key` in PostgreSQL. One of the processes that use the same database runs the handler. */
import { formatStoredResponse, parseStoredResponse, type IdempotencyStore } from '../middleware/idempotency-store.ts'
import { toRunSQL, type SQLHandle } from './executor.ts'
import { createMigration, formatTables, type Table } from './tables.ts'

/** The store that `postgresIdempotencyStore()` returns. */
export interface PostgresIdempotencyStore extends IdempotencyStore {
  /** Creates the table if it is missing, and checks its form: throws `SQL_TABLES`. The first use of the store calls it too. */
  migrate(): Promise<void>
}

const TABLE: Table = {
  name: 'riposte_idempotency',
  columns: {
    key: 'text NOT NULL',
    owner: 'text NOT NULL',
    fingerprint: 'text NOT NULL',
    response: 'text',
    expires_at: 'timestamp with time zone NOT NULL',
  },
  key: ['key'],
  index: 'expires_at',
}

/** The statements that create the table, for a migration of your own. */
export const IDEMPOTENCY_TABLES = formatTables([TABLE])

/**
 * Inserts the key if it is free, and always returns its row. If two processes run it at once, the second waits for the first and then sees its row.
 * A key is free for its own owner too, because some drivers send a statement again when the connection breaks before the result.
 */
const BEGIN = `
INSERT INTO riposte_idempotency AS kept (key, owner, fingerprint, expires_at) VALUES ($1, $2, $3, now() + $4::float8 * interval '1 second')
ON CONFLICT (key) DO UPDATE SET (owner, fingerprint, response, expires_at) = (
  SELECT CASE WHEN is_free THEN excluded.owner ELSE kept.owner END,
    CASE WHEN is_free THEN excluded.fingerprint ELSE kept.fingerprint END,
    CASE WHEN is_free THEN NULL ELSE kept.response END,
    CASE WHEN is_free THEN excluded.expires_at ELSE kept.expires_at END
  FROM (SELECT kept.expires_at <= now() OR kept.owner = excluded.owner AS is_free) AS asked
)
RETURNING owner, fingerprint, response`

const COMPLETE = `
UPDATE riposte_idempotency SET response = $3, expires_at = now() + $4::float8 * interval '1 second'
WHERE key = $1 AND owner = $2 AND expires_at > now()`

const RELEASE = 'DELETE FROM riposte_idempotency WHERE key = $1 AND owner = $2 AND expires_at > now()'

/** Deletes expired rows, except those that another process has locked. */
const PRUNE = `
DELETE FROM riposte_idempotency WHERE key IN (
  SELECT key FROM riposte_idempotency WHERE expires_at <= now() FOR UPDATE SKIP LOCKED
)`

const PRUNE_MS = 60_000

/** For `idempotency({ store })`. `database` is a `Pool` of `pg`, a PGlite, or a database of Drizzle, Kysely or Prisma. Expired rows are deleted about once a minute. */
export function postgresIdempotencyStore(database: SQLHandle): PostgresIdempotencyStore {
  const run = toRunSQL(database)
  const migrate = createMigration(run, { where: 'postgresIdempotencyStore()', tables: [TABLE], creation: 'run IDEMPOTENCY_TABLES' })
  let pruneAt = 0

  function prune(): void {
    if (Date.now() < pruneAt) return
    pruneAt = Date.now() + PRUNE_MS
    // The request does not depend on it. If it fails, the rows are deleted the next time.
    run(PRUNE).catch(() => undefined)
  }

  return {
    migrate,
    async begin({ key, owner }, fingerprint, lockSeconds) {
      await migrate()
      const [row] = await run(BEGIN, [key, owner, fingerprint, lockSeconds])
      prune()
      if (row!['owner'] === owner) return undefined
      const response = row!['response'] as string | null
      return { fingerprint: row!['fingerprint'] as string, response: response === null ? undefined : parseStoredResponse(response) }
    },
    async complete({ key, owner }, response, keepSeconds) {
      await run(COMPLETE, [key, owner, formatStoredResponse(response), keepSeconds])
    },
    async release({ key, owner }) {
      await run(RELEASE, [key, owner])
    },
  }
}
