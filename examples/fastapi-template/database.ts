/** PGlite inside this process: in memory, or in a folder. The first start makes the first superuser. */
import { PGlite } from '@electric-sql/pglite'
import { drizzle, type PgliteDatabase } from 'drizzle-orm/pglite'
import { hashPassword } from './password.ts'
import { CREATE_TABLES, users } from './schema.ts'
import type { Settings } from './settings.ts'

export type Database = PgliteDatabase

export interface OpenDatabase extends AsyncDisposable {
  readonly db: Database
}

export async function openDatabase({ DATA_DIR, FIRST_SUPERUSER, FIRST_SUPERUSER_PASSWORD }: Settings): Promise<OpenDatabase> {
  const client = DATA_DIR === undefined ? new PGlite() : new PGlite(DATA_DIR)
  await client.exec(CREATE_TABLES)
  const db = drizzle(client)
  await db
    .insert(users)
    .values({ email: FIRST_SUPERUSER, password_hash: await hashPassword(FIRST_SUPERUSER_PASSWORD), is_superuser: true })
    .onConflictDoNothing()
  return { db, [Symbol.asyncDispose]: () => client.close() }
}
