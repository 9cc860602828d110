/** Pages by number and by offset: their shapes, `paginate()`, and how a page is read from a source. */
import { countOf, exactly, isExact, toTotal, type CountMode, type Total } from './counting.ts'
import { definitionOf, PageNotFound, type PageTurn, type ShapeDefinition, type Turned } from './definition.ts'
import type { Changes } from './links.ts'
import { isQuery, type PageSource, type PaginationSource } from './source.ts'
import { createShape, type PageShape } from './shape.ts'
import type { Accepted, AnySchema, OutputOf, Schema } from '../schema/schema.ts'
import type { DefaultFields, DefaultNames } from './facts.ts'

/** A page by number. */
export interface PageOf<Item> {
  items: Item[]
  /** The number of items in all pages. */
  total: number
  /** The number of this page, starting at 1. */
  page: number
  /** The maximum number of items per page. */
  size: number
  /** The number of pages, `ceil(total / size)`; 0 if there are no items. */
  pages: number
}

/** A page by offset. */
export interface LimitOffsetPageOf<Item> {
  items: Item[]
  /** The number of items in all pages. */
  total: number
  /** The maximum number of items per page. */
  limit: number
  /** The number of items before this page. */
  offset: number
}

/** The query of a page by number. */
export interface PageRequest {
  readonly page: number
  readonly size: number
}

/** The query of a page by offset. */
export interface LimitOffsetRequest {
  readonly limit: number
  readonly offset: number
}

/** The model that `Page(Item)` makes. */
export type PageModel<Item extends AnySchema> = Schema<PageOf<Accepted<Item>>, PageOf<OutputOf<Item>>>
/** The model that `LimitOffsetPage(Item)` makes. */
export type LimitOffsetPageModel<Item extends AnySchema> = Schema<LimitOffsetPageOf<Accepted<Item>>, LimitOffsetPageOf<OutputOf<Item>>>

/** These interfaces return `PageModel` and `LimitOffsetPageModel`, so that messages of the compiler show these names. */
interface Numbered extends Omit<PageShape<'page', DefaultFields<'exact'>['page'], DefaultNames['page']>, never> {
  <Item extends AnySchema>(item: Item): PageModel<Item>
  /** Makes a page by hand. */
  create<Item>(items: readonly Item[], total: number, page: number, size: number): PageOf<Item>
}

interface ByOffset extends Omit<PageShape<'limit-offset', DefaultFields<'exact'>['limit-offset'], DefaultNames['limit-offset']>, never> {
  <Item extends AnySchema>(item: Item): LimitOffsetPageModel<Item>
  /** Makes a page by hand. */
  create<Item>(items: readonly Item[], total: number, limit: number, offset: number): LimitOffsetPageOf<Item>
}

/** Pages by number: `{ items, total, page, size, pages }` and `?page=1&size=20`. */
export const Page: Numbered = Object.assign(createShape(definitionOf('page', turnByOffset)), {
  create: <Item>(items: readonly Item[], total: number, page: number, size: number): PageOf<Item> => ({
    items: [...items],
    total,
    page,
    size,
    pages: Math.ceil(total / size),
  }),
}) as unknown as Numbered // the compiler can't infer the types of a shape from its definition

/** Pages by offset: `{ items, total, limit, offset }` and `?limit=20&offset=0`. */
export const LimitOffsetPage: ByOffset = Object.assign(createShape(definitionOf('limit-offset', turnByOffset)), {
  create: <Item>(items: readonly Item[], total: number, limit: number, offset: number): LimitOffsetPageOf<Item> => ({
    items: [...items],
    total,
    limit,
    offset,
  }),
}) as unknown as ByOffset // the compiler can't infer the types of a shape from its definition

/** The query of `Page`: `?page=1&size=20`. Spread it to add parameters: `{ ...PageQuery, q: z.string() }`. */
export const PageQuery: Numbered['query'] = Page.query

/**
 * Makes the page that a query asks for.
 * A page past the end is empty, not an error. A source is an array, an object with `count()` and `slice()`, or a query of `fromDrizzle`,
 * `fromKysely`, `fromPrisma` or `fromSQL`. For other shapes, call their own `paginate()`, or use `pagination()`.
 */
export function paginate<Item>(source: PaginationSource<Item>, query: PageRequest): Promise<PageOf<Item>>
export function paginate<Item>(source: PaginationSource<Item>, query: LimitOffsetRequest): Promise<LimitOffsetPageOf<Item>>
export function paginate<Item>(source: PaginationSource<Item>, query: PageRequest | LimitOffsetRequest): Promise<object> {
  return 'page' in query ? Page.paginate(source, query) : LimitOffsetPage.paginate(source, query)
}

async function turnByOffset(shape: ShapeDefinition, source: PaginationSource<unknown>, { asked, limit, mode }: PageTurn): Promise<Turned> {
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
  // One row more than the page needs says whether there is a next page. An estimate or a capped count can't.
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
