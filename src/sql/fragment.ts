/** SQL as text with parameters: pieces are put together before any parameter has a number. */

/** What `pg` and PGlite take. */
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

  /** One text more than parts. */
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

/** Text for a piece of SQL, a number for a parameter. */
function place(part: unknown, values: unknown[]): string {
  return part instanceof SQLFragment ? SQLFragment.compile(part, values) : `$${values.push(part)}`
}

/**
 * A query whose `${…}` are parameters, or pieces of SQL where they are `sql` themselves: `sql<User>`select * from users where org = ${org}``.
 */
export function sql<Row = unknown>(texts: TemplateStringsArray, ...parts: readonly unknown[]): SQLFragment<Row> {
  return new SQLFragment(texts, parts)
}

/** Unchecked text: never a client's. */
export function raw(text: string): SQLFragment {
  return new SQLFragment([text], [])
}

/** The text of a query whose parameters have their numbers already. */
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

/** What may hold `$1` without meaning it (strings, quoted names, dollar quotes, comments), or a parameter. */
const PARAMETER = /'(?:[^']|'')*'|"(?:[^"]|"")*"|(?<quote>\$(?:[A-Za-z_]\w*)?\$)[^]*?\k<quote>|--[^\n]*|\/\*[^]*?\*\/|\$(?<number>\d+)/g

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
