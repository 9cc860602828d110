/** Statements on a Drizzle database, with any driver. */
import type { SQL, SQLWrapper } from 'drizzle-orm'
import type { Transaction } from '../pagination/stream-rows.ts'

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

/** `read` runs a statement instead of the query, so that Drizzle decodes its rows. */
export function inTransaction<Row>(
  db: Session,
  read: (statement: SQL, session: unknown) => Promise<readonly Row[]>,
  use: (tx: Transaction<Row, SQL>) => Promise<void>,
): Promise<void> {
  return db.transaction((tx) => use({ run: (statement) => rowsOf(tx, statement), read: (statement) => read(statement, tx.session) }), {
    accessMode: 'read only',
  })
}

/** The rows of a result. Some drivers return an array, others an object with `rows`. */
export async function rowsOf(db: Session, query: SQL): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const result = (await db.execute(query)) as readonly Record<string, unknown>[] | { readonly rows: readonly Record<string, unknown>[] }
  return 'rows' in result ? result.rows : result
}
