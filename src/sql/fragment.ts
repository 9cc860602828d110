/** Pieces of SQL with parameters, which get their numbers when all pieces are joined. */

/** A query as `pg` and PGlite take it. */
export interface SQLQuery<Row = unknown> {
  readonly '~row'?: Row
  readonly text: string
  readonly values: readonly unknown[]
}

/** A piece of SQL. */
export class SQLFragment<Row = unknown> implements SQLQuery<Row> {
  declare readonly '~row'?: Row
  readonly #texts: readonly string[]
  readonly #parts: readonly unknown[]

  /** There is one text more than parts. */
  constructor(texts: readonly string[], parts: readonly unknown[]) {
    this.#texts = texts
    this.#parts = parts
  }

  get text(): string {
    return this.#compile().text
  }

  get values(): readonly unknown[] {
    return this.#compile().values
  }

  #compile(values: unknown[] = []): { readonly text: string; readonly values: readonly unknown[] } {
    const text = this.#texts.map((piece, index) => piece + (index < this.#parts.length ? place(this.#parts[index], values) : '')).join('')
    return { text, values }
  }

  static compile(fragment: SQLFragment, values: unknown[]): string {
    return fragment.#compile(values).text
  }
}

/** The text of a piece of SQL, or the number of a parameter, whose value is added to `values`. */
function place(part: unknown, values: unknown[]): string {
  return part instanceof SQLFragment ? SQLFragment.compile(part, values) : `$${values.push(part)}`
}

/**
 * Makes a query. Each `${…}` is a parameter, or a piece of SQL if it was made by `sql` too: `sql<User>`select * from users where org = ${org}``.
 */
export function sql<Row = unknown>(texts: TemplateStringsArray, ...parts: readonly unknown[]): SQLFragment<Row> {
  return new SQLFragment(texts, parts)
}

/** SQL from text, which is not escaped: never use text of a client. */
export function raw(text: string): SQLFragment {
  return new SQLFragment([text], [])
}

/** Makes a piece of SQL from a query whose parameters have numbers. */
export function fromText({ text, values }: SQLQuery): SQLFragment {
  const texts: string[] = []
  const parts: unknown[] = []
  let at = 0
  for (const match of text.matchAll(PARAMETER)) {
    const number = match.groups?.['number']
    if (number === undefined) continue
    texts.push(text.slice(at, match.index))
    parts.push(values[Number(number) - 1])
    at = match.index + match[0].length
  }
  return new SQLFragment([...texts, text.slice(at)], parts)
}

/** A parameter, or a part of SQL in which `$1` is not a parameter: a string, a quoted name, a dollar quote or a comment. */
const PARAMETER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<quote>\$(?:[A-Za-z_]\w*)?\$)[^]*?\k<quote>|--[^\n]*|\/\*[^]*?\*\/|\$(?<number>\d+)/g

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
