/** Pages by cursor: their shape, and how a page is read from a query. */
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Accepted, AnySchema, OutputOf, Schema } from '../schema/schema.ts'
import { countOf, toTotal } from './counting.ts'
import { createCursorCodec, type CursorCodec, type CursorContext } from './cursor.ts'
import { definitionOf, InvalidCursor, keysOf, type PageTurn, type ShapeDefinition, type Turned, type TurnOptions } from './definition.ts'
import type { DefaultFields, DefaultNames } from './facts.ts'
import type { Changes } from './links.ts'
import { createShape, type PageShape } from './shape.ts'
import {
  isDataException,
  isQuery,
  KeyError,
  type Key,
  type KeyedRow,
  type PaginationSource,
  type Position,
  type QuerySource,
} from './source.ts'

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

/** Pages by cursor: `{ items, next, previous }` and `?cursor=…&size=20`. Rows that are inserted or deleted between two requests do not move other rows. */
export const CursorPage: ByCursor = createShape(definitionOf('cursor', turnByCursor)) as unknown as ByCursor // the compiler can't infer the types of a shape from its definition

async function turnByCursor(
  shape: ShapeDefinition,
  source: PaginationSource<unknown>,
  { asked, limit, mode }: PageTurn,
  options: TurnOptions,
): Promise<Turned> {
  const query = asQuery(source)
  const codec = codecOf(shape)
  const context: CursorContext = JSON.stringify([query.order, options.filter ?? null, options.subject ?? null])
  const position = await positionOf(asked.cursor as string | undefined, codec, context)
  const [rows, counted] = await Promise.all([seek(query, position, limit + 1, codec), countOf(query, mode, shape.cap)])
  const hasBeyond = rows.length > limit
  const shown = position.isBackward ? rows.slice(0, limit).toReversed() : rows.slice(0, limit)
  const hasNext = position.isBackward ? position.key !== undefined : hasBeyond
  const hasPrevious = position.isBackward ? hasBeyond : position.key !== undefined
  const encode = (isBackward: boolean, key: Key | undefined) => codec.encode({ isBackward, key }, context)
  // If all rows of this page were deleted, `next` leads to the first page, and `previous` to the last one.
  const [next, previous, last] = await Promise.all([
    hasNext ? encode(false, shown.at(-1)?.key) : null,
    hasPrevious ? encode(true, shown[0]?.key) : null,
    encode(true, undefined),
  ])
  const total = toTotal(counted, { mode, cap: shape.cap, seen: undefined, hasMore: hasNext })
  return {
    facts: {
      items: shown.map(({ row }) => row),
      ...total,
      page: 1,
      size: limit,
      limit,
      offset: 0,
      pages: total.total === null ? null : Math.ceil(total.total / limit),
      has_more: hasNext,
      next,
      previous,
    },
    targets: { first: target(undefined), prev: target(previous), next: target(next), last: target(last) },
  }
}

function target(cursor: string | null | undefined): Changes | undefined {
  return cursor === null ? undefined : { cursor }
}

function asQuery(source: PaginationSource<unknown>): QuerySource<unknown> {
  if (isQuery(source)) return source
  throw new DeclarationError(
    'PAGE_SOURCE',
    'CursorPage',
    'expected a query with an order, got a source without one',
    'Give fromDrizzle(), fromKysely(), fromPrisma() or fromSQL(), or use Page',
  )
}

const codecs = new WeakMap<ShapeDefinition, CursorCodec>()

function codecOf(shape: ShapeDefinition): CursorCodec {
  let codec = codecs.get(shape)
  if (codec === undefined) codecs.set(shape, (codec = createCursorCodec(keysOf(shape, 'CursorPage'))))
  return codec
}

async function positionOf(text: string | undefined, codec: CursorCodec, context: CursorContext): Promise<Position> {
  if (text === undefined) return { isBackward: false, key: undefined }
  const position = await codec.decode(text, context)
  if (position === undefined) throw new InvalidCursor()
  return position
}

/** Throws an `InvalidCursor` if the values of the cursor do not fit the columns. Of an unsigned cursor, only the database can tell. */
async function seek(
  query: QuerySource<unknown>,
  position: Position,
  limit: number,
  codec: CursorCodec,
): Promise<readonly KeyedRow<unknown>[]> {
  try {
    return await query.seek(position, limit)
  } catch (error) {
    if (error instanceof KeyError || (!codec.isSigned && position.key !== undefined && isDataException(error))) throw new InvalidCursor()
    throw error
  }
}
