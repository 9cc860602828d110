/** Creates the tables of a store in PostgreSQL at their first use, and checks the form of tables that exist. */
import type { RunSQL } from './executor.ts'

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
    const expected = await findMissing(run, tables)
    if (expected === undefined) return
    if (creations === MOST_CREATIONS) {
      const fix = `Let a role that may change the schema ${creation}. If the table has another form, alter it or drop it first.`
      throw new Error(`SQL_TABLES: ${where}: expected ${expected}, got none. ${fix}`, { cause })
    }
    cause = await createTables(run, tables).catch((error: unknown) => error)
  }
}

/** Processes that start together wait for each other, because two that create one table at the same time would fail. */
async function createTables(run: RunSQL, tables: readonly Table[]): Promise<void> {
  await run(`DO $$ BEGIN PERFORM pg_advisory_xact_lock(hashtext('${tables[0]!.name}')); ${formatTables(tables)} END $$`)
}

/** The first part of the tables that the database does not have. More columns and more indexes are allowed. */
async function findMissing(run: RunSQL, tables: readonly Table[]): Promise<string | undefined> {
  for (const table of tables) {
    const found = new Set((await run(toCatalogQuery(table.name))).map(({ part }) => part))
    const missing = partsOf(table).find((part) => !found.has(part))
    if (missing !== undefined) return missing
  }
  return undefined
}

/** The parts of a table, in the words of `toCatalogQuery()`. */
function partsOf({ name, columns, key, index }: Table): readonly string[] {
  const ofColumns = Object.entries(columns).flatMap(([column, definition]) => [
    `column ${name}.${column} of type ${definition.split(/ (?=[A-Z])/)[0]!}`,
    ...(/ (?:DEFAULT|GENERATED) /.test(definition) ? [`column ${name}.${column} with a default`] : []),
  ])
  const indexes = index === undefined ? [] : [`an index of ${name}: (${index})`]
  return [`table ${name}`, ...ofColumns, `a unique key of ${name}: (${key.toSorted().join(', ')})`, ...indexes]
}

/**
 * Lists the parts of a table, each as text: its columns, and its indexes without a condition, by their first column. `CREATE TABLE` creates in the
 * first schema of the search path, so a role with CREATE there uses no table of a later schema. An index is a key if `ON CONFLICT` accepts it.
 */
function toCatalogQuery(name: string): string {
  const own = `to_regclass(quote_ident(current_schema()) || '.${name}')`
  const id = name.includes('.')
    ? `to_regclass('${name}')`
    : `CASE WHEN has_schema_privilege(current_schema(), 'CREATE') THEN ${own} ELSE to_regclass('${name}') END`
  return `WITH found AS (SELECT ${id} AS id), columns AS (
  SELECT pg_attribute.* FROM found JOIN pg_attribute ON attrelid = id WHERE attnum > 0 AND NOT attisdropped
), keys AS (
  SELECT indexrelid, indisunique AND indimmediate AS is_key, attname, place
  FROM found JOIN pg_index ON indrelid = id CROSS JOIN unnest(indkey::int2[]) WITH ORDINALITY AS key (number, place) JOIN columns ON attnum = number
  WHERE indisvalid AND indpred IS NULL AND indexprs IS NULL AND place <= indnkeyatts
)
SELECT 'table ${name}' AS part FROM found WHERE id IS NOT NULL
UNION ALL SELECT 'column ${name}.' || attname || ' of type ' || format_type(atttypid, NULL) FROM columns
UNION ALL SELECT 'column ${name}.' || attname || ' with a default' FROM columns WHERE atthasdef OR attidentity <> ''
UNION ALL SELECT 'an index of ${name}: (' || attname || ')' FROM keys WHERE place = 1
UNION ALL SELECT 'a unique key of ${name}: (' || string_agg(attname, ', ' ORDER BY attname) || ')' FROM keys WHERE is_key GROUP BY indexrelid`
}
