/** JSON text → value, with integers kept exact where a double would round them. */

/** A JSON string or number. A string without an end matches too, or text full of quotes would take quadratic time. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\d[\d.eE+-]*/g

/** Integers of fewer digits always fit a double. */
const LONG_INTEGER = /^-?\d{16,}$/

/** Nobody can forge the mark: each process has its own. */
const MARK = crypto.randomUUID()

/** Throws a `SyntaxError`, as `JSON.parse` does. Long integers come as bigints. */
export function parseExactJSON(text: string): unknown {
  const marked = text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${MARK}${token}"` : token))
  if (marked === text) return JSON.parse(text)
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(MARK) ? BigInt(value.slice(MARK.length)) : value,
  )
}
