/** `pagination()` and `selection()`: dependencies that declare the parameters, errors and `Link` header of a route. */
import { dependency, type Dependency } from '../contract/dependency.ts'
import { z } from 'zod'
import { requestError } from '../errors/framework-errors.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { bigintToText } from '../schema/encode/closures/scalars.ts'
import type { AnySchema } from '../schema/schema.ts'
import { InvalidCursor, keysOf, PageNotFound, type TurnOptions } from './definition.ts'
import { pageBody, type AddedFields, type PageBody } from './facts.ts'
import { formatLinks, toLinks, type LinkBase, type Targets } from './links.ts'
import { compileSelection, type ListOptions } from './selection.ts'
import { turn, type AnyPageShape } from './shape.ts'
import { isDataException, isQuery, type QuerySource, type Selection, type PaginationSource } from './source.ts'

/** Options of `pagination()`. */
export interface PaginationOptions extends ListOptions {
  /** The beginning of links, in front of the path of the request: `https://api.example.com/v1`. Default: links are relative to the URL of the request, `?page=2`. */
  readonly baseURL?: string
  /** Whether responses have a `Link` header. Default: true. */
  readonly linkHeader?: boolean
}

type PaginateOptions = Pick<TurnOptions, 'subject'>

type PaginateArguments<Fields> =
  {} extends AddedFields<Fields>
    ? [options?: PaginateOptions & { readonly added?: AddedFields<Fields> }]
    : [options: PaginateOptions & { readonly added: AddedFields<Fields> }]

/** Returns the page that the request asks for, and sets the `Link` header. */
export type Paginate<Fields> = <Item>(
  source: PaginationSource<Item>,
  ...options: PaginateArguments<Fields>
) => Promise<PageBody<Fields, Item>>

/** Returns the query with the order and the conditions that the request asks for. */
export type Select = <Row>(source: QuerySource<Row>) => QuerySource<Row>

/** Reads the fields from the type of the shape. If `pagination()` inferred them, an inline `Page.with()` would infer its own fields from that parameter. */
type FieldsIn<Shape> = Shape extends { readonly '~fields'?: infer Fields } ? Fields : never

/**
 * A dependency that gives the handler `paginate(source)`. It declares the parameters, the errors (`InvalidCursor`, `PageNotFound`) and the `Link`
 * header of the route.
 */
export function pagination<Shape extends AnyPageShape>(
  shape: Shape,
  { baseURL, linkHeader = true, ...list }: PaginationOptions = {},
): Dependency<Paginate<FieldsIn<Shape>>, typeof InvalidCursor | typeof PageNotFound> {
  const { definition } = shape
  if (definition.base === 'cursor') keysOf(definition, 'pagination()')
  const selection = compileSelection(list)
  const errors = [...(definition.base === 'cursor' ? [InvalidCursor] : []), ...(definition.strict ? [PageNotFound] : [])]
  return dependency(
    {
      query: { ...(shape.query as Readonly<Record<string, AnySchema>>), ...selection.query },
      errors,
      responseHeaders: linkHeader ? { Link: z.string().describe('Other pages: first, prev, next, last, self (RFC 8288)') } : {},
    },
    ({ query, response, search, path }) => {
      const request: LinkBase = { search, path: baseURL === undefined ? '' : `${baseURL.replace(/\/$/, '')}${path}` }
      const selected = selection.read(query)
      const filter = JSON.stringify((query as Readonly<Record<string, unknown>>)['filter'] ?? null, (_name, value: unknown) =>
        bigintToText(value),
      )
      return async (source: PaginationSource<unknown>, options: TurnOptions = {}) => {
        const page = await turn(definition, narrow(source, selected), query, {
          ...options,
          filter,
          toLinks: (targets: Targets) => toLinks(request, targets),
        })
        if (linkHeader) response.headers.append('Link', formatLinks(page.links!))
        return pageBody(definition.fields, page, options.added)
      }
    },
  ) as unknown as Dependency<Paginate<FieldsIn<Shape>>, typeof InvalidCursor | typeof PageNotFound> // only the shape knows the types of its fields
}

/** A dependency that gives the handler `select(source)`: sort and filter without pages, for exports. */
export function selection(list: ListOptions): Dependency<Select> {
  const { query: models, read } = compileSelection(list)
  return dependency({ query: models }, ({ query }) => {
    const selected = read(query)
    return (source: QuerySource<unknown>) => narrow(source, selected)
  }) as unknown as Dependency<Select> // each source has its own type of row
}

function narrow<Given extends PaginationSource<unknown>>(source: Given, selected: Selection): Given {
  if (selected.orderBy.length === 0 && selected.conditions.length === 0) return source
  if (isQuery(source)) {
    const narrowed = source.select(selected)
    return (selected.conditions.length === 0 ? narrowed : filtered(narrowed)) as unknown as Given // the type of its rows stays the same
  }
  throw new DeclarationError(
    'PAGE_SOURCE',
    'pagination()',
    'expected a query to sort and filter, got another source',
    'Give fromDrizzle(), fromKysely(), fromPrisma() or fromSQL()',
  )
}

/** A query with the conditions of a client. If the database refuses a value, the response is a 422. */
function filtered<Row>(source: QuerySource<Row>): QuerySource<Row> {
  return {
    order: source.order,
    select: (selection) => filtered(source.select(selection)),
    count: () => run(() => source.count()),
    countUpTo: (limit) => run(() => source.countUpTo(limit)),
    estimate: () => run(() => source.estimate()),
    slice: (offset, limit) => run(() => source.slice(offset, limit)),
    sliceAndCount: (offset, limit) => run(() => source.sliceAndCount(offset, limit)),
    seek: (position, limit) => run(() => source.seek(position, limit)),
    async *rows(options) {
      try {
        yield* source.rows(options)
      } catch (error) {
        throw refusal(error)
      }
    },
  }
}

async function run<Value>(work: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await work()
  } catch (error) {
    throw refusal(error)
  }
}

function refusal(error: unknown): unknown {
  if (!isDataException(error)) return error
  const problem = { location: ['query', 'filter'], code: 'value_error', message: 'Input should be values that the fields can have' }
  return requestError(422, 'The request does not fit its declared inputs', { problems: [problem] })
}
