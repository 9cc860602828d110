/** Pages of Kysely queries on PostgreSQL. */
import { sql, type Kysely, type OperationNode, type RawBuilder, type SelectQueryBuilder, type SelectQueryNode } from 'kysely'
import { defaultNulls, orderWithKey, type Term } from '../pagination/keyset.ts'
import { createQuerySource, type Fetch, type QueryAdapter } from '../pagination/query-source.ts'
import type { Condition, OrderBy, QuerySource, Selection } from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

/** Options of `fromKysely()`. */
export interface KyselyOptions {
  /**
   * Columns that together identify a row, such as `['users.id']`. They break ties. Required for cursors. Default: the columns of `groupBy()`.
   */
  readonly key?: readonly string[]
  /** Columns of the order that are never null. If all are, and are sorted in one direction, a cursor needs one comparison, which an index serves. Default: those of `key`. */
  readonly notNull?: readonly string[]
}

type AnyQuery = SelectQueryBuilder<any, any, any> // oxlint-disable-line typescript/no-explicit-any -- tables and columns are those of each query
type Node = RawBuilder<unknown>

interface Parts extends KyselyOptions {
  readonly db: Kysely<any> // oxlint-disable-line typescript/no-explicit-any -- tables and columns are those of each database
  readonly query: AnyQuery
  /** Default: the order of the query. */
  readonly ordered?: readonly Term<Node>[]
}

const NAME = 'fromKysely()'

/**
 * Makes a source of pages from a query: `paginate(fromKysely(db, db.selectFrom('users').selectAll().orderBy('id')), query)`. Totals count the rows
 * of the query, with its conditions, joins, groups and `distinct`.
 *
 * @throws {DeclarationError} for a query without an order (`PAGE_ORDER`), or with a limit of its own (`PAGE_QUERY`)
 */
export function fromKysely<DB, TB extends keyof DB, Row>(
  db: Kysely<DB>,
  query: SelectQueryBuilder<DB, TB, Row>,
  options: KyselyOptions = {},
): QuerySource<Row> {
  return createQuerySource(adapt<Row>({ db, query, ...options }))
}

function adapt<Row>({ db, query, key, notNull = [], ordered }: Parts): QueryAdapter<Row, Node> {
  const node = query.toOperationNode()
  assertOpen(node)
  const text = (expression: Node) => expression.compile(db).sql
  const never = new Set([...notNull, ...(key ?? [])].map((name) => text(sql`${sql.ref(name)}`)))
  const isNullable = (expression: Node) => !never.has(text(expression))
  const toTerm = ({ column, direction, nulls }: OrderBy): Term<Node> => {
    const expression = refOf(column)
    return { expression, direction, nulls: nulls ?? defaultNulls(direction), isNullable: isNullable(expression) }
  }
  const own = ordered ?? ownOrder(node).map(toTerm)
  const keys = key?.map((name) => refOf(name)) ?? groupsOf(node)
  const order = orderWithKey(
    own,
    keys?.map((expression) => ({ expression, isNullable: isNullable(expression) })),
    text,
  )
  const isGrouped = node.groupBy !== undefined
  const unordered: AnyQuery = query.clearOrderBy()
  const sorted = (orderBy: readonly Node[]) => orderBy.reduce((built, each) => built.orderBy(each), unordered)
  const run = async (statement: Node, on: typeof db) => (await statement.execute(on)).rows as readonly Readonly<Record<string, unknown>>[]

  return {
    name: NAME,
    sql,
    raw: (each) => sql.raw(each),
    ...order,
    canCountInside: node.frontModifiers === undefined,
    async count(limit) {
      const counted = limit === undefined ? unordered : unordered.limit(limit)
      const { total } = await db
        .selectFrom(counted.as('counted'))
        .select(sql`count(*)`.as('total'))
        .executeTakeFirstOrThrow()
      return Number(total)
    },
    counted: unordered,
    async fetch({ where, orderBy, columns, limit, offset = 0 }: Fetch<Node>) {
      let fetched = sorted(orderBy)
      if (where !== undefined) fetched = isGrouped ? fetched.having(sql<boolean>`(${where})`) : fetched.where(sql<boolean>`(${where})`)
      for (const [name, column] of Object.entries(columns)) fetched = fetched.select(column.as(name))
      fetched = fetched.limit(limit)
      return (offset > 0 ? fetched.offset(offset) : fetched).execute()
    },
    ordered: sorted,
    run: (statement) => run(statement, db),
    inTransaction: (use) =>
      db
        .transaction()
        .execute((tx) =>
          use({ run: (statement) => run(statement, tx), read: async (statement) => (await run(statement, tx)) as readonly Row[] }),
        ),
    select({ orderBy, conditions }: Selection) {
      const narrowed = conditions.reduce((built: AnyQuery, condition) => built.where(toCondition(condition)), query)
      const chosen = orderBy.length === 0 ? ordered : orderBy.map(toTerm)
      return adapt({ db, query: narrowed, ...(key && { key }), notNull, ...(chosen && { ordered: chosen }) })
    },
  }
}

function assertOpen({ limit, offset, fetch, setOperations, distinctOn }: SelectQueryNode): void {
  if ([limit, offset, fetch, setOperations, distinctOn].every((part) => part === undefined)) return
  throw new DeclarationError(
    'PAGE_QUERY',
    NAME,
    'expected a query without limit, offset, distinct on and set operators, got one with them',
    "Wrap it: db.selectFrom(query.as('all')).selectAll().orderBy('all.id')",
  )
}

/** `column` is a name, an expression of the builder, or a node of a query. */
function refOf(column: unknown): Node {
  return typeof column === 'string' ? sql`${sql.ref(column)}` : sql`${column}`
}

function nodeOf(node: OperationNode): { toOperationNode(): OperationNode } {
  return { toOperationNode: () => node }
}

function ownOrder({ orderBy }: SelectQueryNode): readonly OrderBy[] {
  return (orderBy?.items ?? []).map((item) => {
    const { direction, nulls } = item as {
      readonly direction?: { readonly sqlFragments?: readonly string[] }
      readonly nulls?: 'first' | 'last'
    }
    const isDescending = direction?.sqlFragments?.[0]?.toLowerCase() === 'desc'
    return { column: nodeOf('orderBy' in item ? item.orderBy : item), direction: isDescending ? 'desc' : 'asc', nulls }
  })
}

function groupsOf({ groupBy }: SelectQueryNode): readonly Node[] | undefined {
  return groupBy?.items.map(({ groupBy: node }) => refOf(nodeOf(node)))
}

const OPERATORS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const

function toCondition({ column, operator, value }: Condition): RawBuilder<boolean> {
  if (operator === 'in') return sql<boolean>`${refOf(column)} in (${sql.join(value as unknown[])})`
  return sql<boolean>`${refOf(column)} ${sql.raw(OPERATORS[operator])} ${value}`
}
