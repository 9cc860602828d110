/** Rows beyond a key, and the conditions that a client chose, as Prisma's `where`. */
import { defaultNulls, type Term } from '../pagination/keyset.ts'
import type { Condition } from '../pagination/source.ts'

export type Where = Readonly<Record<string, unknown>>

/** One field of an order. */
export type Field = Term<string>

export function toOrderBy({ expression, direction, nulls, isNullable }: Field): Where {
  return { [expression]: isNullable ? { sort: direction, nulls } : direction }
}

export function isAt(fields: readonly Field[], values: readonly unknown[]): Where {
  return Object.fromEntries(fields.map(({ expression }, index) => [expression, values[index]]))
}

/** Prisma has no comparison of rows: the first field is beyond, or it is equal and the second is beyond, and so on. */
export function isBeyond(fields: readonly Field[], values: readonly unknown[]): Where {
  const cases = fields.flatMap((field, index) => {
    const equal = isAt(fields.slice(0, index), values)
    return after(field, values[index]).map((last) => ({ AND: [equal, last] }))
  })
  const bound = boundOf(fields[0]!, values[0])
  return { AND: [...bound, { OR: cases }] }
}

/** The values behind one, in the order of a field. */
function after({ expression: name, direction, nulls, isNullable }: Field, value: unknown): readonly Where[] {
  if (value === null) return nulls === 'first' ? [{ [name]: { not: null } }] : []
  const nullsBehind = isNullable && nulls === 'last' ? [{ [name]: null }] : []
  // Prisma compares booleans for equality alone.
  if (typeof value === 'boolean') return value === (direction === 'asc') ? nullsBehind : [{ [name]: !value }, ...nullsBehind]
  return [{ [name]: { [direction === 'asc' ? 'gt' : 'lt']: value } }, ...nullsBehind]
}

/** What an index can start from: it answers no OR. */
function boundOf({ expression: name, direction, nulls, isNullable }: Field, value: unknown): readonly Where[] {
  if (value === null || typeof value === 'boolean' || (isNullable && nulls === 'last')) return []
  return [{ [name]: { [direction === 'asc' ? 'gte' : 'lte']: value } }]
}

const OPERATORS = { eq: 'equals', ne: 'not', gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte', in: 'in' } as const

export function toWhere({ column, operator, value }: Condition): Where {
  return { [column as string]: { [OPERATORS[operator]]: value } }
}

/** `{ name: 'asc' }`, or `{ name: { sort: 'asc', nulls: 'last' } }` of a field that may be null. `undefined` for the order of a relation or a count. */
export function readField(orderBy: Where): Field | undefined {
  const [[name, given] = ['', undefined]] = Object.entries(orderBy)
  const { sort, nulls } = typeof given === 'object' && given !== null ? (given as Where) : { sort: given, nulls: undefined } // an object of an order has these two members
  if (sort !== 'asc' && sort !== 'desc') return undefined
  const isNullable = nulls === 'first' || nulls === 'last'
  return { expression: name, direction: sort, nulls: isNullable ? nulls : defaultNulls(sort), isNullable }
}
