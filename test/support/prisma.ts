/**
 * A stand-in for a model of Prisma: its `findMany()` and `count()` over a table, with the checks that Prisma makes. Prisma itself comes with a command
 * that loads engines from the network, so that the tests do without it.
 */
import type { TestDatabase } from './databases.ts'

type FieldType = 'Int' | 'BigInt' | 'Float' | 'Decimal' | 'String' | 'Boolean' | 'DateTime'

/** `Int?` may be null. */
export type Model = Readonly<Record<string, FieldType | `${FieldType}?`>>

type Direction = 'asc' | 'desc'
type OrderBy<Row> = { readonly [Name in keyof Row]?: Direction | { readonly sort: Direction; readonly nulls?: 'first' | 'last' } }
type Where = Readonly<Record<string, unknown>>

export interface Arguments<Row> {
  readonly where?: Where
  readonly orderBy?: OrderBy<Row> | readonly OrderBy<Row>[]
  readonly skip?: number
  readonly take?: number
}

export interface Delegate<Row> {
  findMany(args?: Arguments<Row>): Promise<Row[]>
  count(args?: Omit<Arguments<Row>, 'orderBy'>): Promise<number>
}

class PrismaClientValidationError extends Error {
  override readonly name = 'PrismaClientValidationError'
}

class PrismaClientKnownRequestError extends Error {
  override readonly name = 'PrismaClientKnownRequestError'
  readonly code: string
  constructor(code: string, options: ErrorOptions) {
    super(code, options)
    this.code = code
  }
}

/** What Prisma gives for `Decimal`: some of decimal.js. */
class Decimal {
  readonly #digits: string
  constructor(digits: string) {
    this.#digits = digits
  }
  toFixed(): string {
    return this.#digits
  }
}

const SQL_OPERATORS: Readonly<Record<string, string>> = { gt: '>', gte: '>=', lt: '<', lte: '<=' }
const CASTS: Readonly<Record<FieldType, string>> = { Int: 'integer', BigInt: 'bigint', Float: 'float8', Decimal: 'numeric', String: 'text', Boolean: 'boolean', DateTime: 'timestamptz' } // oxfmt-ignore

export function prismaModel<Row>(db: TestDatabase, table: string, model: Model): Delegate<Row> {
  const typeOf = (name: string) => {
    const type = model[name]
    if (type === undefined) throw new PrismaClientValidationError(`Unknown argument ${name}`)
    return { type: type.replace('?', '') as FieldType, isNullable: type.endsWith('?') }
  }

  /** The digits of a Decimal are text for Prisma, and a Date has milliseconds. */
  function parameter(values: unknown[], name: string, value: unknown): string {
    const { type } = typeOf(name)
    const fits: Readonly<Record<FieldType, boolean>> = {
      Int: Number.isInteger(value), Float: typeof value === 'number', BigInt: typeof value === 'bigint', String: typeof value === 'string',
      Boolean: typeof value === 'boolean', DateTime: value instanceof Date, Decimal: typeof value === 'string' || value instanceof Decimal,
    } // oxfmt-ignore
    if (!fits[type]) throw new PrismaClientValidationError(`Argument ${name}: invalid value`)
    const sent = value instanceof Date ? value.toISOString() : value instanceof Decimal ? value.toFixed() : String(value)
    return `$${values.push(sent)}::text::${CASTS[type]}`
  }

  function compare(values: unknown[], name: string, operator: string, value: unknown): string {
    const { type, isNullable } = typeOf(name)
    if (value === null && !isNullable) throw new PrismaClientValidationError(`Argument ${name} must not be null`)
    if (operator === 'equals') return value === null ? `${name} is null` : `${name} = ${parameter(values, name, value)}`
    if (operator === 'not') return value === null ? `${name} is not null` : `${name} <> ${parameter(values, name, value)}`
    if (operator === 'in') return `${name} in (${(value as unknown[]).map((each) => parameter(values, name, each)).join(', ')})`
    const sign = SQL_OPERATORS[operator]
    if (sign === undefined || type === 'Boolean') throw new PrismaClientValidationError(`Unknown argument ${operator}`)
    return `${name} ${sign} ${parameter(values, name, value)}`
  }

  function condition(where: Where, values: unknown[]): string {
    const all = Object.entries(where).flatMap(([name, given]) => {
      if (name === 'AND' || name === 'OR') {
        const each = ([given].flat() as Where[]).map((part) => condition(part, values))
        return [each.length > 0 ? `(${each.join(name === 'AND' ? ' and ' : ' or ')})` : String(name === 'AND')]
      }
      const isFilter = typeof given === 'object' && given !== null && Object.getPrototypeOf(given) === Object.prototype
      const filters = isFilter ? Object.entries(given) : [['equals', given] as const]
      return filters.map(([operator, value]) => compare(values, name, operator, value))
    })
    return all.length === 0 ? 'true' : all.join(' and ')
  }

  function order(orderBy: OrderBy<Row>): string {
    const [[name, given], ...others] = Object.entries(orderBy) as [string, Direction | { sort: Direction; nulls?: string }][] as [[string, Direction | { sort: Direction; nulls?: string }]] // oxfmt-ignore
    if (others.length > 0) throw new PrismaClientValidationError('Argument orderBy needs exactly one argument')
    const { isNullable } = typeOf(name)
    if (typeof given === 'string') return `${name} ${given}`
    if (!isNullable) throw new PrismaClientValidationError(`Argument ${name}: expected SortOrder, provided Object`)
    return `${name} ${given.sort}${given.nulls === undefined ? '' : ` nulls ${given.nulls}`}`
  }

  function read(row: Readonly<Record<string, unknown>>): Row {
    const fields = Object.keys(model).map((name) => {
      const value = row[name]
      if (value === null) return [name, null]
      const { type } = typeOf(name)
      return [name, type === 'BigInt' ? BigInt(value as string) : type === 'Decimal' ? new Decimal(value as string) : value]
    })
    return Object.fromEntries(fields) as Row
  }

  async function select(columns: string, { where = {}, orderBy = [], skip = 0, take }: Arguments<Row>): Promise<Record<string, unknown>[]> {
    const values: unknown[] = []
    const orders = ([orderBy].flat() as OrderBy<Row>[]).map(order)
    const text = `select ${columns} from ${table} where ${condition(where, values)}${orders.length > 0 ? ` order by ${orders.join(', ')}` : ''}`
    try {
      return await db.run(`${text}${take === undefined ? '' : ` limit ${take}`} offset ${skip}`, values)
    } catch (cause) {
      throw new PrismaClientKnownRequestError('P2020', { cause })
    }
  }

  return {
    findMany: async (args = {}) => (await select('*', args)).map(read),
    count: async (args = {}) => (await select('1', args)).length,
  }
}
