/** What runs SQL: a pool or a client of `pg`, PGlite, or what has the same methods. */

interface Result {
  readonly rows: readonly unknown[]
}

/** What runs statements: a pool or client of `pg`, PGlite, or anything else with their `query()`. */
export interface SQLDatabase {
  query(text: string, values?: any[]): PromiseLike<Result> // oxlint-disable-line typescript/no-explicit-any -- as `pg` and PGlite declare it
}

/** A pool of `pg`. */
interface Pool extends SQLDatabase {
  readonly totalCount: number
  connect(): Promise<Connection>
}

interface Connection extends SQLDatabase {
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
  release(error?: Error | boolean): void
}

/** PGlite, whose one connection has a queue. */
interface Transactional extends SQLDatabase {
  transaction<Value>(use: (tx: SQLDatabase) => Promise<Value>): Promise<Value>
}

/** Runs `use` between `begin` and `commit` on one connection. */
export async function inTransaction<Value>(db: SQLDatabase, use: (tx: SQLDatabase) => Promise<Value>): Promise<Value> {
  if ('transaction' in db) return (db as Transactional).transaction(use)
  if (!('totalCount' in db)) return between(db, use)
  const connection = await (db as Pool).connect()
  // A connection that breaks while nobody asks it anything would end the process.
  connection.on('error', ignore)
  try {
    const value = await between(connection, use)
    connection.release()
    return value
  } catch (error) {
    connection.release(error instanceof Error ? error : true)
    throw error
  } finally {
    connection.off('error', ignore)
  }
}

function ignore(): void {}

async function between<Value>(connection: SQLDatabase, use: (tx: SQLDatabase) => Promise<Value>): Promise<Value> {
  await connection.query('begin read only')
  try {
    const value = await use(connection)
    await connection.query('commit')
    return value
  } catch (error) {
    await Promise.resolve(connection.query('rollback')).catch(ignore)
    throw error
  }
}
