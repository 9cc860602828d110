/** A shape of pages: the model of their content, the parameters of their query, and how they are counted. */
import type { Accepted } from '../schema/accepted.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
import type { AnySchema, OutputOf, Schema } from '../schema/schema.ts'
import type { CountMode } from './counting.ts'
import {
  change,
  queryOf,
  type AnyPageOptions,
  type Asked,
  type CursorKeys,
  type PageFacts,
  type ShapeDefinition,
  type TurnOptions,
} from './definition.ts'
import {
  pageBody,
  pageModel,
  type AddedFields,
  type DefaultFields,
  type PageBase,
  type PageBody,
  type PageFields,
  type ParameterNames,
  type QueryModels,
  type QueryValues,
} from './facts.ts'
import type { Changes, Targets } from './links.ts'
import type { PaginationSource } from './source.ts'

/** Options of `with()` of a page. */
export type PageOptions<Base extends PageBase, Fields extends PageFields, Names, Total> = {
  /** Follows the name of the item in that of the component: `List` makes `UserList`. Required with `fields`. Default: `Page`, `LimitOffsetPage`, `CursorPage`. */
  readonly name?: string
  /** The fields of the content, in their order: what each tells, or the model of what the handler adds. Default: those of the shape. */
  readonly fields?: Fields
  /** The parameters of the query: what each means. Default: those of the shape. */
  readonly query?: Names
  /** Items per page. Default: 20, at most 100. */
  readonly size?: { readonly default?: number; readonly max?: number }
  /** How items are counted; of several modes the client chooses with `?total=`, and the first is the default. Default: `exact`, of cursors `none`. */
  readonly total?: Total
  /** What `capped` counts up to. Default: 1000. */
  readonly cap?: number
} & (Base extends 'cursor'
  ? {
      /** What signs cursors. Required, here or in a shape that this one is made from. */
      readonly keys?: CursorKeys
    }
  : {
      /** A page past the end is a 404 (`PageNotFound`). Default: false, an empty page. */
      readonly strict?: boolean
    })

type ModeOf<Total> = Total extends readonly (infer Mode extends CountMode)[] ? Mode : Total extends CountMode ? Total : never

type FieldsOf<Base extends PageBase, Before, Total> = [ModeOf<Total>] extends [never] ? Before : DefaultFields<ModeOf<Total>>[Base]

type NamesOf<Names, Total> = Total extends readonly CountMode[] ? Names & { readonly total: 'total' } : Names

type AddedArgument<Fields> =
  {} extends AddedFields<Fields>
    ? [options?: TurnOptions & { readonly added?: AddedFields<Fields> }]
    : [options: TurnOptions & { readonly added: AddedFields<Fields> }]

/** A shape of pages: calling it with a model makes the model of a page. */
export interface PageShape<Base extends PageBase, Fields, Names> {
  /** The model of a page of these items. In the document, the page of a model named `User` is the component `UserPage`. */
  <Item extends AnySchema>(item: Item): Schema<PageBody<Fields, Accepted<Item>>, PageBody<Fields, OutputOf<Item>>>
  /** The query of a route. Spread it to add parameters: `{ ...Page.query, q: z.string() }`. */
  readonly query: QueryModels<Names>
  readonly '~fields'?: Fields
  /** What `pagination()` reads. */
  readonly definition: ShapeDefinition
  /** A shape with other fields, parameters, bounds or counts. What is not named stays; `total` without `fields` gives the default fields. */
  with<
    const Total extends CountMode | readonly [CountMode, ...CountMode[]] | undefined = undefined,
    const NewFields extends PageFields = Extract<FieldsOf<Base, Fields, Total>, PageFields>,
    const NewNames extends ParameterNames = Extract<Names, ParameterNames>,
  >(
    options: PageOptions<Base, NewFields, NewNames, Total>,
  ): PageShape<Base, NewFields, NamesOf<NewNames, Total>>
  /** One page of a source: `paginate(source, query)` for this shape. */
  paginate<Item>(
    source: PaginationSource<Item>,
    query: QueryValues<Names>,
    ...options: AddedArgument<Fields>
  ): Promise<PageBody<Fields, Item>>
}

/** A shape when its types no longer matter. */
export type AnyPageShape = Pick<PageShape<PageBase, unknown, unknown>, 'query' | 'definition'>

export function createShape<Base extends PageBase, Fields, Names>(definition: ShapeDefinition): PageShape<Base, Fields, Names> {
  const models = new WeakMap<AnySchema, AnySchema>()

  function model(item: AnySchema): AnySchema {
    let known = models.get(item)
    if (known === undefined) models.set(item, (known = namedModel(item, definition)))
    return known
  }

  const shape = Object.assign(model, {
    definition,
    query: queryOf(definition),
    with: (options: AnyPageOptions) => createShape(change(definition, options)),
    paginate: async (source: PaginationSource<unknown>, query: Readonly<Record<string, unknown>>, options: TurnOptions = {}) =>
      pageBody(definition.fields, await turn(definition, source, query, options), options.added),
  })
  return shape as unknown as PageShape<Base, Fields, Names> // the compiler can't relate what is built from a definition to its types
}

function namedModel(item: AnySchema, { fields, suffix }: ShapeDefinition): AnySchema {
  const model = pageModel(item, fields)
  const id = readModel(item).annotations?.id
  return id === undefined ? model : model.meta({ id: `${id}${suffix}` })
}

/** Throws an `InvalidCursor`, or a `PageNotFound` if the shape is strict. */
export async function turn(
  shape: ShapeDefinition,
  source: PaginationSource<unknown>,
  query: Readonly<Record<string, unknown>>,
  options: TurnOptions,
): Promise<PageFacts> {
  const asked: Asked = Object.fromEntries(Object.entries(shape.names).map(([name, meaning]) => [meaning, query[name]]))
  const mode = (asked.total as CountMode | undefined) ?? shape.modes[0]!
  const limit = (asked.size ?? asked.limit) as number
  const { facts, targets } = await shape.turn(shape, source, { asked, limit, mode }, options)
  const links = options.toLinks?.(named(targets, shape))
  if (links === undefined && Object.values(shape.fields).includes('links')) {
    throw new DeclarationError(
      'PAGE_LINKS',
      'paginate()',
      'expected the request, for links in the content, got none',
      'Declare the page with pagination()',
    )
  }
  return { ...facts, links }
}

/** Meanings → names in the query. */
function named(targets: Targets, { names }: ShapeDefinition): Targets {
  const nameOf = new Map(Object.entries(names).map(([name, meaning]) => [meaning as string, name]))
  const rename = (changes: Changes | undefined) =>
    changes && Object.fromEntries(Object.entries(changes).map(([meaning, value]) => [nameOf.get(meaning)!, value]))
  return { first: rename(targets.first), prev: rename(targets.prev), next: rename(targets.next), last: rename(targets.last) }
}
