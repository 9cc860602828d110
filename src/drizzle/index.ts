/** Pages of Drizzle queries, whatever database is behind them. Only their shape is named: nothing of Drizzle is imported. */
import type { PageSource } from '../pagination/paginate.ts'

/** What every Drizzle database has. */
export interface DrizzleDatabase {
  $count(source: unknown): PromiseLike<number>
}

/** A `select()` that has no limit yet. */
export interface DrizzleQuery<Row> {
  as(alias: string): unknown
  limit(limit: number): { offset(offset: number): PromiseLike<Row[]> }
}

/**
 * A query as a source of `paginate()`: `paginate(fromDrizzle(db, db.select().from(users).orderBy(users.id)), query)`.
 * The total is counted over the query as it stands, its conditions, joins and groups included.
 */
export function fromDrizzle<Row>(db: DrizzleDatabase, query: DrizzleQuery<Row>): PageSource<Row> {
  // `limit` changes the query itself: what is counted is fixed before it.
  const counted = query.as('counted')
  return {
    count: async () => db.$count(counted),
    slice: async (offset, limit) => query.limit(limit).offset(offset),
  }
}
