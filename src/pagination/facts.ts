/** The facts that a page can have as fields: their types, their models, and the default fields and parameters of each shape. */
import { z } from 'zod'
import type { AnySchema, OutputOf, Schema, Accepted } from '../schema/schema.ts'
import { isExact, type CountMode } from './counting.ts'
import type { PageLinks } from './links.ts'

export interface Facts<Item> {
  items: Item[]
  /** The number of items in all pages. If `total_capped` is true, there are more. If `total_estimated` is true, it is an estimate. */
  total: number
  /** As `total`, or `null` if it was not counted. */
  'total?': number | null
  total_capped: boolean
  total_estimated: boolean
  /** The number of this page, starting at 1. */
  page: number
  /** The maximum number of items per page. */
  size: number
  /** The number of pages, `ceil(total / size)`; 0 if there are no items. */
  pages: number
  'pages?': number | null
  /** As `size`. */
  limit: number
  /** The number of items before this page. */
  offset: number
  /** There are items after this page. */
  has_more: boolean
  /** The cursor of the next page; `null` on the last one. */
  next: string | null
  /** The cursor of the previous page; `null` on the first one. */
  previous: string | null
  /** Links to other pages. */
  links: PageLinks
}

type FactName = Exclude<keyof Facts<unknown>, 'total?' | 'pages?'>

/** The fields of a page, in their order. Each has the name of a fact, or the model of a value that the handler adds. */
export type PageFields = Readonly<Record<string, FactName | 'total?' | 'pages?' | AnySchema>>

/** The content of a page with these fields. */
export type PageBody<Fields, Item> = {
  [Name in keyof Fields]: Fields[Name] extends keyof Facts<Item>
    ? Facts<Item>[Fields[Name]]
    : Fields[Name] extends AnySchema
      ? OutputOf<Fields[Name]>
      : never
}

/** Fields whose values the handler adds. */
export type AddedFields<Fields> = {
  readonly [Name in keyof Fields as Fields[Name] extends AnySchema ? Name : never]: Fields[Name] extends AnySchema
    ? Accepted<Fields[Name]>
    : never
}

export type PageBase = 'page' | 'limit-offset' | 'cursor'

type TotalFields<Mode extends CountMode> = [Mode] extends ['none']
  ? {}
  : { readonly total: 'none' extends Mode ? 'total?' : 'total' } & ('capped' extends Mode
      ? { readonly total_capped: 'total_capped' }
      : {}) &
      ('estimated' extends Mode ? { readonly total_estimated: 'total_estimated' } : {})

type PagesField<Mode extends CountMode> = [Mode] extends ['none'] ? {} : { readonly pages: 'none' extends Mode ? 'pages?' : 'pages' }

type HasMore<Mode extends CountMode> = [Mode] extends ['exact' | 'window'] ? {} : { readonly has_more: 'has_more' }

/** The fields of a shape without the option `fields`. */
export interface DefaultFields<Mode extends CountMode> {
  page: { items: 'items' } & TotalFields<Mode> & { page: 'page'; size: 'size' } & PagesField<Mode> & HasMore<Mode>
  'limit-offset': { items: 'items' } & TotalFields<Mode> & { limit: 'limit'; offset: 'offset' } & HasMore<Mode>
  cursor: { items: 'items' } & TotalFields<Mode> & { next: 'next'; previous: 'previous' }
}

/** `DefaultFields` at run time. */
export function defaultFields(base: PageBase, modes: readonly CountMode[]): PageFields {
  const counts = modes.some((mode) => mode !== 'none')
  const mayNotCount = modes.includes('none')
  const total: PageFields = {
    ...(counts && { total: mayNotCount ? 'total?' : 'total' }),
    ...(modes.includes('capped') && { total_capped: 'total_capped' }),
    ...(modes.includes('estimated') && { total_estimated: 'total_estimated' }),
  }
  const hasMore: PageFields = modes.every(isExact) ? {} : { has_more: 'has_more' }
  switch (base) {
    case 'page':
      return {
        items: 'items',
        ...total,
        page: 'page',
        size: 'size',
        ...(counts && { pages: mayNotCount ? 'pages?' : 'pages' }),
        ...hasMore,
      }
    case 'limit-offset':
      return { items: 'items', ...total, limit: 'limit', offset: 'offset', ...hasMore }
    case 'cursor':
      return { items: 'items', ...total, next: 'next', previous: 'previous' }
  }
}

const links = z
  .object({
    self: z.string(),
    first: z.string(),
    prev: z.string().nullable(),
    next: z.string().nullable(),
    last: z.string().nullable(),
  })
  .meta({ id: 'PageLinks', description: 'Links to other pages; null if there is no such page' })

const MODELS: Readonly<Record<Exclude<keyof Facts<unknown>, 'items'>, () => z.ZodType>> = {
  total: () => z.int().min(0),
  'total?': () => z.int().min(0).nullable().describe('The number of items in all pages; null if they were not counted'),
  total_capped: () => z.boolean().describe('There are more items than total'),
  total_estimated: () => z.boolean().describe('The total is an estimate'),
  page: () => z.int().min(1),
  size: () => z.int().min(1),
  pages: () => z.int().min(0),
  'pages?': () => z.int().min(0).nullable(),
  limit: () => z.int().min(1),
  offset: () => z.int().min(0),
  has_more: () => z.boolean().describe('There are items after this page'),
  next: () => z.string().nullable().describe('The cursor of the next page; null on the last page'),
  previous: () => z.string().nullable().describe('The cursor of the previous page; null on the first page'),
  links: () => links,
}

/** The model of a page of these items. */
export function pageModel(item: AnySchema, fields: PageFields): z.ZodObject {
  const shape = Object.entries(fields).map(([name, field]) => [name, modelOf(item, field)] as const)
  return z.object(Object.fromEntries(shape))
}

/** The model of one field. A schema of another library can be a property of a zod object, because zod only stores it here, and never runs it. */
function modelOf(item: AnySchema, field: PageFields[string]): z.ZodType {
  if (typeof field !== 'string') return field as unknown as z.ZodType // zod only stores it
  return field === 'items' ? z.array(item as unknown as z.ZodType) : MODELS[field]() // zod only stores it
}

/** The content of a page: its facts under the names of its fields, and the values that the handler adds. */
export function pageBody(fields: PageFields, facts: object, added: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const values = facts as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [name, typeof field === 'string' ? values[field.replace('?', '')] : added[name]]),
  )
}

/** The types of the parameters of a page's query, by meaning. */
interface ParameterModels {
  readonly page: Schema<number | undefined, number>
  readonly size: Schema<number | undefined, number>
  readonly limit: Schema<number | undefined, number>
  readonly offset: Schema<number | undefined, number>
  readonly cursor: Schema<string | undefined, string | undefined>
  readonly total: Schema<CountMode | undefined, CountMode>
}

export type ParameterName = keyof ParameterModels

/** The meaning of each parameter of the query, by name. */
export type ParameterNames = Readonly<Record<string, ParameterName>>

export interface DefaultNames {
  page: { readonly page: 'page'; readonly size: 'size' }
  'limit-offset': { readonly limit: 'limit'; readonly offset: 'offset' }
  cursor: { readonly cursor: 'cursor'; readonly size: 'size' }
}

export const DEFAULT_NAMES: { readonly [Base in PageBase]: DefaultNames[Base] } = {
  page: { page: 'page', size: 'size' },
  'limit-offset': { limit: 'limit', offset: 'offset' },
  cursor: { cursor: 'cursor', size: 'size' },
}

/** The models of a page's query, by the names of its parameters. */
export type QueryModels<Names> = {
  readonly [Name in keyof Names]: Names[Name] extends ParameterName ? ParameterModels[Names[Name]] : never
}

export type QueryValues<Names> = {
  readonly [Name in keyof Names]: Names[Name] extends ParameterName ? OutputOf<ParameterModels[Names[Name]]> : never
}
