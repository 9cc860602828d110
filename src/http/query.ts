/** The query as browsers write it: application/x-www-form-urlencoded (WHATWG URL §5.1). */

const MAX_PAIRS = 1000

type Values = Map<string, string[]>

/** The values of each name, in their order. `search` is without its `?`. `undefined` where there are more than 1,000 pairs. */
export function parseQuery(search: string): ReadonlyMap<string, readonly string[]> | undefined {
  const values: Values = new Map()
  if (PLAIN.test(search)) return readPlain(search, values)
  // The constructor drops one `?`: a second one is part of the first name.
  const pairs = new URLSearchParams(`?${search}`)
  if (pairs.size > MAX_PAIRS) return undefined
  for (const [name, value] of pairs) add(values, name, value)
  return values
}

/** ASCII without `%` and `+`: nothing stands for something else. Nearly all queries are so, and need no object that knows more. */
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
