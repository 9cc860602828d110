/** The query as browsers write it: application/x-www-form-urlencoded (WHATWG URL §5.1). */

const MAX_PAIRS = 1000

/** The values of each name, in their order. `search` is without its `?`. `undefined` where there are more than 1,000 pairs. */
export function parseQuery(search: string): ReadonlyMap<string, readonly string[]> | undefined {
  const values = new Map<string, string[]>()
  if (search === '') return values
  // The constructor drops one `?`: a second one is part of the first name.
  const pairs = new URLSearchParams(`?${search}`)
  if (pairs.size > MAX_PAIRS) return undefined
  for (const [name, value] of pairs) {
    const earlier = values.get(name)
    if (earlier === undefined) values.set(name, [value])
    else earlier.push(value)
  }
  return values
}
