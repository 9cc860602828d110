/** Pages of Drizzle queries. Cursors and exports are for PostgreSQL; pages by number and offset work on every database of Drizzle. */
import { createQuerySource } from '../pagination/query-source.ts'
import type { QuerySource } from '../pagination/source.ts'
import type { DrizzleDatabase } from './database.ts'
import { adaptRelational, type BuiltRelational } from './relational.ts'
import { adaptSelect, type BuiltSelect, type SelectParts } from './select.ts'

export type { DrizzleDatabase }

/** A `db.select()…` or a `db.query.users.findMany()` that has an order and no limit. */
export type DrizzleQuery<Row> = PromiseLike<readonly Row[]>

/** A column or a piece of SQL. */
export interface DrizzleColumn {
  getSQL(): unknown
}

/** Options of `fromDrizzle()`. */
export interface DrizzleOptions {
  /**
   * Columns that together identify a row. They break ties. Required for cursors over a query with joins or `distinct`. Default: the primary key of
   * the only table, or the columns of `groupBy()`.
   */
  readonly key?: readonly DrizzleColumn[]
}

/**
 * Makes a source of pages from a query: `paginate(fromDrizzle(db, db.select().from(users).orderBy(users.id)), query)`. The query is never changed.
 * Totals count the rows of the query, with its conditions, joins, groups and `distinct`.
 *
 * @throws {DeclarationError} for a query without an order (`PAGE_ORDER`), or with a limit of its own (`PAGE_QUERY`)
 */
export function fromDrizzle<Row>(db: DrizzleDatabase, query: DrizzleQuery<Row>, { key }: DrizzleOptions = {}): QuerySource<Row> {
  const columns = key as SelectParts['key'] // another copy of Drizzle may have made them
  const session = db as unknown as SelectParts['db'] // only cursors, estimates and exports need more than `$count`, and only on PostgreSQL
  const adapter =
    'tableConfig' in query
      ? adaptRelational<Row>({ db: session, query: query as unknown as BuiltRelational, key: columns }) // Drizzle does not export the types of these properties
      : adaptSelect<Row>({ db: session, query: query as unknown as BuiltSelect, key: columns }) // Drizzle does not export the types of these properties
  return createQuerySource(adapter)
}
