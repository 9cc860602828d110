/** Pages by cursor. */
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, OutputOf, Schema } from '../schema/schema.ts'
import { turnByCursor } from './by-cursor.ts'
import { definitionOf } from './definition.ts'
import type { DefaultFields, DefaultNames } from './facts.ts'
import { createShape, type PageShape } from './shape.ts'

/** A page by cursor. */
export interface CursorPageOf<Item> {
  items: Item[]
  /** The cursor of the next page; `null` on the last one. */
  next: string | null
  /** The cursor of the previous page; `null` on the first one. */
  previous: string | null
}

/** The model that `CursorPage(Item)` makes. */
export type CursorPageModel<Item extends AnySchema> = Schema<CursorPageOf<Accepted<Item>>, CursorPageOf<OutputOf<Item>>>

interface ByCursor extends Omit<PageShape<'cursor', DefaultFields<'none'>['cursor'], DefaultNames['cursor']>, never> {
  <Item extends AnySchema>(item: Item): CursorPageModel<Item>
}

/** Pages by cursor: `{ items, next, previous }` and `?cursor=…&size=20`. Rows that come and go between two pages move no other row. */
export const CursorPage: ByCursor = createShape(definitionOf('cursor', turnByCursor)) as unknown as ByCursor // the compiler can't relate what is built from a definition to its types
