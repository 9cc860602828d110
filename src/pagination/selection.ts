/** The parameters `sort` and `filter`: the fields that a client may name, and their columns. */
import { z } from 'zod'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Condition, FilterOperator, OrderBy, Selection } from './source.ts'

/** A column, or `{ column, nulls }`. */
type Sortable = unknown

/** A column that clients may filter by, its model and its operators. */
export interface Filterable {
  /** A column as the source takes it, such as a Drizzle column or a name. */
  readonly column: unknown
  /** The model of one value. */
  readonly model: AnySchema
  /** The operators of `?filter[name][gte]=…`. Default: `?filter[name]=…` compares for equality. */
  readonly operators?: readonly FilterOperator[]
}

/** What clients may sort and filter by. */
export interface ListOptions {
  /** The fields that `?sort=-created_at,id` may name, each with its column or `{ column, nulls: 'last' }`. Default: no parameter. */
  readonly sort?: Readonly<Record<string, Sortable>>
  /** The order if the request has no `sort`, in the same form. Default: the order of the query. */
  readonly defaultSort?: string
  /** The fields that `?filter[status]=open` may name. Default: no parameter. */
  readonly filter?: Readonly<Record<string, Filterable>>
}

interface CompiledSelection {
  /** The parameters of the query. */
  readonly query: Readonly<Record<string, AnySchema>>
  readonly read: (query: Readonly<Record<string, unknown>>) => Selection
}

/** The maximum number of values of the operator `in`. */
const MOST_VALUES = 100

/** Throws a `DeclarationError` if `defaultSort` names a field that is not declared. */
export function compileSelection({ sort = {}, defaultSort, filter = {} }: ListOptions): CompiledSelection {
  const names = Object.keys(sort)
  const pattern = new RegExp(`^-?(?:${names.map(escape).join('|')})(?:,-?(?:${names.map(escape).join('|')}))*$`)
  if (defaultSort !== undefined && (names.length === 0 || !pattern.test(defaultSort))) {
    throw new DeclarationError('PAGE_SORT', 'defaultSort', 'expected fields that sort declares, got another', 'Declare the field in sort')
  }
  const readFilter = compileFilter(filter)
  return {
    query: {
      ...(names.length > 0 && { sort: sortModel(names, pattern, defaultSort) }),
      ...(Object.keys(filter).length > 0 && { filter: filterModel(filter) }),
    },
    read: (query) => ({ orderBy: readSort(sort, query['sort'] as string | undefined), conditions: readFilter(query['filter']) }),
  }
}

function escape(name: string): string {
  return name.replaceAll(/[^\w]/g, String.raw`\$&`)
}

function sortModel(names: readonly string[], pattern: RegExp, defaultSort: string | undefined): z.ZodType {
  const model = z
    .string()
    .max(1000)
    .regex(pattern, `Input should list fields to sort by, separated by commas: ${names.join(', ')}`)
    .describe(`Fields to sort by, separated by commas; \`-\` in front of one sorts it in descending order: ${names.join(', ')}`)
  return defaultSort === undefined ? model.optional() : model.default(defaultSort)
}

/** A field that is named twice counts once. */
function readSort(sort: Readonly<Record<string, Sortable>>, text: string | undefined): readonly OrderBy[] {
  const order = new Map<string, OrderBy>()
  for (const part of text === undefined ? [] : text.split(',')) {
    const name = part.replace(/^-/, '')
    if (!order.has(name)) order.set(name, { ...toColumn(sort[name]), direction: part.startsWith('-') ? 'desc' : 'asc' })
  }
  return [...order.values()]
}

/** A plain object is `{ column, nulls }`. A column of a query builder is an instance of a class, or text. */
function toColumn(sortable: Sortable): Pick<OrderBy, 'column' | 'nulls'> {
  const isPlain = typeof sortable === 'object' && sortable !== null && Object.getPrototypeOf(sortable) === Object.prototype
  return isPlain && 'column' in sortable ? sortable : { column: sortable }
}

/** A field or an operator that is not declared is refused. */
function filterModel(filter: Readonly<Record<string, Filterable>>): z.ZodType {
  const fields = Object.entries(filter).map(([name, { model, operators }]) => {
    const value = model as unknown as z.ZodType // zod only stores it
    if (operators === undefined) return [name, value.optional()] as const
    const byOperator = operators.map((operator) => [
      operator,
      (operator === 'in' ? z.array(value).min(1).max(MOST_VALUES) : value).optional(),
    ])
    return [name, z.strictObject(Object.fromEntries(byOperator) as Record<string, z.ZodType>).optional()] as const
  })
  return z.strictObject(Object.fromEntries(fields)).optional().describe('Conditions that all items fulfil')
}

type Values = Readonly<Record<string, unknown>>

function compileFilter(filter: Readonly<Record<string, Filterable>>): (values: unknown) => readonly Condition[] {
  const fields = Object.entries(filter)
  return (values) => {
    if (values === undefined) return []
    return fields.flatMap(([name, { column, operators }]): readonly Condition[] => {
      const value = (values as Values)[name]
      if (value === undefined) return []
      if (operators === undefined) return [{ column, operator: 'eq', value }]
      return operators.flatMap((operator) => {
        const operand = (value as Values)[operator]
        return operand === undefined ? [] : [{ column, operator, value: operand }]
      })
    })
  }
}
