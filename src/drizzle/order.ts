/** The order of a Drizzle query as terms: each has an expression, a direction and the place of nulls. */
import { Column, is, SQL, sql, StringChunk, Table, type SQLChunk } from 'drizzle-orm'
import { defaultNulls, orderWithKey, type Order, type Term } from '../pagination/keyset.ts'
import type { OrderBy } from '../pagination/source.ts'

export interface Dialect {
  sqlToQuery(query: SQL): { readonly sql: string }
}

/** A part of an order, as `orderBy()` of Drizzle takes it. */
export type Ordered = Column | SQL | SQL.Aliased

/** Tables whose columns are null only if their declaration allows it. Columns of an outer join may always be null. */
export type NotNullTables = ReadonlySet<unknown>

export function toTerm(ordered: Ordered, tables: NotNullTables): Term<SQL> {
  const { expression, direction = 'asc', nulls } = takeApart(ordered)
  return { ...factsOf(expression, tables), expression: sql`${expression}`, direction, nulls: nulls ?? defaultNulls(direction) }
}

/** The order that a client chose. If it chose none, the previous order. */
export function chosenOrder(
  orderBy: readonly OrderBy[],
  before: readonly Term<SQL>[] | undefined,
  tables: NotNullTables,
): { readonly ordered?: readonly Term<SQL>[] } {
  if (orderBy.length > 0) return { ordered: orderBy.map((each) => fromOrderBy(each, tables)) }
  return before === undefined ? {} : { ordered: before }
}

function fromOrderBy({ column, direction, nulls }: OrderBy, tables: NotNullTables): Term<SQL> {
  const expression = column as Ordered // declared in `sort`, for this source
  return { ...factsOf(expression, tables), expression: sql`${expression}`, direction, nulls: nulls ?? defaultNulls(direction) }
}

interface Parts {
  readonly expression: unknown
  readonly direction?: 'asc' | 'desc' | undefined
  readonly nulls?: 'first' | 'last' | undefined
}

const ENDING = /^(.*?)\s*(?:\b(asc|desc))?\s*(?:\bnulls\s+(first|last))?\s*$/is

/** Splits a part of an order. `desc(users.id)` is the column followed by the text ` desc`. */
function takeApart(ordered: unknown): Parts {
  const chunks = flatten(ordered)
  const lastPart = chunks.findLastIndex((chunk) => !is(chunk, StringChunk))
  const text = chunks
    .slice(lastPart + 1)
    .map(textOf)
    .join('')
  const [, start = '', direction, nulls] = ENDING.exec(text)!
  const before = [...chunks.slice(0, lastPart + 1), ...(start === '' ? [] : [new StringChunk(start)])].filter(
    (chunk) => textOf(chunk) !== '',
  )
  return {
    expression: before.length === 1 && !is(before[0], StringChunk) ? before[0] : new SQL(before),
    direction: direction?.toLowerCase() as Parts['direction'],
    nulls: nulls?.toLowerCase() as Parts['nulls'],
  }
}

/** All chunks of nested SQL, in one list. Drizzle adds no brackets around nested SQL. */
function flatten(part: unknown): SQLChunk[] {
  return is(part, SQL) ? part.queryChunks.flatMap(flatten) : [part as SQLChunk]
}

/** `undefined` for a chunk that is not text. */
function textOf(chunk: SQLChunk): string | undefined {
  return is(chunk, StringChunk) ? chunk.value.join('') : undefined
}

/** Types of columns that a cast does not accept, with those of their values. */
const SERIALS: Readonly<Record<string, string>> = { serial: 'integer', bigserial: 'bigint', smallserial: 'smallint' }

/** A column of a subquery may always be null, because the subquery may contain an outer join. */
function factsOf(expression: unknown, tables: NotNullTables): Pick<Term<SQL>, 'isNullable' | 'type'> {
  if (!is(expression, Column)) return { isNullable: true }
  const type = expression.getSQLType()
  // Drizzle gives the name of an enum without its schema. Without a type here, the database takes the type of the column.
  const isEnum = expression.columnType === 'PgEnumColumn' || expression.columnType === 'PgEnumObjectColumn'
  return {
    isNullable: !(expression.notNull && is(expression.table, Table) && tables.has(expression.table)),
    ...(!isEnum && { type: SERIALS[type] ?? type }),
  }
}

/** The order of a query with the columns of its key. */
export function toOrder(
  own: readonly Term<SQL>[],
  key: readonly (Column | SQL)[] | undefined,
  tables: NotNullTables,
  dialect: Dialect,
): Order<SQL> {
  return orderWithKey(
    own,
    key?.map((each) => toTerm(each, tables)),
    (expression) => dialect.sqlToQuery(expression).sql,
  )
}
