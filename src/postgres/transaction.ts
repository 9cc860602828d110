/** A transaction of a request, which commits if the response is a success. */
import { dependency, type Dependency } from '../contract/dependency.ts'
import { isErrorStatus } from '../http/status.ts'

/** PGlite, and databases of Drizzle: `db.transaction(async (tx) => …)`. */
interface Transactional {
  transaction(run: (transaction: any) => Promise<unknown>): Promise<unknown> // oxlint-disable-line typescript/no-explicit-any -- each library has its own transaction
}

/** A database of Kysely. */
interface KyselyTransactional {
  transaction(): { execute(run: (transaction: any) => Promise<unknown>): Promise<unknown> } // oxlint-disable-line typescript/no-explicit-any -- Kysely's own transaction is not imported
}

/** A client of Prisma. */
interface PrismaTransactional {
  $transaction(run: (transaction: any) => Promise<unknown>): Promise<unknown> // oxlint-disable-line typescript/no-explicit-any -- the generated client has a transaction of its own
}

interface PoolConnection {
  query(text: string): Promise<{ readonly command: string }>
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
  release(error?: boolean): void
}

/** A pool of `pg`. */
interface ConnectionPool {
  readonly totalCount: number
  connect(): Promise<PoolConnection>
}

/** A database that can open a transaction. */
export type TransactionSource = Transactional | KyselyTransactional | PrismaTransactional | ConnectionPool

/** What the handler gets: a client of `pg`, or the value that the library passes to the callback of a transaction. */
export type TransactionOf<DB> = DB extends { connect: { (): Promise<infer Client>; (callback: never): void }; readonly totalCount: number }
  ? Client
  : DB extends { $transaction(run: (transaction: infer Client) => Promise<unknown>): Promise<unknown> }
    ? Client
    : DB extends { transaction(): { execute(run: (transaction: infer Client) => Promise<unknown>): Promise<unknown> } }
      ? Client
      : DB extends { transaction(run: (transaction: infer Client) => Promise<unknown>): Promise<unknown> }
        ? Client
        : never

/**
 * A transaction as a dependency: `dependencies: { tx: transaction(db) }`. It commits if the status of the response is below 400, before the response is
 * sent. It rolls back at any error, thrown or returned. If the commit fails, the response is a 500. It begins after the body was read, so that a slow
 * client holds no connection of the pool.
 */
export function transaction<DB extends TransactionSource>(db: DB): Dependency<TransactionOf<DB>> {
  return dependency({ afterBody: true }, async function* () {
    const { client, end } = await begin<TransactionOf<DB>>(db)
    try {
      const { status } = yield client
      await end(!isErrorStatus(status))
    } catch (error) {
      await end(false).catch(ignore)
      throw error
    }
  })
}

/** Thrown in the callback of a transaction to roll it back. */
class RollBack extends Error {}

/** Opens a transaction that lasts until `end()` is called. In the libraries it lasts as long as a callback runs, so the callback waits. */
async function begin<Client>(db: TransactionSource) {
  let commit!: () => void
  let rollBack!: (reason: RollBack) => void
  const ended = new Promise<void>((resolve, reject) => {
    commit = resolve
    rollBack = reject
  })
  let closed!: Promise<unknown>
  const client = await new Promise<Client>((resolve, reject) => {
    closed = run(db, (opened) => {
      resolve(opened as Client) // TransactionOf is the type that the library passes to its callback
      return ended
    })
    closed.catch(reject)
  })
  const end = async (isCommitted: boolean) => {
    if (isCommitted) commit()
    else rollBack(new RollBack())
    await closed.catch((error: unknown) => {
      if (!(error instanceof RollBack)) throw error
    })
  }
  return { client, end }
}

function run(db: TransactionSource, use: (client: unknown) => Promise<void>): Promise<unknown> {
  if ('$transaction' in db) return db.$transaction(use)
  if ('totalCount' in db) return onConnection(db, use)
  if (isKysely(db)) return db.transaction().execute(use)
  return db.transaction(use)
}

function isKysely(db: Transactional | KyselyTransactional): db is KyselyTransactional {
  return 'executeQuery' in db
}

async function onConnection(pool: ConnectionPool, use: (client: PoolConnection) => Promise<void>): Promise<void> {
  const client = await pool.connect()
  // Without a listener, the error of a connection that breaks between two queries would end the process.
  client.on('error', ignore)
  let isBroken = false
  try {
    await client.query('BEGIN')
    await use(client)
    const { command } = await client.query('COMMIT')
    // If a statement has failed, PostgreSQL rolls back at COMMIT, even if the error was caught.
    if (command !== 'COMMIT')
      throw new Error('SQL_COMMIT: transaction(): expected a commit, got a rollback, because a statement has failed.')
  } catch (error) {
    await client.query('ROLLBACK').catch(() => (isBroken = true))
    throw error
  } finally {
    client.off('error', ignore)
    client.release(isBroken)
  }
}

function ignore(): void {}
