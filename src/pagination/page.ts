/** Numbered pages: `Page(User)` is the model of a response, `PageQuery` the query of its request. */
import { z } from 'zod'
import { readModel } from '../schema/read-model.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, OutputOf, Schema } from '../schema/schema.ts'

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

/** The query of a paginated route: `?page=1&size=20`. Spread it to add parameters: `{ ...PageQuery, q: z.string() }`. */
export const PageQuery = {
  page: z.int().min(1).default(1).describe('Page number, starting at 1'),
  size: z.int().min(1).max(100).default(20).describe('Items per page'),
}

export interface PageRequest {
  readonly page: number
  readonly size: number
}

export type PageModel<Item extends AnySchema> = Schema<PageOf<Accepted<Item>>, PageOf<OutputOf<Item>>>

const models = new WeakMap<AnySchema, AnySchema>()

function definePage<Item extends AnySchema>(item: Item): PageModel<Item> {
  const known = models.get(item)
  if (known !== undefined) return known as PageModel<Item>
  const model = z.object({
    items: z.array(item as unknown as z.ZodType), // `item` may be of any schema library; zod only holds it, it never runs it
    total: z.int().min(0),
    page: z.int().min(1),
    size: z.int().min(1),
    pages: z.int().min(0),
  })
  const id = readModel(item).annotations?.id
  const named = id === undefined ? model : model.meta({ id: `${id}Page` })
  models.set(item, named)
  return named as unknown as PageModel<Item> // the compiler can't relate the built model to the item's types
}

/** Makes a page from its items and the total count. */
function createPage<Item>(items: readonly Item[], total: number, page: number, size: number): PageOf<Item> {
  return { items: [...items], total, page, size, pages: Math.ceil(total / size) }
}

/** The model of a page of items. In the document the page of a model named `User` is the component `UserPage`. */
export const Page: typeof definePage & { create: typeof createPage } = Object.assign(definePage, { create: createPage })
