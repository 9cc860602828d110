/** SQL queries as sources of pages, for every query builder that has an adapter. */
import { DeclarationError } from '../schema/declaration-error.ts'
import { inDirection, Keyset, type Order } from './keyset.ts'
import type { Key, KeyedRow, Position, QuerySource, RowsOptions, Selection } from './source.ts'
import { streamRows, type StreamedQuery } from './stream-rows.ts'

/** The names of columns that are added to a query. Naming plugins do not change a name of one word. */
const KEY_COLUMN = 'ripostekey'
const COUNT_COLUMN = 'ripostecount'

export interface Fetch<Node> {
  readonly where?: Node | undefined
  readonly orderBy: readonly Node[]
  /** Columns to add, by name. */
  readonly columns: Readonly<Record<string, Node>>
  readonly limit: number
  readonly offset?: number
}

/** What a source needs of a query builder. No method changes the query that was given. */
export interface QueryAdapter<Row, Node> extends StreamedQuery<Row, Node>, Order<Node> {
  /** For messages: `fromDrizzle()`. */
  readonly name: string
  /** Reads rows, with the added columns in them. */
  fetch(fetch: Fetch<Node>): Promise<readonly Readonly<Record<string, unknown>>[]>
  /** Counts the rows, up to `limit`. */
  count(limit?: number): Promise<number>
  /** Whether `count(*) over ()` in the query counts its rows. With `distinct` it also counts duplicates. */
  readonly canCountInside: boolean
  /** A query with as many rows, as a part of `sql`. */
  readonly counted: unknown
  select(selection: Selection): QueryAdapter<Row, Node>
}

/** Throws a `DeclarationError` for a query without an order. */
export function createQuerySource<Row, Node>(adapter: QueryAdapter<Row, Node>): QuerySource<Row> {
  if (adapter.terms.length === 0) {
    throw new DeclarationError(
      'PAGE_ORDER',
      adapter.name,
      'expected a query with an order, got one without: its pages would skip and repeat rows',
      'Order it by columns that identify a row',
    )
  }
  return new BuiltQuery(adapter)
}

class BuiltQuery<Row, Node> implements QuerySource<Row> {
  readonly order: string
  readonly #adapter: QueryAdapter<Row, Node>
  readonly #keyset: Keyset<Node>

  constructor(adapter: QueryAdapter<Row, Node>) {
    this.order = adapter.order
    this.#adapter = adapter
    this.#keyset = new Keyset(adapter.sql, adapter.raw)
  }

  select(selection: Selection): QuerySource<Row> {
    return createQuerySource(this.#adapter.select(selection))
  }

  count(): Promise<number> {
    return this.#adapter.count()
  }

  countUpTo(limit: number): Promise<number> {
    return this.#adapter.count(limit)
  }

  async estimate(): Promise<number> {
    const { sql, counted, run } = this.#adapter
    return plannedRows((await run(sql`explain (format json) ${counted}`))[0])
  }

  async slice(offset: number, limit: number): Promise<readonly Row[]> {
    return (await this.#adapter.fetch({ orderBy: this.#orderBy(), columns: {}, limit, offset })) as readonly Row[]
  }

  async sliceAndCount(offset: number, limit: number): Promise<{ items: readonly Row[]; total: number }> {
    const { sql, canCountInside } = this.#adapter
    if (!canCountInside) {
      const [total, items] = await Promise.all([this.count(), this.slice(offset, limit)])
      return { items, total }
    }
    const columns = { [COUNT_COLUMN]: sql`count(*) over ()` }
    const rows = await this.#adapter.fetch({ orderBy: this.#orderBy(), columns, limit, offset })
    const [first] = rows
    // A page past the end has no row with the count in it.
    const total = first !== undefined ? Number(first[COUNT_COLUMN]) : offset === 0 ? 0 : await this.count()
    return { items: rows.map((row) => without(row, COUNT_COLUMN) as Row), total }
  }

  async seek(position: Position, limit: number): Promise<readonly KeyedRow<Row>[]> {
    const { terms, isTotal, name } = this.#adapter
    if (!isTotal) {
      throw new DeclarationError('PAGE_KEY', name, 'expected columns that identify a row, got none for this query', 'Give key: [users.id]')
    }
    const met = inDirection(terms, position)
    const orderBy = met.map((term) => this.#keyset.orderBy(term))
    const columns = { [KEY_COLUMN]: this.#keyset.key(terms) }
    const conditions = position.key === undefined ? [undefined] : this.#keyset.beyond(met, position.key)
    const found: KeyedRow<Row>[] = []
    for (const where of conditions) {
      if (found.length === limit) break
      const rows = await this.#adapter.fetch({ where, orderBy, columns, limit: limit - found.length })
      for (const row of rows) found.push({ row: without(row, KEY_COLUMN) as Row, key: JSON.parse(row[KEY_COLUMN] as string) as Key })
    }
    assertUnique(name, found)
    return found
  }

  rows(options: RowsOptions = {}): AsyncGenerator<Row, void, void> {
    return streamRows(this.#adapter, this.#orderBy(), options)
  }

  #orderBy(): readonly Node[] {
    return this.#adapter.terms.map((term) => this.#keyset.orderBy(term))
  }
}

/** Throws a `DeclarationError` if two rows have one key. They are neighbours, and a page that begins after the first would skip the second. */
export function assertUnique(name: string, rows: readonly KeyedRow<unknown>[]): void {
  const texts = rows.map(({ key }) => JSON.stringify(key))
  if (texts.every((text, index) => text !== texts[index - 1])) return
  throw new DeclarationError(
    'PAGE_KEY',
    name,
    'expected columns that identify a row, got two rows with equal ones',
    'Give key the columns of a row',
  )
}

function without(row: Readonly<Record<string, unknown>>, column: string): Readonly<Record<string, unknown>> {
  const { [column]: _, ...own } = row
  return own
}

interface Plan {
  readonly Plan: { readonly 'Plan Rows': number }
}

/** The number of rows in a result of `explain (format json)`. Some drivers parse the JSON, and plugins may rename its column. */
function plannedRows(row: unknown): number {
  const [plan] = Object.values(row as Readonly<Record<string, unknown>>)
  const [root] = (typeof plan === 'string' ? JSON.parse(plan) : plan) as readonly Plan[]
  return root!.Plan['Plan Rows']
}
