/** Parses a query in the format of browsers: application/x-www-form-urlencoded (WHATWG URL §5.1). */

const MAX_PAIRS = 1000

type Values = Map<string, string[]>

/** The values of each name, in order. `search` has no `?` in front. `undefined` if there are more than 1,000 pairs. */
export function parseQuery(search: string): ReadonlyMap<string, readonly string[]> | undefined {
  const values: Values = new Map()
  if (PLAIN.test(search)) return readPlain(search, values)
  if (hasTooManyPairs(search)) return undefined
  // The constructor removes one `?`. Without this one, it would remove a `?` that is part of the first name.
  const pairs = new URLSearchParams(`?${search}`)
  for (const [name, value] of pairs) add(values, name, value)
  return values
}

/** Counts before any pair is parsed: a form of 1 MiB can hold 500,000 of them. */
function hasTooManyPairs(search: string): boolean {
  let pairs = 0
  for (let at = 0, end; at < search.length; at = end + 1) {
    end = search.indexOf('&', at)
    if (end === -1) end = search.length
    if (end > at && ++pairs > MAX_PAIRS) return true
  }
  return false
}

/** ASCII without `%` and `+` needs no decoding. Nearly all queries are of this kind, and are parsed without `URLSearchParams`. */
const PLAIN = /^[!-$&-*,-~]*$/

function readPlain(search: string, values: Values): Values | undefined {
  let pairs = 0
  for (let at = 0, end; at < search.length; at = end + 1) {
    end = search.indexOf('&', at)
    if (end === -1) end = search.length
    if (end === at) continue
    if (++pairs > MAX_PAIRS) return undefined
    const mark = search.indexOf('=', at)
    if (mark === -1 || mark > end) add(values, search.slice(at, end), '')
    else add(values, search.slice(at, mark), search.slice(mark + 1, end))
  }
  return values
}

function add(values: Values, name: string, value: string): void {
  const earlier = values.get(name)
  if (earlier === undefined) values.set(name, [value])
  else earlier.push(value)
}
