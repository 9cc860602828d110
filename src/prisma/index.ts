/** Pages of a model of Prisma: `fromPrisma(prisma.user, { orderBy: { id: 'asc' } })`. */
import type { QuerySource } from '../pagination/source.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { Where } from './keyset.ts'
import { PrismaSource, type PrismaDelegate } from './prisma-source.ts'

export type { PrismaDelegate }

type ArgumentsOf<Delegate extends PrismaDelegate> = NonNullable<Parameters<Delegate['findMany']>[0]>

type RowOf<Delegate extends PrismaDelegate> = Awaited<ReturnType<Delegate['findMany']>>[number]

/** The rows to page through, as Prisma's `findMany()` takes them. */
export interface PrismaQuery<Delegate extends PrismaDelegate> {
  readonly where?: ArgumentsOf<Delegate>['where']
  /** The order. A cursor needs fields of the model itself. Say of a field that may be null where nulls go: `{ due_at: { sort: 'asc', nulls: 'last' } }`. */
  readonly orderBy: NonNullable<ArgumentsOf<Delegate>['orderBy']>
}

/** Options of `fromPrisma()`. */
export interface PrismaOptions<Row> {
  /** Fields that together identify a row, such as `['id']`. They break ties. Required for cursors. */
  readonly key?: readonly [keyof Row & string, ...(keyof Row & string)[]]
  /** Fields of the order that are never null, for cursors. Default: those of `key`. */
  readonly notNull?: readonly (keyof Row & string)[]
}

/**
 * Makes a source of pages from a model: `paginate(fromPrisma(prisma.user, { where, orderBy: { id: 'asc' } }), query)`. Prisma has no estimates.
 * `rows()` reads one batch after another; the batches are not from one snapshot.
 *
 * @throws {DeclarationError} for a query without an order (`PAGE_ORDER`), or with arguments other than `where` and `orderBy` (`PAGE_QUERY`)
 */
export function fromPrisma<Delegate extends PrismaDelegate>(
  delegate: Delegate,
  query: PrismaQuery<Delegate>,
  { key, notNull = [] }: PrismaOptions<RowOf<Delegate>> = {},
): QuerySource<RowOf<Delegate>> {
  const { where, orderBy, ...others } = query as { readonly where?: Where; readonly orderBy?: Where | readonly Where[] }
  if (Object.values(others).some((value) => value !== undefined)) {
    throw new DeclarationError(
      'PAGE_QUERY',
      'fromPrisma()',
      'expected where and orderBy, got other arguments',
      'Leave skip and take to the page, and give include, select and omit in a findMany of your own',
    )
  }
  const orders = (Array.isArray(orderBy) ? orderBy : orderBy === undefined ? [] : [orderBy]) as readonly Where[]
  if (orders.length === 0) {
    throw new DeclarationError(
      'PAGE_ORDER',
      'fromPrisma()',
      'expected orderBy, got none: pages would skip and repeat rows',
      "Give orderBy: { id: 'asc' }",
    )
  }
  return new PrismaSource<RowOf<Delegate>>({ delegate, where, orders, key, notNull: new Set([...notNull, ...(key ?? [])]) })
}
