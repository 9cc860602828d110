/** `db.select()…` as a source of pages. */
import { and, eq, gt, gte, inArray, is, lt, lte, ne, sql, Table, type Column, type SQL, type SQLWrapper } from 'drizzle-orm'
import { getTableConfig, PgTable } from 'drizzle-orm/pg-core'
import type { Term } from '../pagination/keyset.ts'
import type { Fetch, QueryAdapter } from '../pagination/query-source.ts'
import type { Condition, Selection } from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { inTransaction, rowsOf, type Session } from './database.ts'
import { chosenOrder, toOrder, toTerm, type Dialect, type NotNullTables, type Ordered } from './order.ts'

/** Internal properties of a select of Drizzle (0.45). The tests fail if the installed version has other names. */
interface SelectConfig {
  readonly table: unknown
  readonly fields: Readonly<Record<string, unknown>>
  readonly where?: SQL
  readonly having?: SQL
  readonly orderBy?: readonly Ordered[]
  readonly groupBy?: readonly (Column | SQL)[]
  readonly limit?: unknown
  readonly offset?: unknown
  readonly distinct?: unknown
  readonly joins?: readonly { readonly table: unknown; readonly alias: string }[]
  readonly setOperators: readonly unknown[]
}

/** A `db.select()…`. */
export interface BuiltSelect extends SQLWrapper {
  readonly config: SelectConfig
  readonly dialect: Dialect
  readonly joinsNotNullableMap: Readonly<Record<string, boolean>>
  as(alias: string): SQLWrapper
  prepare(name?: string): { execute(): Promise<readonly Readonly<Record<string, unknown>>[]> }
}

export interface SelectParts {
  readonly db: Session & { $count(source: SQLWrapper): PromiseLike<number> }
  readonly query: BuiltSelect
  readonly key: readonly (Column | SQL)[] | undefined
  /** Default: the order of the query. */
  readonly ordered?: readonly Term<SQL>[]
}

const NAME = 'fromDrizzle()'

/** Throws a `DeclarationError` for a query that can't have pages. */
export function adaptSelect<Row>({ db, query, key, ordered }: SelectParts): QueryAdapter<Row, SQL> {
  const { config } = query
  assertOpen(config)
  const tables = notNullTables(query)
  const own = ordered ?? (config.orderBy ?? []).map((each) => toTerm(each, tables))
  const keys = key ?? keyOf(config)
  const isGrouped = config.groupBy !== undefined
  const changed = (changes: Partial<SelectConfig>) => copy(query, { ...config, ...changes })
  const unordered = () => changed({ orderBy: [] })
  const read = (statement: SQL, session: unknown) =>
    copy(query, config, { session, getSQL: () => statement })
      .prepare()
      .execute() as Promise<readonly Row[]> // the rows of the query that was copied

  return {
    name: NAME,
    sql,
    raw: sql.raw,
    ...toOrder(own, keys, tables, query.dialect),
    canCountInside: !config.distinct,
    count: async (limit) => await db.$count((limit === undefined ? unordered() : changed({ orderBy: [], limit })).as('counted')),
    counted: unordered(),
    fetch: async ({ where, orderBy, columns, limit, offset }: Fetch<SQL>) => {
      const condition = isGrouped ? { having: and(config.having, bracketed(where))! } : { where: and(config.where, bracketed(where))! }
      const fields = { ...config.fields, ...columns }
      return changed({ ...(where && condition), orderBy, fields, limit, ...(offset !== undefined && offset > 0 && { offset }) })
        .prepare()
        .execute()
    },
    ordered: (orderBy) => changed({ orderBy }),
    run: (statement) => rowsOf(db, statement),
    inTransaction: (use) => inTransaction(db, read, use),
    select({ orderBy, conditions }: Selection) {
      const narrowed = changed({ where: and(config.where, toCondition(conditions))! })
      return adaptSelect({ db, query: narrowed, key, ...chosenOrder(orderBy, ordered, tables) })
    },
  }
}

/** Copies a query with its own configuration. Drizzle's builders change themselves, and the query that was given must not change. */
function copy(query: BuiltSelect, config: SelectConfig, members: object = {}): BuiltSelect {
  return Object.assign(Object.create(Object.getPrototypeOf(query) as object) as object, query, { config }, members)
}

/** Puts brackets around a condition, so that an `or` in it stays apart from the conditions beside it. */
function bracketed(condition: SQL | undefined): SQL | undefined {
  return condition && sql`(${condition})`
}

function assertOpen({ limit, offset, setOperators, distinct }: SelectConfig): void {
  const isDistinctOn = typeof distinct === 'object'
  if (limit === undefined && offset === undefined && setOperators.length === 0 && !isDistinctOn) return
  throw new DeclarationError(
    'PAGE_QUERY',
    NAME,
    'expected a query without limit, offset, distinct on and set operators, got one with them',
    "Wrap it: const all = query.as('all'), then db.select().from(all).orderBy(all.id)",
  )
}

function notNullTables({ config, joinsNotNullableMap }: BuiltSelect): NotNullTables {
  const all = [config.table, ...(config.joins ?? []).map(({ table }) => table)]
  const isOuter = (name: string | undefined) => name !== undefined && joinsNotNullableMap[name] === false
  return new Set(all.filter((table) => is(table, Table) && !isOuter(nameOf(table))))
}

/** The name of a table in `joinsNotNullableMap`. */
function nameOf(table: Table): string | undefined {
  return (table as unknown as Record<symbol, string | undefined>)[Symbol.for('drizzle:Name')] // Drizzle keeps the name under a symbol
}

/** The columns that identify a row: the primary key of the only table, or the columns of `groupBy()`. `undefined` if there are no such columns. */
function keyOf({ table, joins, groupBy, distinct }: SelectConfig): readonly (Column | SQL)[] | undefined {
  if (groupBy !== undefined) return groupBy
  return joins !== undefined || distinct === true ? undefined : primaryKeyOf(table)
}

export function primaryKeyOf(table: unknown): readonly Column[] | undefined {
  if (!is(table, PgTable)) return undefined
  const { columns, primaryKeys } = getTableConfig(table)
  const single = columns.filter(({ primary }) => primary)
  return single.length > 0 ? single : primaryKeys[0]?.columns
}

const OPERATORS = { eq, ne, gt, gte, lt, lte } as const

/** The conditions that a client chose, in Drizzle's operators. */
export function toCondition(conditions: readonly Condition[]): SQL | undefined {
  return and(
    ...conditions.map(({ column, operator, value }) =>
      // The column was declared for this source, and the value fits the model of the filter.
      operator === 'in' ? inArray(column as Column, value as unknown[]) : OPERATORS[operator](column as Column, value),
    ),
  )
}
