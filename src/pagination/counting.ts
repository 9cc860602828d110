/** How the items of all pages are counted, and what a page says of its total. */
import { z } from 'zod'
import { isQuery, type PageSource } from './source.ts'

/**
 * How `total` of a page is counted.
 * - `exact`: one `count(*)` of the whole query.
 * - `window`: the same number, from the query of the page itself (`count(*) over ()`): one round trip. Of all rows, so no faster on a large table.
 * - `estimated`: what the planner of the database expects. It costs the same for any table.
 * - `capped`: counted up to `cap`; beyond it, `total_capped` is true.
 * - `none`: not counted.
 */
export type CountMode = 'exact' | 'window' | 'estimated' | 'capped' | 'none'

export interface Total {
  /** `null` where it was not counted. */
  readonly total: number | null
  /** There are more than `total`. */
  readonly total_capped: boolean
  /** `total` is what the database expects. */
  readonly total_estimated: boolean
}

const NOT_COUNTED: Total = { total: null, total_capped: false, total_estimated: false }

export function exactly(total: number): Total {
  return { total, total_capped: false, total_estimated: false }
}

/** `counted` stopped at one more than the cap. */
function upTo(cap: number, counted: number): Total {
  return { total: Math.min(counted, cap), total_capped: counted > cap, total_estimated: false }
}

/** The rows of a page are facts: where it is the last one, it ends the count; where it isn't, there is at least one row more. */
function estimate(expected: number, seen: number, hasMore: boolean): Total {
  return hasMore ? { total: Math.max(expected, seen + 1), total_capped: false, total_estimated: true } : exactly(seen)
}

/** Does the total tell where the last page ends? */
export function isExact(mode: CountMode): boolean {
  return mode === 'exact' || mode === 'window'
}

/** `?total=exact`. */
export function totalParameter(modes: readonly CountMode[]): z.ZodType {
  return z.enum(modes).default(modes[0]!).describe('How the items of all pages are counted')
}

/** What the mode asks the source for. `undefined` if nothing is counted. */
export function countOf(source: PageSource<unknown>, mode: CountMode, cap: number): number | undefined | Promise<number> {
  if (mode === 'none') return undefined
  if (mode === 'capped' && isQuery(source)) return source.countUpTo(cap + 1)
  if (mode === 'estimated' && isQuery(source)) return source.estimate()
  return source.count()
}

export interface Seen {
  readonly mode: CountMode
  readonly cap: number
  /** The rows up to the end of this page; `undefined` if the page is past the end. */
  readonly seen: number | undefined
  readonly hasMore: boolean
}

export function toTotal(counted: number | undefined, { mode, cap, seen, hasMore }: Seen): Total {
  if (counted === undefined) return NOT_COUNTED
  if (mode === 'capped') return upTo(cap, counted)
  if (mode === 'estimated')
    return seen === undefined ? { total: counted, total_capped: false, total_estimated: true } : estimate(counted, seen, hasMore)
  return exactly(counted)
}
