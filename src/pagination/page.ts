/** Numbered pages: `Page(User)` is the model, `PageQuery` what a client asks for. */
import { z } from 'zod'
import { readModel } from '../schema/read-model.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, OutputOf, Schema } from '../schema/schema.ts'

export interface PageOf<Item> {
  items: Item[]
  /** Items in all pages. */
  total: number
  /** From 1. */
  page: number
  /** The most items that a page has. */
  size: number
  /** `ceil(total / size)`: 0 where there is nothing. */
  pages: number
}

/** The query of a paginated route: `?page=1&size=20`. Spread it to add parameters: `{ ...PageQuery, q: z.string() }`. */
export const PageQuery = {
  page: z.int().min(1).default(1).describe('Page number, from 1'),
  size: z.int().min(1).max(100).default(20).describe('Items a page'),
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
    items: z.array(item as unknown as z.ZodType), // of any schema library: only its place in the model matters here
    total: z.int().min(0),
    page: z.int().min(1),
    size: z.int().min(1),
    pages: z.int().min(0),
  })
  const id = readModel(item).annotations?.id
  const named = id === undefined ? model : model.meta({ id: `${id}Page` })
  models.set(item, named)
  return named as unknown as PageModel<Item> // of the item's types nothing can be compared here
}

/** Makes a page from its items and the count of all. */
function createPage<Item>(items: readonly Item[], total: number, page: number, size: number): PageOf<Item> {
  return { items: [...items], total, page, size, pages: Math.ceil(total / size) }
}

/** The model of a page of items; of `User` its component is `UserPage`. */
export const Page: typeof definePage & { create: typeof createPage } = Object.assign(definePage, { create: createPage })
