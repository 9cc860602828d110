/** Pages of plain SQL on PostgreSQL, through `pg`, PGlite or anything with the same `query()`. */
import { defaultNulls, type Term } from '../pagination/keyset.ts'
import { createQuerySource, type Fetch, type QueryAdapter } from '../pagination/query-source.ts'
import type { Condition, OrderBy, QuerySource, Selection } from '../pagination/source.ts'
import { fromText, quoteName, raw, sql, SQLFragment, type SQLQuery } from './fragment.ts'

export { sql }
export type { SQLFragment, SQLQuery }

interface Result {
  readonly rows: readonly unknown[]
}

/** A database that runs statements: a pool or client of `pg`, PGlite, or an object with the same `query()`. */
export interface SQLDatabase {
  query(text: string, values?: any[]): PromiseLike<Result> // oxlint-disable-line typescript/no-explicit-any -- as `pg` and PGlite declare it
}

/** A column of the result: `created_at`, or `-created_at` for descending order. */
export type SQLOrder = string | { readonly column: string; readonly direction?: 'asc' | 'desc'; readonly nulls?: 'first' | 'last' }

/** Options of `fromSQL()`. */
export interface SQLOptions {
  /** The columns of the result to sort by. An `order by` in the query itself has no effect. */
  readonly orderBy: readonly [SQLOrder, ...SQLOrder[]]
  /** Columns of the result that together identify a row. They break ties. */
  readonly key: readonly [string, ...string[]]
  /** Columns of the order that are never null. If all are, and are sorted in one direction, a cursor needs one comparison, which an index serves. Default: those of `key`. */
  readonly notNull?: readonly string[]
}

interface Parts {
  readonly db: SQLDatabase
  readonly query: SQLFragment
  readonly order: readonly OrderBy[]
  readonly key: readonly string[]
  readonly notNull: ReadonlySet<string>
}

/**
 * Makes a source of pages from a query: `fromSQL(pool, sql<User>`select * from users`, { orderBy: ['-created_at'], key: ['id'] })`. The query becomes
 * a subquery. If it has no `distinct`, `group by`, window function or limit, PostgreSQL merges it into the outer query, so that indexes serve its pages.
 */
export function fromSQL<Row>(db: SQLDatabase, query: SQLQuery<Row>, { orderBy, key, notNull = [] }: SQLOptions): QuerySource<Row> {
  const fragment = query instanceof SQLFragment ? query : fromText(query)
  return createQuerySource(adapt<Row>({ db, query: fragment, order: orderBy.map(toOrderBy), key, notNull: new Set([...notNull, ...key]) }))
}

function toOrderBy(order: SQLOrder): OrderBy {
  if (typeof order !== 'string') return { direction: 'asc', ...order }
  return order.startsWith('-') ? { column: order.slice(1), direction: 'desc' } : { column: order, direction: 'asc' }
}

function adapt<Row>(parts: Parts): QueryAdapter<Row, SQLFragment> {
  const { db, query, order, key, notNull } = parts
  const { direction } = order.at(-1)!
  const named = new Set(order.map(({ column }) => column))
  const all = [...order, ...key.filter((column) => !named.has(column)).map((column): OrderBy => ({ column, direction }))]
  const terms = all.map((each): Term<SQLFragment> => ({
    expression: columnOf(each.column as string),
    direction: each.direction,
    nulls: each.nulls ?? defaultNulls(each.direction),
    isNullable: !notNull.has(each.column as string),
  }))
  const rowsOf = async (statement: SQLFragment, on: SQLDatabase = db) => {
    const { text, values } = statement
    return (await on.query(text, [...values])).rows as readonly Readonly<Record<string, unknown>>[]
  }

  return {
    name: 'fromSQL()',
    sql,
    raw,
    terms,
    isTotal: true,
    order: all.map(({ column, direction: way, nulls }) => `${column as string} ${way} ${nulls ?? defaultNulls(way)}`).join(', '),
    canCountInside: true,
    async count(limit) {
      const counted = limit === undefined ? query : sql`select 1 from (${query}) as riposte limit ${limit}`
      return Number((await rowsOf(sql`select count(*) as total from (${counted}) as counted`))[0]!['total'])
    },
    counted: query,
    fetch({ where, orderBy, columns, limit, offset = 0 }: Fetch<SQLFragment>) {
      const added = Object.entries(columns).map(([name, column]) => sql`, ${column} as ${raw(name)}`)
      const condition = where === undefined ? raw('') : sql` where (${where})`
      const selected = new SQLFragment(['select *', ...added.map(() => ''), ''].slice(0, added.length + 1), added)
      return rowsOf(
        sql`${selected} from (${query}) as riposte${condition} order by ${list(orderBy)} limit ${limit}${offset > 0 ? sql` offset ${offset}` : raw('')}`,
      )
    },
    ordered: (orderBy) => sql`select * from (${query}) as riposte order by ${list(orderBy)}`,
    run: (statement) => rowsOf(statement),
    inTransaction: (use) =>
      inTransaction(db, (tx) =>
        use({
          run: (statement) => rowsOf(statement, tx),
          read: async (statement) => (await rowsOf(statement, tx)) as readonly Row[],
        }),
      ),
    select({ orderBy, conditions }: Selection) {
      const [first, ...others] = conditions.map(toCondition)
      const where = others.reduce((both, condition) => sql`${both} and ${condition}`, first ?? raw('true'))
      const narrowed = first === undefined ? query : sql`select * from (${query}) as riposte where ${where}`
      return adapt({ ...parts, query: narrowed, order: orderBy.length === 0 ? order : orderBy })
    },
  }
}

function columnOf(name: string): SQLFragment {
  return raw(quoteName(name))
}

function list(nodes: readonly SQLFragment[]): SQLFragment {
  return nodes.reduce((all, node) => sql`${all}, ${node}`)
}

const OPERATORS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function toCondition({ column, operator, value }: Condition): SQLFragment {
  const name = columnOf(column as string)
  if (operator === 'in') return sql`${name} in (${list((value as readonly unknown[]).map((each) => sql`${each}`))})`
  return sql`${name} ${raw(OPERATORS[operator])} ${value}`
}

/** A pool of `pg`. */
interface Pool extends SQLDatabase {
  readonly totalCount: number
  connect(): Promise<Connection>
}

interface Connection extends SQLDatabase {
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
  release(error?: Error | boolean): void
}

/** PGlite, which has one connection and queues its transactions. */
interface Transactional extends SQLDatabase {
  transaction<Value>(use: (tx: SQLDatabase) => Promise<Value>): Promise<Value>
}

/** Runs `use` between `begin` and `commit` on one connection. */
async function inTransaction<Value>(db: SQLDatabase, use: (tx: SQLDatabase) => Promise<Value>): Promise<Value> {
  if ('transaction' in db) return (db as Transactional).transaction(use)
  if (!('totalCount' in db)) return between(db, use)
  const connection = await (db as Pool).connect()
  // Without a listener, the error of a connection that breaks between two queries would end the process.
  connection.on('error', ignore)
  try {
    const value = await between(connection, use)
    connection.release()
    return value
  } catch (error) {
    connection.release(error instanceof Error ? error : true)
    throw error
  } finally {
    connection.off('error', ignore)
  }
}

function ignore(): void {}

async function between<Value>(connection: SQLDatabase, use: (tx: SQLDatabase) => Promise<Value>): Promise<Value> {
  await connection.query('begin read only')
  try {
    const value = await use(connection)
    await connection.query('commit')
    return value
  } catch (error) {
    await Promise.resolve(connection.query('rollback')).catch(ignore)
    throw error
  }
}
