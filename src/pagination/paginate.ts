/** One page of any source that can be counted and sliced. */
import { Page, type PageOf, type PageRequest } from './page.ts'

/** What `paginate` takes besides arrays and queries. */
export interface PageSource<Item> {
  count(): number | Promise<number>
  slice(offset: number, limit: number): readonly Item[] | Promise<readonly Item[]>
}

/** A page past the end is empty, not an error. Give the source a stable order: else rows are skipped or seen twice. */
export async function paginate<Item>(source: readonly Item[] | PageSource<Item>, { page, size }: PageRequest): Promise<PageOf<Item>> {
  const offset = (page - 1) * size
  if (Array.isArray(source)) return Page.create(source.slice(offset, offset + size) as Item[], source.length, page, size)
  const pages = source as PageSource<Item>
  const [total, items] = await Promise.all([pages.count(), pages.slice(offset, size)])
  return Page.create(items, total, page, size)
}
