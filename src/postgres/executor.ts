/** Runs SQL in PostgreSQL through `pg`, PGlite, Drizzle, Kysely or Prisma, and creates or checks tables at their first use. */

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

/** A table of a store. Its name may begin with a schema. */
export interface Table {
  readonly name: string
  /** What follows the name of each column in `CREATE TABLE`: the type in lower case, then the rest in upper case. */
  readonly columns: Readonly<Record<string, string>>
  /** The primary key. */
  readonly key: readonly string[]
  /** A column that has an index. Default: none. */
  readonly index?: string
}

/** The statements that create the tables. Each ends with a semicolon. */
export function formatTables(tables: readonly Table[]): string {
  return tables.map(formatTable).join('')
}

function formatTable({ name, columns, key, index }: Table): string {
  const lines = [...Object.entries(columns).map((column) => column.join(' ')), `PRIMARY KEY (${key.join(', ')})`]
  const table = `\nCREATE TABLE IF NOT EXISTS ${name} (\n  ${lines.join(',\n  ')}\n);`
  return index === undefined ? table : `${table}\nCREATE INDEX IF NOT EXISTS ${name}_${index} ON ${name} (${index});`
}

interface Migration {
  /** The function that the error names. */
  readonly where: string
  readonly tables: readonly Table[]
  /** What a role that may change the schema does to create the tables, for the error: `run CHANNEL_TABLES`. */
  readonly creation: string
}

/**
 * Returns a function that creates missing tables at its first call, and checks the form of tables that exist. If it fails, the next call tries again.
 * PostgreSQL refuses `CREATE TABLE IF NOT EXISTS` to a role without CREATE on the schema, even if the table exists. So the catalog is read first.
 */
export function createMigration(run: RunSQL, migration: Migration): () => Promise<void> {
  let migrated: Promise<void> | undefined
  return () => {
    migrated ??= migrate(run, migration).catch((error: unknown) => {
      migrated = undefined
      throw error
    })
    return migrated
  }
}

/** A migration that an operator runs at the same time does not take the lock, so one of the two may fail. So the creation is tried twice. */
const MOST_CREATIONS = 2

async function migrate(run: RunSQL, { where, tables, creation }: Migration): Promise<void> {
  let cause: unknown
  for (let creations = 0; ; creations++) {
    const flaw = await findFlaw(run, tables)
    if (flaw === undefined) return
    if (creations === MOST_CREATIONS) {
      const fix = `${flaw.isMissing ? 'Let' : 'Alter the table, or drop it and let'} a role that may change the schema ${creation}`
      throw new Error(`SQL_TABLES: ${where}: expected ${flaw.expected}, got ${flaw.got}. ${fix}.`, { cause })
    }
    cause = await createTables(run, tables).catch((error: unknown) => error)
  }
}

/** Processes that start together wait for each other, because two that create one table at the same time would fail. */
async function createTables(run: RunSQL, tables: readonly Table[]): Promise<void> {
  await run(`DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('${tables[0]!.name}')); ${formatTables(tables)} END $$`)
}

interface Flaw {
  readonly expected: string
  readonly got: string
  /** `true` if the statements that create the tables remove this flaw. */
  readonly isMissing: boolean
}

/** The first difference between the tables and their declared form. More columns and more indexes are allowed. */
async function findFlaw(run: RunSQL, tables: readonly Table[]): Promise<Flaw | undefined> {
  for (const table of tables) {
    const flaw = compare(table, await run(toCatalogQuery(table.name)))
    if (flaw !== undefined) return flaw
  }
  return undefined
}

function compare({ name, columns, key, index }: Table, rows: readonly Row[]): Flaw | undefined {
  const found = new Map(rows.filter(({ kind }) => kind === 'column').map((row) => [row['name'], row]))
  if (found.size === 0) return { expected: `table ${name}`, got: 'none', isMissing: true }
  for (const [column, definition] of Object.entries(columns)) {
    const type = definition.split(/ (?=[A-Z])/)[0]!
    const row = found.get(column)
    if (row === undefined) return { expected: `column ${name}.${column} of type ${type}`, got: 'none', isMissing: false }
    if (row['type'] !== type)
      return { expected: `column ${name}.${column} of type ${type}`, got: `type ${String(row['type'])}`, isMissing: false }
    if (/ (?:DEFAULT|GENERATED) /.test(definition) && row['has_default'] !== true)
      return { expected: `column ${name}.${column} with a default`, got: 'none', isMissing: false }
  }
  const indexes = rows
    .filter(({ kind }) => kind !== 'column')
    .map((row) => ({ isUnique: row['kind'] === 'key', columns: String(row['name']).split(',') }))
  if (!indexes.some(({ isUnique, columns: keys }) => isUnique && keys.toSorted().join() === key.toSorted().join()))
    return { expected: `a unique key of ${name}: (${key.join(', ')})`, got: 'none', isMissing: false }
  if (index !== undefined && !indexes.some(({ columns: keys }) => keys[0] === index))
    return { expected: `an index of ${name}: (${index})`, got: 'none', isMissing: true }
  return undefined
}

/**
 * Lists the columns of a table, and its indexes without a condition. `CREATE TABLE` creates in the first schema of the search path, so a role with CREATE
 * there uses no table of a later schema. An index is a key if `ON CONFLICT` accepts it.
 */
function toCatalogQuery(name: string): string {
  const own = `to_regclass(quote_ident(current_schema()) || '.${name}')`
  const id = name.includes('.')
    ? `to_regclass('${name}')`
    : `CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN ${own} ELSE to_regclass('${name}') END`
  return `WITH found AS (SELECT ${id} AS id)
SELECT 'column' AS kind, attname::text AS name, format_type(atttypid, NULL) AS type, (atthasdef OR attidentity <> '') AS has_default
FROM found JOIN pg_attribute ON attrelid = found.id
WHERE attnum > 0 AND NOT attisdropped
UNION ALL
SELECT CASE WHEN indisunique AND indimmediate THEN 'key' ELSE 'index' END, (
  SELECT string_agg(attname::text, ',' ORDER BY place)
  FROM unnest(indkey::int2[]) WITH ORDINALITY AS part (number, place) JOIN pg_attribute ON attrelid = indrelid AND attnum = number
  WHERE place <= indnkeyatts
), NULL, NULL
FROM found JOIN pg_index ON indrelid = found.id
WHERE indisvalid AND indpred IS NULL AND indexprs IS NULL`
}

/** Whether an error of a driver has this code of PostgreSQL. Prisma keeps the code in `meta`, Drizzle in the cause. */
export function hasCode(error: unknown, code: string): boolean {
  for (let one = error; one instanceof Error; one = one.cause) {
    const driver = one as { readonly code?: unknown; readonly meta?: { readonly code?: unknown } } // each driver has its own class of errors
    if (driver.code === code || driver.meta?.code === code) return true
  }
  return false
}
