/** Estimates and cursors on a Drizzle database, with any driver. */
import { sql, type SQL, type SQLWrapper } from 'drizzle-orm'
import { plannedRows } from '../pagination/query-source.ts'
import type { RowCursor } from '../pagination/stream-rows.ts'

/** A database of Drizzle, with any driver. */
export interface DrizzleDatabase {
  $count(source: never, filters?: never): PromiseLike<number>
}

/** The additional members of Drizzle's databases for PostgreSQL. */
export interface Session {
  readonly session: unknown
  execute(query: SQLWrapper): PromiseLike<unknown>
  transaction<Result>(use: (session: Session) => Promise<Result>, config?: { readonly accessMode: 'read only' }): Promise<Result>
}

export async function estimateRows(db: Session, query: SQLWrapper): Promise<number> {
  const [row] = await rowsOf(db, sql`explain (format json) ${query}`)
  return plannedRows(row)
}

interface DrizzleCursor<Row> {
  readonly name: string
  readonly query: SQLWrapper
  /** Runs a statement instead of the query, so that Drizzle decodes its rows. */
  readonly read: (statement: SQL, session: unknown) => Promise<readonly Row[]>
}

export function withCursor<Row>(
  db: Session,
  { name, query, read }: DrizzleCursor<Row>,
  use: (cursor: RowCursor<Row>) => Promise<void>,
): Promise<void> {
  return db.transaction(
    (tx) =>
      use({
        declare: async () => void (await tx.execute(sql`declare ${sql.raw(name)} no scroll cursor for ${query}`)),
        fetch: (count) => read(sql.raw(`fetch ${count} from ${name}`), tx.session),
        processId: async () => Number((await rowsOf(tx, sql`select pg_backend_pid() as pid`))[0]!['pid']),
      }),
    { accessMode: 'read only' },
  )
}

export async function cancel(db: Session, processId: number, name: string): Promise<void> {
  await db.execute(
    sql`select pg_cancel_backend(pid) from pg_stat_activity where pid = ${processId} and state = 'active' and query like ${`%${name}%`} and pid <> pg_backend_pid()`,
  )
}

/** The rows of a result. Some drivers return an array, others an object with `rows`. */
async function rowsOf(db: Session, query: SQL): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const result = (await db.execute(query)) as readonly Record<string, unknown>[] | { readonly rows: readonly Record<string, unknown>[] }
  return 'rows' in result ? result.rows : result
}
