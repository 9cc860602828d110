/** Count modes: how the items of all pages are counted, and which total a page shows. */
import { z } from 'zod'
import { isQuery, type PageSource } from './source.ts'

/**
 * How `total` of a page is counted.
 * - `exact`: one `count(*)` of the whole query.
 * - `window`: the same number, from the query of the page (`count(*) over ()`). It saves a round trip, but still counts all rows.
 * - `estimated`: the estimate of the query planner. It costs the same for any table size.
 * - `capped`: counted up to `cap`. If there are more items, `total_capped` is true.
 * - `none`: not counted.
 */
export type CountMode = 'exact' | 'window' | 'estimated' | 'capped' | 'none'

export interface Total {
  /** `null` if it was not counted. */
  readonly total: number | null
  /** There are more items than `total`. */
  readonly total_capped: boolean
  /** `total` is an estimate of the database. */
  readonly total_estimated: boolean
}

const NOT_COUNTED: Total = { total: null, total_capped: false, total_estimated: false }

export function exactly(total: number): Total {
  return { total, total_capped: false, total_estimated: false }
}

/** The source counts up to one item more than the cap, so that a capped total is recognised. */
function upTo(cap: number, counted: number): Total {
  return { total: Math.min(counted, cap), total_capped: counted > cap, total_estimated: false }
}

/** Corrects an estimate by the rows of the page. On the last page the total is known. On other pages there is at least one row more than those seen. */
function estimate(expected: number, seen: number, hasMore: boolean): Total {
  return hasMore ? { total: Math.max(expected, seen + 1), total_capped: false, total_estimated: true } : exactly(seen)
}

/** Whether the total is exact, so that the last page is known. */
export function isExact(mode: CountMode): boolean {
  return mode === 'exact' || mode === 'window'
}

/** The model of `?total=exact`. */
export function totalParameter(modes: readonly CountMode[]): z.ZodType {
  return z.enum(modes).default(modes[0]!).describe('How the items of all pages are counted')
}

/** Counts the items of a source. `undefined` if the mode is `none`. */
export function countOf(source: PageSource<unknown>, mode: CountMode, cap: number): number | undefined | Promise<number> {
  if (mode === 'none') return undefined
  if (mode === 'capped' && isQuery(source)) return source.countUpTo(cap + 1)
  if (mode === 'estimated' && isQuery(source)) return source.estimate()
  return source.count()
}

interface Seen {
  readonly mode: CountMode
  readonly cap: number
  /** The number of rows up to the end of this page. `undefined` on pages by cursor, and on a page past the end. */
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
