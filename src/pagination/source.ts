/** Sources of pages: arrays, objects that count and slice, and queries with an order and conditions; and which of their errors mean a bad value. */

/** A source that can count and slice. */
export interface PageSource<Item> {
  count(): number | Promise<number>
  slice(offset: number, limit: number): readonly Item[] | Promise<readonly Item[]>
}

/** The values of one row in the columns of the order, as text from the database. Text keeps every digit of a timestamp or a number. */
export type Key = readonly (string | null)[]

/** Thrown by a source if the values of a key do not fit its order: a client made the key, or the type of a column has changed. */
export class KeyError extends Error {}

/**
 * The codes of SQLSTATE class 22 for a value that does not fit its type: it is out of range, or not a date, time zone, interval, UUID, number or
 * character. Prisma has its own codes for these. A division by zero is not one of them.
 */
const CODES = /^(?:22003|22007|22008|22009|22015|22021|22023|22P02|P2007|P2020|P2023|P2033)$/

/** Whether a database refused a value, such as a number above the range of its column. The value fits its model, and a client chose it. */
export function isDataException(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && typeof each.code === 'string' && CODES.test(each.code)) return true
  return false
}

/** A place between two rows. */
export interface Position {
  /** True: read the rows before the key, the nearest first. */
  readonly isBackward: boolean
  /** `undefined`: read from the first row, or backward from the last one. */
  readonly key: Key | undefined
}

export interface KeyedRow<Row> {
  readonly row: Row
  readonly key: Key
}

/** One part of an order. `column` is a column as the source takes it, such as a Drizzle column or a name. */
export interface OrderBy {
  readonly column: unknown
  readonly direction: 'asc' | 'desc'
  /** Default: last for `asc` and first for `desc`, as in PostgreSQL. */
  readonly nulls?: 'first' | 'last' | undefined
}

/** How a filter compares a column with the value of the client. */
export type FilterOperator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in'

/** A condition on the values of a column. */
export interface Condition {
  readonly column: unknown
  readonly operator: FilterOperator
  /** A list for `in`. */
  readonly value: unknown
}

/** The order and the conditions that a client chose. */
export interface Selection {
  readonly orderBy: readonly OrderBy[]
  readonly conditions: readonly Condition[]
}

/** Options of `rows()`. */
export interface RowsOptions {
  /** Cancels the query when it aborts. */
  readonly signal?: AbortSignal
  /** Rows per round trip. Default: 200. */
  readonly batch?: number
}

/** A database query with an order, made by `fromDrizzle`, `fromKysely`, `fromPrisma` or `fromSQL`. The query that they are given is never changed. */
export interface QuerySource<Row> extends PageSource<Row> {
  /** The order as text. A cursor is valid for one order. */
  readonly order: string
  /** This query with the order and the conditions that a client chose. */
  select(selection: Selection): QuerySource<Row>
  /** At most `limit` rows beyond a position, the nearest first. */
  seek(position: Position, limit: number): Promise<readonly KeyedRow<Row>[]>
  /** A page and the count of all rows, in one query. */
  sliceAndCount(offset: number, limit: number): Promise<{ readonly items: readonly Row[]; readonly total: number }>
  /** The number of rows, counted up to `limit`. */
  countUpTo(limit: number): Promise<number>
  /** The number of rows that the database expects. */
  estimate(): Promise<number>
  /** Yields all rows, which are read in batches through a database cursor. */
  rows(options?: RowsOptions): AsyncGenerator<Row, void, void>
}

/** A source that `paginate()` takes: an array, an object that counts and slices, or a database query. */
export type PaginationSource<Row> = readonly Row[] | PageSource<Row> | QuerySource<Row>

export function isQuery<Row>(source: PaginationSource<Row>): source is QuerySource<Row> {
  return 'seek' in source
}
