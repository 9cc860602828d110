/** The transaction of a request has the type that its library gives it, and a generator learns how the request ended. */
import type { PGlite, Transaction as PGliteTransaction } from '@electric-sql/pglite'
import type { drizzle } from 'drizzle-orm/node-postgres'
import type { Kysely, Transaction } from 'kysely'
import type pg from 'pg'
import { dependency, get, text, type Outcome } from '../../src/index.ts'
import { transaction, type TransactionOf } from '../../src/postgres/index.ts'
import { same } from './equal.ts'

interface Tables {
  readonly users: { readonly id: number }
}
type Drizzle = ReturnType<typeof drizzle>
interface Prisma {
  $transaction(queries: Promise<unknown>[]): Promise<unknown[]>
  $transaction<R>(run: (client: { readonly $queryRawUnsafe: (text: string) => Promise<unknown> }) => Promise<R>): Promise<R>
}

same<TransactionOf<pg.Pool>, pg.PoolClient>(true)
same<TransactionOf<PGlite>, PGliteTransaction>(true)
same<TransactionOf<Drizzle>, Parameters<Parameters<Drizzle['transaction']>[0]>[0]>(true)
same<TransactionOf<Kysely<Tables>>, Transaction<Tables>>(true)
same<keyof TransactionOf<Prisma>, '$queryRawUnsafe'>(true)

declare const pool: pg.Pool
const tx = transaction(pool)
get('/', { dependencies: { tx }, responses: { 200: text() } }, (context) => {
  same<typeof context.tx, pg.PoolClient>(true)
  return ''
})

const learned = dependency(async function* () {
  const outcome = yield 'value'
  same<typeof outcome, Outcome>(true)
})
const withOptions = dependency({ dependencies: { learned } }, function* ({ learned: value }) {
  same<typeof value, string>(true)
  const { status } = yield 7
  same<typeof status, number>(true)
})
get('/', { dependencies: { learned, withOptions }, responses: { 200: text() } }, (context) => {
  same<typeof context.learned, string>(true)
  same<typeof context.withOptions, number>(true)
  return ''
})
// @ts-expect-error -- what runs no transactions
transaction({ query: () => undefined })
