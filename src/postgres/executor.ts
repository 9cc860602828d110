/** Runs SQL in PostgreSQL through `pg`, PGlite, Drizzle, Kysely or Prisma. */

export type Row = Readonly<Record<string, unknown>>

/** Runs one statement with `$1`, `$2` … for its values. */
export type RunSQL = (text: string, values?: readonly unknown[]) => Promise<readonly Row[]>

/** `Pool`, `Client` and `PoolClient` of `pg`; PGlite and its transactions. */
export interface QueryHandle {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>
}

/** A database or transaction of Kysely. */
export interface KyselyHandle {
  executeQuery(query: object): Promise<{ readonly rows: unknown[] }>
}

/** A client or transaction of Prisma. */
export interface PrismaHandle {
  $queryRawUnsafe(text: string, ...values: unknown[]): Promise<unknown>
}

/** A database or transaction of Drizzle for PostgreSQL. */
export interface DrizzleHandle {
  readonly dialect: object
  execute(query: any): PromiseLike<unknown> // oxlint-disable-line typescript/no-explicit-any -- Drizzle's own type of a query is not imported
}

/** A client or transaction of `pg`, PGlite, Kysely, Prisma or Drizzle. */
export type SQLHandle = QueryHandle | KyselyHandle | PrismaHandle | DrizzleHandle

/** Throws a `TypeError` for a value that can't run SQL. */
export function toRunSQL(handle: unknown): RunSQL {
  if (typeof handle === 'object' && handle !== null) {
    if (has<QueryHandle>(handle, 'query') && !('dialect' in handle))
      return async (text, values = []) => rowsOf(await handle.query(text, [...values]))
    if (has<KyselyHandle>(handle, 'executeQuery'))
      return async (text, values = []) => rowsOf(await handle.executeQuery(toKyselyQuery(text, values)))
    if (has<PrismaHandle>(handle, '$queryRawUnsafe'))
      return async (text, values = []) => rowsOf(await handle.$queryRawUnsafe(text, ...values))
    if (has<DrizzleHandle>(handle, 'execute') && 'dialect' in handle)
      return async (text, values = []) => rowsOf(await handle.execute(toDrizzleQuery(text, values)))
  }
  throw new TypeError('SQL_HANDLE: expected a database or transaction of pg, PGlite, Drizzle, Kysely or Prisma, got something else.')
}

function has<Handle>(handle: object, method: keyof Handle & string): handle is Handle & object {
  return typeof (handle as Record<string, unknown>)[method] === 'function'
}

/** The rows of a result. Some drivers return an array, others an object with `rows`. */
function rowsOf(result: unknown): readonly Row[] {
  return (Array.isArray(result) ? result : (result as { readonly rows: unknown }).rows) as readonly Row[]
}

/** The object that Kysely's `CompiledQuery.raw()` makes. */
function toKyselyQuery(text: string, values: readonly unknown[]): object {
  return {
    sql: text,
    parameters: values,
    query: { kind: 'RawNode', sqlFragments: [text], parameters: [] },
    queryId: { queryId: `riposte-${text.length}` },
  }
}

/** An object that Drizzle's dialect takes as a query. Its text and values are complete. */
function toDrizzleQuery(text: string, values: readonly unknown[]): object {
  const query = { toQuery: () => ({ sql: text, params: values }), getSQL: () => query }
  return query
}

/** Whether an error of a driver has this code of PostgreSQL. Prisma keeps the code in `meta`, Drizzle in the cause. */
export function hasCode(error: unknown, code: string): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    const driver = one as { readonly code?: unknown; readonly meta?: { readonly code?: unknown } } // each driver has its own class of errors
    if (driver.code === code || driver.meta?.code === code) return true
  }
  return false
}
