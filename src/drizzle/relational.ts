/** `db.query.users.findMany()` as a source of pages. */
import { and, getOperators, getOrderByOperators, sql, type SQL, type SQLWrapper, type Table } from 'drizzle-orm'
import type { Fetch, QueryAdapter } from '../pagination/query-source.ts'
import type { Selection } from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { inTransaction, rowsOf } from './database.ts'
import { chosenOrder, toOrder, toTerm, type Dialect, type Ordered } from './order.ts'
import { primaryKeyOf, toCondition, type SelectParts } from './select.ts'

type Callback<Result> = (fields: object, operators: object) => Result

interface RelationalConfig {
  readonly where?: SQL | Callback<SQL | undefined> | undefined
  readonly orderBy?: Ordered | readonly Ordered[] | Callback<Ordered | readonly Ordered[]>
  readonly extras?: Readonly<Record<string, unknown>> | Callback<Readonly<Record<string, unknown>>>
  readonly limit?: unknown
  readonly offset?: unknown
}

/** Internal properties of a relational query of Drizzle (0.45). The tests fail if the installed version has other names. */
export interface BuiltRelational extends SQLWrapper {
  readonly config: RelationalConfig
  readonly mode: 'many' | 'first'
  readonly table: Table
  readonly tableConfig: { readonly columns: object }
  readonly dialect: Dialect
  prepare(name?: string): { execute(): Promise<readonly Readonly<Record<string, unknown>>[]> }
  _toSQL(): { readonly query: unknown }
}

interface RelationalParts extends Omit<SelectParts, 'query' | 'db'> {
  readonly db: SelectParts['db'] & { $count(source: unknown, filters?: SQL): PromiseLike<number> }
  readonly query: BuiltRelational
}

const NAME = 'fromDrizzle()'

export function adaptRelational<Row>({ db, query, key, ordered }: RelationalParts): QueryAdapter<Row, SQL> {
  const { config, table, dialect } = query
  assertOpen(query)
  const { columns } = query.tableConfig
  const where = typeof config.where === 'function' ? config.where(columns, getOperators()) : config.where
  const extras = typeof config.extras === 'function' ? config.extras(columns, { sql }) : config.extras
  const tables = new Set([table])
  const own = ordered ?? ownOrder(config, columns).map((each) => toTerm(each, tables))
  const keys = key ?? primaryKeyOf(table)
  const changed = (changes: Partial<RelationalConfig>, members: object = {}) => copy(query, { ...config, where, ...changes }, members)
  const counted = () => db.$count(table, where)
  const read = (statement: SQL, session: unknown) => {
    const made = { query: query._toSQL().query, builtQuery: dialect.sqlToQuery(statement) }
    return copy(query, config, { session, _toSQL: () => made })
      .prepare()
      .execute() as Promise<readonly Row[]> // the rows of the query that was copied
  }

  return {
    name: NAME,
    sql,
    raw: sql.raw,
    ...toOrder(own, keys, tables, dialect),
    canCountInside: false,
    count: async (limit) =>
      limit === undefined ? counted() : db.$count(sql`(select 1 from ${table}${where && sql` where ${where}`} limit ${limit}) as counted`),
    counted: sql`select 1 from ${table}${where && sql` where ${where}`}`,
    fetch: async ({ where: beyond, orderBy, columns: added, limit, offset }: Fetch<SQL>) =>
      changed({
        where: and(where, beyond && sql`(${beyond})`),
        orderBy,
        extras: { ...extras, ...aliased(added) },
        limit,
        ...(offset !== undefined && offset > 0 && { offset }),
      })
        .prepare()
        .execute(),
    ordered: (orderBy) => changed({ orderBy }),
    run: (statement) => rowsOf(db, statement),
    inTransaction: (use) => inTransaction(db, read, use),
    select({ orderBy, conditions }: Selection) {
      const narrowed = changed({ where: and(where, toCondition(conditions)) })
      return adaptRelational({ db, query: narrowed, key, ...chosenOrder(orderBy, ordered, tables) })
    },
  }
}

/** Copies a query with its own configuration, as in select.ts. */
function copy(query: BuiltRelational, config: RelationalConfig, members: object): BuiltRelational {
  return Object.assign(Object.create(Object.getPrototypeOf(query) as object) as object, query, { config }, members)
}

function assertOpen({ config: { limit, offset }, mode }: BuiltRelational): void {
  if (limit === undefined && offset === undefined && mode === 'many') return
  throw new DeclarationError(
    'PAGE_QUERY',
    NAME,
    'expected findMany() without limit and offset, got another query',
    'Leave them to the page',
  )
}

function ownOrder({ orderBy = [] }: RelationalConfig, columns: object): readonly Ordered[] {
  const given = typeof orderBy === 'function' ? orderBy(columns, getOrderByOperators()) : orderBy
  return Array.isArray(given) ? (given as readonly Ordered[]) : [given as Ordered]
}

function aliased(columns: Readonly<Record<string, SQL>>): Readonly<Record<string, SQL.Aliased>> {
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column.as(name)]))
}
