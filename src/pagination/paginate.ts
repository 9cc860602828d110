/** One page of any source, by number or by offset, as its query asks. */
import { LimitOffsetPage, Page, type LimitOffsetPageOf, type LimitOffsetRequest, type PageOf, type PageRequest } from './page.ts'
import type { PaginationSource } from './source.ts'

/**
 * Makes the page that a query asks for.
 * A page past the end is empty, not an error. A source is a list, what can be counted and sliced, or a query of `fromDrizzle`, `fromKysely`,
 * `fromPrisma` or `fromSQL`. Pages of another shape come from its own `paginate()`, or from `pagination()`.
 */
export function paginate<Item>(source: PaginationSource<Item>, query: PageRequest): Promise<PageOf<Item>>
export function paginate<Item>(source: PaginationSource<Item>, query: LimitOffsetRequest): Promise<LimitOffsetPageOf<Item>>
export function paginate<Item>(source: PaginationSource<Item>, query: PageRequest | LimitOffsetRequest): Promise<object> {
  return 'page' in query ? Page.paginate(source, query) : LimitOffsetPage.paginate(source, query)
}
