/** PostgreSQL: the server behind DATABASE_URL or, without one, PGlite inside this process. */
import { PGlite } from '@electric-sql/pglite'
import { drizzle as drizzleServer } from 'drizzle-orm/node-postgres'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { drizzle as drizzleEmbedded } from 'drizzle-orm/pglite'
import { join } from 'node:path'
import { Pool } from 'pg'
import { lockFolder } from './lock.ts'
import { CREATE_TABLES } from './schema.ts'

/** What queries are made with, the same for both. */
export type Database = PgDatabase<PgQueryResultHKT>

export interface OpenDatabase extends AsyncDisposable {
  readonly db: Database
  /** Below Drizzle: for what brings SQL of its own. */
  readonly client: Pool | PGlite
}

export function openDatabase(url: string | undefined, folder: string): Promise<OpenDatabase> {
  return url === undefined ? openEmbedded(folder) : openServer(url)
}

async function openServer(url: string): Promise<OpenDatabase> {
  const pool = new Pool({ connectionString: url })
  // A connection that idles may break at any time. That must not end the process.
  pool.on('error', (error) => console.error(`PostgreSQL: ${error.message}`))
  await pool.query(CREATE_TABLES)
  return { db: drizzleServer(pool), client: pool, [Symbol.asyncDispose]: () => pool.end() }
}

async function openEmbedded(folder: string): Promise<OpenDatabase> {
  const lock = await lockFolder(folder)
  const client = await PGlite.create(join(folder, 'postgres'))
  await client.exec(CREATE_TABLES)
  return {
    db: drizzleEmbedded(client),
    client,
    async [Symbol.asyncDispose]() {
      await client.close()
      await lock[Symbol.asyncDispose]()
    },
  }
}
