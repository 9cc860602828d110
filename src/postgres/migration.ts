/** Tables that are made when they are first needed. */
import type { RunSQL } from './executor.ts'

/** `tables` are statements of `CREATE … IF NOT EXISTS`. They run once; where they fail, the next call tries again. */
export function createMigration(run: RunSQL, tables: string): () => Promise<void> {
  let migrated: Promise<void> | undefined
  return () => {
    migrated ??= createTables(run, tables).catch((error: unknown) => {
      migrated = undefined
      throw error
    })
    return migrated
  }
}

/** Two processes that start at once may both make a table: the second one finds it made. */
async function createTables(run: RunSQL, tables: string): Promise<void> {
  for (const statement of tables.split(';').filter((text) => text.trim() !== '')) {
    await run(statement).catch(async () => run(statement))
  }
}
