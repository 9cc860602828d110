/** Rows beyond a key, as conditions of SQL that an index can answer. The text is PostgreSQL's; values are parameters. */
import type { Key, Position } from './source.ts'

/** The template tag of a query builder: parts that are its own nodes are SQL, all others are parameters. */
export type SQLTag<Node> = (texts: TemplateStringsArray, ...parts: readonly unknown[]) => Node

/** One part of an order. */
export interface Term<Node> {
  readonly expression: Node
  readonly direction: 'asc' | 'desc'
  readonly nulls: 'first' | 'last'
  /** May the expression be null? Where that is not known, it may. */
  readonly isNullable: boolean
  /** The SQL type of its values. Default: the database takes it from the expression. */
  readonly type?: string | undefined
}

/** As PostgreSQL has it: a null is larger than every value. */
export function defaultNulls(direction: 'asc' | 'desc'): 'first' | 'last' {
  return direction === 'asc' ? 'last' : 'first'
}

function reversed<Node>(term: Term<Node>): Term<Node> {
  return { ...term, direction: term.direction === 'asc' ? 'desc' : 'asc', nulls: term.nulls === 'first' ? 'last' : 'first' }
}

/** The order in which rows are met. */
export function inDirection<Node>(terms: readonly Term<Node>[], { isBackward }: Pick<Position, 'isBackward'>): readonly Term<Node>[] {
  return isBackward ? terms.map(reversed) : terms
}

export class Keyset<Node> {
  readonly #sql: SQLTag<Node>
  /** Types come from declarations, never from clients. */
  readonly #raw: (text: string) => Node

  constructor(sql: SQLTag<Node>, raw: (text: string) => Node) {
    this.#sql = sql
    this.#raw = raw
  }

  orderBy({ expression, direction, nulls }: Term<Node>): Node {
    const placed = nulls === defaultNulls(direction) ? '' : ` nulls ${nulls}`
    return this.#sql`${expression}${this.#raw(` ${direction}${placed}`)}`
  }

  /** The key of a row, as the JSON of the texts of its values: exact for every type, and one text for every driver. */
  key(terms: readonly Term<Node>[]): Node {
    return this.#sql`json_build_array(${this.#list(terms.map(({ expression }) => this.#sql`(${expression})::text`))})::text`
  }

  /**
   * Conditions whose rows, one after the other, are all rows beyond the key in the order of the terms. There are two where the first column may be
   * null: one condition for both would be an OR that no index answers.
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

  /** After the first column: one condition. `undefined` if no row is beyond. */
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

  /** The bound in front is what an index can start from. */
  #nested(term: Term<Node>, value: string, ties: Node | undefined): Node {
    const sql = this.#sql
    const { expression } = term
    const operator = this.#raw(term.direction === 'asc' ? '>' : '<')
    const bound = this.#value(term, value)
    if (ties === undefined) return sql`${expression} ${operator} ${bound}`
    return sql`${expression} ${operator}= ${bound} and (${expression} ${operator} ${bound} or ${ties})`
  }

  /** Do all columns go one way, without a null? Then one comparison of rows says it, and an index of all columns answers it. */
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

  /** Through text, so that every driver sends the digits as they are. */
  #value({ type }: Term<Node>, value: string): Node {
    return type === undefined ? this.#sql`${value}` : this.#sql`cast(${value}::text as ${this.#raw(type)})`
  }

  #list(nodes: readonly Node[]): Node {
    return nodes.reduce((list, node) => this.#sql`${list}, ${node}`)
  }
}
