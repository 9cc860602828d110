/** A query of Prisma as a source of pages. */
import { inDirection } from '../pagination/keyset.ts'
import { assertUnique } from '../pagination/query-source.ts'
import {
  isDataException,
  KeyError,
  type Key,
  type KeyedRow,
  type Position,
  type QuerySource,
  type RowsOptions,
  type Selection,
} from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import {
  isAt,
  isBeyond,
  keyError,
  keyOf,
  NAME,
  readField,
  readKey,
  toOrderBy,
  toWhere,
  type AnyRow,
  type Field,
  type Where,
} from './keyset.ts'

/** `prisma.user`, or an object that wraps it: `{ findMany: (page) => prisma.user.findMany({ ...page, include: { posts: true } }), count: … }`. */
// oxlint-disable-next-line typescript/no-explicit-any -- without a type argument, rows have any type
export interface PrismaDelegate<Row extends object = any> {
  findMany(args: any): PromiseLike<readonly Row[]> // oxlint-disable-line typescript/no-explicit-any -- each model has its own arguments
  count(args: any): PromiseLike<number> // oxlint-disable-line typescript/no-explicit-any -- each model has its own arguments
  /** Prisma's references to the fields of the model. */
  readonly fields?: object
}

interface PrismaParts {
  readonly delegate: PrismaDelegate
  readonly where: Where | undefined
  readonly orders: readonly Where[]
  readonly key: readonly string[] | undefined
  readonly notNull: ReadonlySet<string>
}

const BATCH = 200

export class PrismaSource<Row> implements QuerySource<Row> {
  readonly order: string
  readonly #parts: PrismaParts
  /** The order, followed by the fields of the key in the direction of the last field. */
  readonly #orders: readonly Where[]

  constructor(parts: PrismaParts) {
    this.#parts = parts
    this.#orders = withKey(parts)
    this.order = JSON.stringify(this.#orders)
  }

  select({ orderBy, conditions }: Selection): QuerySource<Row> {
    const { where, orders, ...parts } = this.#parts
    return new PrismaSource({
      ...parts,
      where: conditions.length === 0 ? where : { AND: [...(where === undefined ? [] : [where]), ...conditions.map(toWhere)] },
      orders:
        orderBy.length === 0
          ? orders
          : orderBy.map(({ column, direction, nulls }) => ({
              [column as string]: nulls === undefined ? direction : { sort: direction, nulls },
            })),
    })
  }

  async count(): Promise<number> {
    return this.#parts.delegate.count(this.#filtered())
  }

  async countUpTo(limit: number): Promise<number> {
    return this.#parts.delegate.count({ ...this.#filtered(), take: limit })
  }

  async estimate(): Promise<number> {
    throw new DeclarationError(
      'PAGE_SOURCE',
      NAME,
      'expected a count mode that Prisma has, got estimated',
      "Use total: 'exact', 'capped' or 'none'",
    )
  }

  async slice(skip: number, take: number): Promise<readonly Row[]> {
    return (await this.#parts.delegate.findMany({ ...this.#filtered(), orderBy: this.#orders, skip, take })) as readonly Row[]
  }

  async sliceAndCount(skip: number, take: number): Promise<{ items: readonly Row[]; total: number }> {
    const [total, items] = await Promise.all([this.count(), this.slice(skip, take)])
    return { items, total }
  }

  async seek(position: Position, take: number): Promise<readonly KeyedRow<Row>[]> {
    const fields = this.#fields()
    const met = inDirection(fields, position)
    const beyond = position.key === undefined ? undefined : isBeyond(met, readKey(position.key, met))
    const rows = await this.#find({ ...this.#filtered(beyond), orderBy: met.map(toOrderBy), take }, beyond !== undefined)
    const found = rows.map((row) => ({ row: row as Row, key: keyOf(row, fields) })) // the type of the delegate says which rows it returns
    assertUnique(NAME, found)
    if (position.key === undefined) await this.#assertExact(rows.at(-1), fields)
    return found
  }

  /** Runs one query for each batch. Rows that are inserted or deleted in the meantime do not move other rows. */
  async *rows({ signal, batch = BATCH }: RowsOptions = {}): AsyncGenerator<Row, void, void> {
    for (let key: Key | undefined; ;) {
      signal?.throwIfAborted()
      const found = await this.seek({ isBackward: false, key }, batch)
      for (const { row } of found) yield row
      if (found.length < batch) return
      key = found.at(-1)!.key
    }
  }

  #filtered(beyond?: Where): { readonly where?: Where } {
    const { where } = this.#parts
    const both = where !== undefined && beyond !== undefined ? { AND: [where, beyond] } : (where ?? beyond)
    return both === undefined ? {} : { where: both }
  }

  async #find(args: object, isKeyed: boolean): Promise<readonly AnyRow[]> {
    try {
      return (await this.#parts.delegate.findMany(args)) as readonly AnyRow[]
    } catch (error) {
      if (isKeyed && isValueError(error)) throw new KeyError()
      throw error
    }
  }

  /** The fields of the order. Throws a `DeclarationError` if a cursor can't use one of them. */
  #fields(): readonly Field[] {
    const { key, notNull, delegate } = this.#parts
    if (key === undefined) throw keyError('fields that identify a row', 'no key', "Give key: ['id']")
    return this.#orders.map((order) => {
      const field = readField(order)
      const references = delegate.fields as Readonly<Record<string, { readonly isEnum?: boolean }>> | undefined // Prisma's client has it, its types do not say so
      if (field === undefined || references?.[field.expression]?.isEnum === true) {
        throw keyError(
          'an order by fields that Prisma can compare',
          'a relation, a count or an enum',
          'Use pages by number, or sort by a field',
        )
      }
      if (!field.isNullable && !notNull.has(field.expression)) {
        throw keyError(`the place of nulls of ${field.expression}`, 'none', 'Give { sort, nulls } in orderBy, or name the field in notNull')
      }
      return field
    })
  }

  /** Throws a `DeclarationError` if a row is not found by its own values. Prisma reads dates in milliseconds, and a cursor over a column with more digits would skip rows. */
  async #assertExact(row: AnyRow | undefined, fields: readonly Field[]): Promise<void> {
    if (row === undefined || !fields.some(({ expression }) => row[expression] instanceof Date)) return
    const valuesOf = (of: AnyRow) => fields.map(({ expression }) => of[expression])
    const find = (where: Where) => this.#find({ where, take: 1 }, false)
    if ((await find(isAt(fields, valuesOf(row)))).length > 0) return
    const [now] = await find(Object.fromEntries(this.#parts.key!.map((name) => [name, row[name]])))
    // The row was deleted or changed in the meantime.
    if (now === undefined || JSON.stringify(keyOf(now, fields)) !== JSON.stringify(keyOf(row, fields))) return
    throw keyError('dates of milliseconds in the order', 'a column with more digits', 'Declare it @db.Timestamptz(3)')
  }
}

function withKey({ orders, key = [] }: PrismaParts): readonly Where[] {
  const named = new Set(orders.flatMap((order) => Object.keys(order)))
  const direction = readField(orders.at(-1)!)?.direction ?? 'asc'
  return [...orders, ...key.filter((name) => !named.has(name)).map((name) => ({ [name]: direction }))]
}

/** Whether Prisma or the database refused a value that does not fit its field. */
function isValueError(error: unknown): boolean {
  return isDataException(error) || (error instanceof Error && error.name === 'PrismaClientValidationError')
}
