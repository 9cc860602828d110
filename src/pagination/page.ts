/** Pages by number and by offset. */
import { definitionOf } from './definition.ts'
import { turnByOffset } from './by-offset.ts'
import { createShape, type PageShape } from './shape.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, OutputOf, Schema } from '../schema/schema.ts'
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
  /** The number of pages, `ceil(total / size)`; 0 where there are no items. */
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

/** The shapes' own content has names, which messages of the compiler show. */
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
}) as unknown as Numbered // the compiler can't relate what is built from a definition to its types

/** Pages by offset: `{ items, total, limit, offset }` and `?limit=20&offset=0`. */
export const LimitOffsetPage: ByOffset = Object.assign(createShape(definitionOf('limit-offset', turnByOffset)), {
  create: <Item>(items: readonly Item[], total: number, limit: number, offset: number): LimitOffsetPageOf<Item> => ({
    items: [...items],
    total,
    limit,
    offset,
  }),
}) as unknown as ByOffset // the compiler can't relate what is built from a definition to its types

/** The query of `Page`: `?page=1&size=20`. Spread it to add parameters: `{ ...PageQuery, q: z.string() }`. */
export const PageQuery: Numbered['query'] = Page.query
