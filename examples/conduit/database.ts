/** PGlite inside this process: in memory, or in a folder. */
import { PGlite } from '@electric-sql/pglite'
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite'
import { CREATE_TABLES } from './schema.ts'

export type Database = PgliteDatabase

export interface OpenDatabase extends AsyncDisposable {
  readonly db: Database
}

export async function openDatabase(folder: string | undefined): Promise<OpenDatabase> {
  const client = folder === undefined ? new PGlite() : new PGlite(folder)
  await client.exec(CREATE_TABLES)
  return { db: drizzle(client), [Symbol.asyncDispose]: () => client.close() }
}
