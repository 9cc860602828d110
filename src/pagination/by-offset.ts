/** Pages by number and by offset. */
import { countOf, exactly, isExact, toTotal, type CountMode, type Total } from './counting.ts'
import type { Changes, PageTurn, ShapeDefinition, Turned } from './definition.ts'
import { PageNotFound } from './errors.ts'
import { isQuery, type PageSource, type PaginationSource } from './source.ts'

export async function turnByOffset(
  shape: ShapeDefinition,
  source: PaginationSource<unknown>,
  { asked, limit, mode }: PageTurn,
): Promise<Turned> {
  const offset = shape.base === 'page' ? ((asked.page as number) - 1) * limit : (asked.offset as number)
  const { items, hasMore, ...total } = await slice(shape, source, { offset, limit, mode })
  if (shape.strict && items.length === 0 && offset > 0) throw new PageNotFound()
  const count = total.total
  const pages = count === null ? null : Math.ceil(count / limit)
  const lastOffset = count === null || !(isExact(mode) || !hasMore) ? undefined : Math.max(0, (Math.ceil(count / limit) - 1) * limit)
  const at = (to: number): Changes => (shape.base === 'page' ? { page: String(to / limit + 1) } : { offset: String(to) })
  return {
    facts: {
      items,
      ...total,
      page: Math.floor(offset / limit) + 1,
      size: limit,
      limit,
      offset,
      pages,
      has_more: hasMore,
      next: null,
      previous: null,
    },
    targets: {
      first: at(0),
      prev: offset === 0 ? undefined : at(Math.max(0, Math.min(offset - limit, lastOffset ?? offset))),
      next: hasMore ? at(offset + limit) : undefined,
      last: lastOffset === undefined ? undefined : at(lastOffset),
    },
  }
}

interface Slice extends Total {
  readonly items: readonly unknown[]
  readonly hasMore: boolean
}

async function slice(
  { cap }: ShapeDefinition,
  given: PaginationSource<unknown>,
  { offset, limit, mode }: { readonly offset: number; readonly limit: number; readonly mode: CountMode },
): Promise<Slice> {
  const source: PageSource<unknown> = Array.isArray(given) ? ofArray(given) : (given as PageSource<unknown>)
  if (isExact(mode)) {
    const { items, total } =
      mode === 'window' && isQuery(source) ? await source.sliceAndCount(offset, limit) : await sliceBesideCount(source, offset, limit)
    return { items, ...exactly(total), hasMore: offset + items.length < total && items.length > 0 }
  }
  // One row more tells whether there is a next page: no estimate and no cap can.
  const [rows, counted] = await Promise.all([source.slice(offset, limit + 1), countOf(source, mode, cap)])
  const items = rows.slice(0, limit)
  const hasMore = rows.length > limit
  return {
    items,
    hasMore,
    ...toTotal(counted, { mode, cap, seen: items.length > 0 || offset === 0 ? offset + items.length : undefined, hasMore }),
  }
}

async function sliceBesideCount(
  source: PageSource<unknown>,
  offset: number,
  limit: number,
): Promise<{ items: readonly unknown[]; total: number }> {
  const [total, items] = await Promise.all([source.count(), source.slice(offset, limit)])
  return { items, total }
}

function ofArray(items: readonly unknown[]): PageSource<unknown> {
  return { count: () => items.length, slice: (offset, limit) => items.slice(offset, offset + limit) }
}
