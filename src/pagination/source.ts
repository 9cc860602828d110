/** Where the items of pages come from. */

/** A source that can count and slice. */
export interface PageSource<Item> {
  count(): number | Promise<number>
  slice(offset: number, limit: number): readonly Item[] | Promise<readonly Item[]>
}

/** The values of the columns of an order in one row, as the database writes them: text loses no digit of a timestamp or a number. */
export type Key = readonly (string | null)[]

/** A source throws it for a key whose values are not those of its order: a client made it, or a column has another type now. */
export class KeyError extends Error {}

/**
 * The codes of SQLSTATE class 22 that are about one value: out of range, no date, time zone or interval, no UUID or number, no character. Prisma has codes of its own for them. A
 * division by zero is not among them.
 */
const CODES = /^(?:22003|22007|22008|22009|22015|22021|22023|22P02|P2007|P2020|P2023|P2033)$/

export function isDataException(error: unknown): boolean {
  for (let each = error; each instanceof Error; each = each.cause)
    if ('code' in each && typeof each.code === 'string' && CODES.test(each.code)) return true
  return false
}

/** A place between two rows. */
export interface Position {
  /** The rows before the key are wanted, nearest first. */
  readonly isBackward: boolean
  /** `undefined`: from the first row, or backward from the last one. */
  readonly key: Key | undefined
}

export interface KeyedRow<Row> {
  readonly row: Row
  readonly key: Key
}

/** One part of an order. `column` is what the source takes for a column, such as a Drizzle column or a name. */
export interface OrderBy {
  readonly column: unknown
  readonly direction: 'asc' | 'desc'
  /** Default: as PostgreSQL has it, last for `asc` and first for `desc`. */
  readonly nulls?: 'first' | 'last' | undefined
}

/** How a filter compares a column with the value of the client. */
export type FilterOperator = 'eq' | 'ne' | 'gt' | 'gte' | 'lt' | 'lte' | 'in'

/** What the values of a column must be. */
export interface Condition {
  readonly column: unknown
  readonly operator: FilterOperator
  /** A list for `in`. */
  readonly value: unknown
}

/** What a client chose of what a route declares. */
export interface Selection {
  readonly orderBy: readonly OrderBy[]
  readonly conditions: readonly Condition[]
}

/** Options of a source that yields all rows. */
export interface RowsOptions {
  /** Ends the query when it aborts. */
  readonly signal?: AbortSignal
  /** Rows per round trip. Default: 200. */
  readonly batch?: number
}

/** A query of a database, with its order: `fromDrizzle`, `fromKysely`, `fromPrisma` and `fromSQL` make one. The query that they are given is never changed. */
export interface QuerySource<Row> extends PageSource<Row> {
  /** The order as text. A cursor is of one order. */
  readonly order: string
  /** This query with the order and the conditions that a client chose. */
  select(selection: Selection): QuerySource<Row>
  /** At most `limit` rows beyond a position, in the order in which they are met. */
  seek(position: Position, limit: number): Promise<readonly KeyedRow<Row>[]>
  /** A page and the count of all rows, in one query. */
  sliceAndCount(offset: number, limit: number): Promise<{ readonly items: readonly Row[]; readonly total: number }>
  /** The number of rows, counted up to `limit`. */
  countUpTo(limit: number): Promise<number>
  /** The number of rows that the database expects. */
  estimate(): Promise<number>
  /** All rows through a cursor of the database. */
  rows(options?: RowsOptions): AsyncGenerator<Row, void, void>
}

/** What `paginate()` takes: an array, a source that counts and slices, or a query of a database. */
export type PaginationSource<Row> = readonly Row[] | PageSource<Row> | QuerySource<Row>

export function isQuery<Row>(source: PaginationSource<Row>): source is QuerySource<Row> {
  return 'seek' in source
}
