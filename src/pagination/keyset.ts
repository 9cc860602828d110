/** SQL for the rows beyond a key, as conditions that an index can serve. The dialect is PostgreSQL's, and values are parameters. */
import type { Key, Position } from './source.ts'

/** The template tag of a query builder. Parts that are nodes of the builder become SQL, all others become parameters. */
export type SQLTag<Node> = (texts: TemplateStringsArray, ...parts: readonly unknown[]) => Node

/** One part of an order. */
export interface Term<Node> {
  readonly expression: Node
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
  /** Whether the expression may be null. True if that is not known. */
  readonly isNullable: boolean
  /** The SQL type of its values. Default: the database takes it from the expression. */
  readonly type?: string | undefined
}

/** The default of PostgreSQL, where a null is larger than every value. */
export function defaultNulls(direction: 'asc' | 'desc'): 'first' | 'last' {
  return direction === 'asc' ? 'last' : 'first'
}

/** The order of a query. */
export interface Order<Node> {
  /** With the columns that break ties. */
  readonly terms: readonly Term<Node>[]
  /** Whether no two rows have equal values in all terms. */
  readonly isTotal: boolean
  /** The terms as text, for cursors. */
  readonly order: string
}

/** Adds the columns of a key, in the direction of the last term, so that one index serves all of them. `textOf` returns the SQL of an expression. */
export function orderWithKey<Node>(
  own: readonly Term<Node>[],
  key: readonly Omit<Term<Node>, 'direction' | 'nulls'>[] | undefined,
  textOf: (expression: Node) => string,
): Order<Node> {
  const known = new Set(own.map(({ expression }) => textOf(expression)))
  const missing = key?.filter(({ expression }) => !known.has(textOf(expression))) ?? []
  const last = own.at(-1)
  const added =
    last === undefined ? [] : missing.map((each) => ({ ...each, direction: last.direction, nulls: defaultNulls(last.direction) }))
  const terms = [...own, ...added]
  const order = terms.map(({ expression, direction, nulls }) => `${textOf(expression)} ${direction} ${nulls}`).join(', ')
  return { terms, isTotal: key !== undefined, order }
}

function reversed<Node>(term: Term<Node>): Term<Node> {
  return { ...term, direction: term.direction === 'asc' ? 'desc' : 'asc', nulls: term.nulls === 'first' ? 'last' : 'first' }
}

/** The order in which rows are read: reversed if the position is backward. */
export function inDirection<Node>(terms: readonly Term<Node>[], { isBackward }: Pick<Position, 'isBackward'>): readonly Term<Node>[] {
  return isBackward ? terms.map(reversed) : terms
}

export class Keyset<Node> {
  readonly #sql: SQLTag<Node>
  /** Makes SQL from text. The text is from declarations, never from clients. */
  readonly #raw: (text: string) => Node

  constructor(sql: SQLTag<Node>, raw: (text: string) => Node) {
    this.#sql = sql
    this.#raw = raw
  }

  orderBy({ expression, direction, nulls }: Term<Node>): Node {
    const placed = nulls === defaultNulls(direction) ? '' : ` nulls ${nulls}`
    return this.#sql`${expression}${this.#raw(` ${direction}${placed}`)}`
  }

  /** The key of a row, as a JSON array of the texts of its values. Text is exact for every type, and the same in every driver. */
  key(terms: readonly Term<Node>[]): Node {
    return this.#sql`json_build_array(${this.#list(terms.map(({ expression }) => this.#sql`(${expression})::text`))})::text`
  }

  /**
   * The conditions for all rows beyond the key. The rows of the first condition precede those of the second, in the order of the terms. There are
   * two conditions if the first column may be null: a single one would be an `or`, which an index does not serve.
   */
  beyond(terms: readonly Term<Node>[], key: Key): readonly Node[] {
    const [first, ...rest] = terms
    const [value, ...values] = key
    if (first === undefined || value === undefined) return []
    const sql = this.#sql
    const { expression, nulls } = first
    const ties = this.#rest(rest, values)
    if (value === null) {
      const among = ties === undefined ? [] : [sql`${expression} is null and ${ties}`]
      return nulls === 'first' ? [...among, sql`${expression} is not null`] : among
    }
    const among = this.#isUniform(terms, key) ? this.#row(terms, key) : this.#nested(first, value, ties)
    return first.isNullable && nulls === 'last' ? [among, sql`${expression} is null`] : [among]
  }

  /** The condition on the columns after the first one. `undefined` if no row is beyond the key. */
  #rest(terms: readonly Term<Node>[], key: Key): Node | undefined {
    const [first, ...rest] = terms
    const [value, ...values] = key
    if (first === undefined || value === undefined) return undefined
    if (this.#isUniform(terms, key)) return this.#row(terms, key)
    const sql = this.#sql
    const { expression, nulls } = first
    const ties = this.#rest(rest, values)
    if (value === null) {
      const among = ties && sql`(${expression} is null and ${ties})`
      if (nulls === 'last') return among
      return among === undefined ? sql`(${expression} is not null)` : sql`(${among} or ${expression} is not null)`
    }
    const among = this.#nested(first, value, ties)
    return first.isNullable && nulls === 'last' ? sql`((${among}) or ${expression} is null)` : sql`(${among})`
  }

  /** The condition begins with a bound on the first column, so that an index can be used. */
  #nested(term: Term<Node>, value: string, ties: Node | undefined): Node {
    const sql = this.#sql
    const { expression } = term
    const operator = this.#raw(term.direction === 'asc' ? '>' : '<')
    const bound = this.#value(term, value)
    if (ties === undefined) return sql`${expression} ${operator} ${bound}`
    return sql`${expression} ${operator}= ${bound} and (${expression} ${operator} ${bound} or ${ties})`
  }

  /** Whether all columns have one direction and no nulls. One comparison of rows is then enough, and one index on all columns serves it. */
  #isUniform(terms: readonly Term<Node>[], key: Key): boolean {
    return terms.every(({ isNullable, direction }, index) => !isNullable && key[index] !== null && direction === terms[0]!.direction)
  }

  #row(terms: readonly Term<Node>[], key: Key): Node {
    const sql = this.#sql
    const operator = this.#raw(terms[0]!.direction === 'asc' ? '>' : '<')
    const values = terms.map((term, index) => this.#value(term, key[index]!))
    if (terms.length === 1) return sql`${terms[0]!.expression} ${operator} ${values[0]}`
    return sql`(${this.#list(terms.map(({ expression }) => expression))}) ${operator} (${this.#list(values)})`
  }

  /** The value is sent as text, so that no driver changes its digits. */
  #value({ type }: Term<Node>, value: string): Node {
    return type === undefined ? this.#sql`${value}` : this.#sql`cast(${value}::text as ${this.#raw(type)})`
  }

  #list(nodes: readonly Node[]): Node {
    return nodes.reduce((list, node) => this.#sql`${list}, ${node}`)
  }
}
