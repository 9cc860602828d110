/** A shape of pages: the model of their content, the parameters of their query, and how a page is read from a source. */
import type { Accepted, AnySchema, OutputOf, Schema } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { readModel } from '../schema/read-model.ts'
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
  /** The end of the component's name: `List` makes `UserList`. Required with `fields`. Default: `Page`, `LimitOffsetPage` or `CursorPage`. */
  readonly name?: string
  /** The fields of the content, in their order. Each has its meaning, or the model of a value that the handler adds. Default: those of the shape. */
  readonly fields?: Fields
  /** The parameters of the query, each with its meaning. Default: those of the shape. */
  readonly query?: Names
  /** Items per page. Default: 20, at most 100. */
  readonly size?: { readonly default?: number; readonly max?: number }
  /** How items are counted. With a list of modes, the client chooses one by `?total=`, and the first is the default. Default: `exact`, for cursors `none`. */
  readonly total?: Total
  /** The number up to which `capped` counts. Default: 1000. */
  readonly cap?: number
} & (Base extends 'cursor'
  ? {
      /** The keys that sign cursors. Required, here or in the shape that this one is made from. */
      readonly keys?: CursorKeys
    }
  : {
      /** Whether a page past the end is a 404 (`PageNotFound`). Default: false, it is an empty page. */
      readonly strict?: boolean
    })

type ModeOf<Total> = Total extends readonly (infer Mode extends CountMode)[] ? Mode : Total extends CountMode ? Total : never

type FieldsOf<Base extends PageBase, Before, Total> = [ModeOf<Total>] extends [never] ? Before : DefaultFields<ModeOf<Total>>[Base]

type NamesOf<Names, Total> = Total extends readonly CountMode[] ? Names & { readonly total: 'total' } : Names

type AddedArgument<Fields> =
  {} extends AddedFields<Fields>
    ? [options?: TurnOptions & { readonly added?: AddedFields<Fields> }]
    : [options: TurnOptions & { readonly added: AddedFields<Fields> }]

/** A shape of pages. Call it with the model of an item to make the model of a page. */
export interface PageShape<Base extends PageBase, Fields, Names> {
  /** The model of a page of these items. In the document, the page of a model named `User` is the component `UserPage`. */
  <Item extends AnySchema>(item: Item): Schema<PageBody<Fields, Accepted<Item>>, PageBody<Fields, OutputOf<Item>>>
  /** The query of a route. Spread it to add parameters: `{ ...Page.query, q: z.string() }`. */
  readonly query: QueryModels<Names>
  readonly '~fields'?: Fields
  /** The definition that `pagination()` reads. */
  readonly definition: ShapeDefinition
  /** Makes a shape with other fields, parameters, bounds or count modes. Options that are not given stay; `total` without `fields` sets the default fields. */
  with<
    const Total extends CountMode | readonly [CountMode, ...CountMode[]] | undefined = undefined,
    const NewFields extends PageFields = Extract<FieldsOf<Base, Fields, Total>, PageFields>,
    const NewNames extends ParameterNames = Extract<Names, ParameterNames>,
  >(
    options: PageOptions<Base, NewFields, NewNames, Total>,
  ): PageShape<Base, NewFields, NamesOf<NewNames, Total>>
  /** Makes one page of a source, as `paginate(source, query)` does for `Page`. */
  paginate<Item>(
    source: PaginationSource<Item>,
    query: QueryValues<Names>,
    ...options: AddedArgument<Fields>
  ): Promise<PageBody<Fields, Item>>
}

/** A shape without type parameters. */
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
  return shape as unknown as PageShape<Base, Fields, Names> // the compiler can't infer the types of a shape from its definition
}

function namedModel(item: AnySchema, { fields, suffix }: ShapeDefinition): AnySchema {
  const model = pageModel(item, fields)
  const id = readModel(item).annotations?.id
  return id === undefined ? model : model.meta({ id: `${id}${suffix}` })
}

/** Reads one page from a source. Throws an `InvalidCursor`, or a `PageNotFound` if the shape is strict. */
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
      'expected a request for the links in the content, got none',
      'Declare the page with pagination()',
    )
  }
  return { ...facts, links }
}

/** Replaces the meanings of parameters by their names. */
function named(targets: Targets, { names }: ShapeDefinition): Targets {
  const nameOf = new Map(Object.entries(names).map(([name, meaning]) => [meaning as string, name]))
  const rename = (changes: Changes | undefined) =>
    changes && Object.fromEntries(Object.entries(changes).map(([meaning, value]) => [nameOf.get(meaning)!, value]))
  return { first: rename(targets.first), prev: rename(targets.prev), next: rename(targets.next), last: rename(targets.last) }
}
