/** Keys and conditions in Prisma: the fields of an order, the `where` of a filter and of the rows beyond a key, and a key as texts for a cursor. */
import { defaultNulls, type Term } from '../pagination/keyset.ts'
import { KeyError, type Condition, type Key } from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export const NAME = 'fromPrisma()'

export type AnyRow = Readonly<Record<string, unknown>>

export type Where = Readonly<Record<string, unknown>>

/** One field of an order. */
export type Field = Term<string>

export function toOrderBy({ expression, direction, nulls, isNullable }: Field): Where {
  return { [expression]: isNullable ? { sort: direction, nulls } : direction }
}

/** The `where` of the rows whose fields have these values. */
export function isAt(fields: readonly Field[], values: readonly unknown[]): Where {
  return Object.fromEntries(fields.map(({ expression }, index) => [expression, values[index]]))
}

/** The `where` of the rows beyond a key. Prisma can't compare rows, so this is an `OR`: the first field is beyond, or it is equal and the second is beyond, and so on. */
export function isBeyond(fields: readonly Field[], values: readonly unknown[]): Where {
  const cases = fields.flatMap((field, index) => {
    const equal = isAt(fields.slice(0, index), values)
    return after(field, values[index]).map((last) => ({ AND: [equal, last] }))
  })
  const bound = boundOf(fields[0]!, values[0])
  return { AND: [...bound, { OR: cases }] }
}

/** Conditions for the values of a field that follow a value in the order. Any of them is enough. */
function after({ expression: name, direction, nulls, isNullable }: Field, value: unknown): readonly Where[] {
  if (value === null) return nulls === 'first' ? [{ [name]: { not: null } }] : []
  const nullsAfter = isNullable && nulls === 'last' ? [{ [name]: null }] : []
  // Prisma compares booleans for equality only.
  if (typeof value === 'boolean') return value === (direction === 'asc') ? nullsAfter : [{ [name]: !value }, ...nullsAfter]
  return [{ [name]: { [direction === 'asc' ? 'gt' : 'lt']: value } }, ...nullsAfter]
}

/** A bound on the first field, for an index: an index does not serve an `OR`. */
function boundOf({ expression: name, direction, nulls, isNullable }: Field, value: unknown): readonly Where[] {
  if (value === null || typeof value === 'boolean' || (isNullable && nulls === 'last')) return []
  return [{ [name]: { [direction === 'asc' ? 'gte' : 'lte']: value } }]
}

const OPERATORS = { eq: 'equals', ne: 'not', gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte', in: 'in' } as const

export function toWhere({ column, operator, value }: Condition): Where {
  return { [column as string]: { [OPERATORS[operator]]: value } }
}

/** `{ name: 'asc' }`, or `{ name: { sort: 'asc', nulls: 'last' } }` for a field that may be null. `undefined` for an order by a relation or a count. */
export function readField(orderBy: Where): Field | undefined {
  const [[name, given] = ['', undefined]] = Object.entries(orderBy)
  const { sort, nulls } = typeof given === 'object' && given !== null ? (given as Where) : { sort: given, nulls: undefined } // an object of an order has these two members
  if (sort !== 'asc' && sort !== 'desc') return undefined
  const isNullable = nulls === 'first' || nulls === 'last'
  return { expression: name, direction: sort, nulls: isNullable ? nulls : defaultNulls(sort), isNullable }
}

/** The key of a row. Throws a `DeclarationError` for a value that a key can't have. */
export function keyOf(row: AnyRow, fields: readonly Field[]): Key {
  return fields.map(({ expression, isNullable }) => {
    const text = toText(row[expression])
    if (text === undefined)
      throw keyError(`a value of ${expression} in each row`, 'a value that has no order, or none', 'Select the fields of orderBy and key')
    if (text === null && !isNullable) throw keyError(`${expression} to never be null`, 'null', 'Give { sort, nulls } in orderBy')
    return text
  })
}

/** The values of a key. Throws a `KeyError` if they do not fit the fields. */
export function readKey(key: Key, fields: readonly Field[]): readonly unknown[] {
  if (key.length !== fields.length || fields.some(({ isNullable }, index) => key[index] === null && !isNullable)) throw new KeyError()
  return key.map(fromText)
}

/** A value of Prisma's type `Decimal`. */
interface Decimal {
  toFixed(): string
}

/** A value as text, with every digit. `undefined` for a value that has no order, such as a list or JSON. */
function toText(value: unknown): string | null | undefined {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      return `s${value}`
    case 'number':
      return Number.isFinite(value) ? `n${value}` : undefined
    case 'bigint':
      return `i${value}`
    case 'boolean':
      return value ? 'b1' : 'b0'
    case 'object':
      return value instanceof Date ? `t${value.toISOString()}` : isDecimal(value) ? `d${value.toFixed()}` : undefined
    default:
      return undefined
  }
}

function isDecimal(value: object): value is Decimal {
  return 'toFixed' in value && typeof value.toFixed === 'function'
}

/** Readers by the first character of a text. They return `undefined` for a text that `toText` does not make. */
const READERS: ReadonlyMap<string, (text: string) => unknown> = new Map<string, (text: string) => unknown>([
  ['s', (text) => text],
  ['n', (text) => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)],
  ['i', (text) => (/^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined)],
  ['b', (text) => (text === '1' ? true : text === '0' ? false : undefined)],
  ['t', (text) => (/^\d{4}-.*Z$/.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text) : undefined)],
  // Prisma accepts a Decimal as text.
  ['d', (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined)],
])

/** Throws a `KeyError` for a text that `toText` does not make. */
function fromText(text: string | null): unknown {
  if (text === null) return null
  const value = READERS.get(text.charAt(0))?.(text.slice(1))
  if (value === undefined) throw new KeyError()
  return value
}

export function keyError(expected: string, got: string, fix: string): DeclarationError {
  return new DeclarationError('PAGE_KEY', NAME, `expected ${expected}, got ${got}`, fix)
}
