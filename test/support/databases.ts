/** The databases that tests of pages run on: PGlite in this process, and a PostgreSQL server where there is one. Each test file has its own. */
import type { PGlite } from '@electric-sql/pglite'
import { drizzle as drizzleServer } from 'drizzle-orm/node-postgres'
import { drizzle as drizzleEmbedded } from 'drizzle-orm/pglite'
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core'
import { CamelCasePlugin, Kysely, PostgresDialect, type PostgresPool } from 'kysely'
import { describe, test } from 'node:test'
import { Pool } from 'pg'
import type { SQLDatabase } from '../../src/sql/index.ts'
import { createPGlite } from './pglite.ts'
import { DATABASE_URL, databaseUrl } from './servers.ts'

export type Row = Record<string, unknown>

export interface TestDatabase extends AsyncDisposable {
  readonly name: 'PGlite' | 'PostgreSQL'
  /** For the sources of each room. */
  readonly sql: SQLDatabase
  readonly drizzle: <Schema extends Record<string, unknown>>(schema?: Schema) => PgDatabase<PgQueryResultHKT, Schema>
  readonly kysely: <Tables>(options?: { readonly camelCase: boolean }) => Kysely<Tables>
  run(text: string, values?: readonly unknown[]): Promise<Row[]>
  /** Statements that were run since it was last asked, where they were counted. */
  takeStatements(): string[]
}

/** Why tests on a server are skipped; `false` where they are not. */
const noServer: string | false = await findServer()

async function findServer(): Promise<string | false> {
  const pool = new Pool({ connectionString: DATABASE_URL, connectionTimeoutMillis: 2000 })
  try {
    await pool.query('select 1')
    return false
  } catch (error) {
    return `there is no PostgreSQL at ${new URL(DATABASE_URL).host} (${error instanceof Error ? error.message : String(error)}); DATABASE_URL may name another`
  } finally {
    await pool.end()
  }
}

/** Runs the tests on both databases. The one that is not there is named in the report. */
export function onDatabases(name: string, tests: (open: () => TestDatabase) => void, setUp: (db: TestDatabase) => Promise<void>): void {
  for (const [kind, open, skip] of [['PGlite', openEmbedded, false] as const, ['PostgreSQL', openServer, noServer] as const]) {
    describe(`${name} on ${kind}`, { skip: skip !== false }, async () => {
      let db: TestDatabase | undefined
      if (skip !== false) test(`skipped: ${skip}`, { skip }, () => {})
      test('the database is there', async () => {
        db = await open()
        await setUp(db)
      })
      tests(() => db!)
      test('the database is closed', async () => {
        await db?.[Symbol.asyncDispose]()
      })
    })
  }
}

async function openServer(): Promise<TestDatabase> {
  const name = `riposte_pages_${process.pid}_${Math.random().toString(36).slice(2, 8)}`
  const admin = new Pool({ connectionString: DATABASE_URL, max: 1 })
  await admin.query(`create database ${name}`)
  const pool = new Pool({ connectionString: databaseUrl(name), max: 6 })
  const statements: string[] = []
  pool.on('connect', (client) => {
    const query = client.query.bind(client) as (...values: unknown[]) => unknown
    client.query = ((...values: unknown[]) => {
      const [first] = values
      statements.push(typeof first === 'string' ? first : (first as { text: string }).text)
      return query(...values)
    }) as typeof client.query
  })
  return {
    name: 'PostgreSQL',
    sql: pool,
    drizzle: (schema) => drizzleServer(pool, { schema: schema ?? {} }) as never, // both drivers have one interface
    kysely: ({ camelCase } = { camelCase: false }) =>
      new Kysely({ dialect: new PostgresDialect({ pool }), plugins: camelCase ? [new CamelCasePlugin()] : [] }),
    run: async (text, values = []) => (await pool.query(text, [...values])).rows as Row[],
    takeStatements: () => statements.splice(0),
    async [Symbol.asyncDispose]() {
      await pool.end()
      await admin.query(`drop database ${name}`)
      await admin.end()
    },
  }
}

async function openEmbedded(): Promise<TestDatabase> {
  const client = await createPGlite()
  const statements: string[] = []
  const query = client.query.bind(client)
  client.query = ((text: string, ...rest: never[]) => {
    statements.push(text)
    return query(text, ...rest)
  }) as typeof client.query
  return {
    name: 'PGlite',
    sql: client,
    drizzle: (schema) => drizzleEmbedded(client, { schema: schema ?? {} }) as never, // both drivers have one interface
    kysely: ({ camelCase } = { camelCase: false }) =>
      new Kysely({ dialect: new PostgresDialect({ pool: poolOf(client) }), plugins: camelCase ? [new CamelCasePlugin()] : [] }),
    run: async (text, values = []) => (await client.query(text, [...values])).rows as Row[],
    takeStatements: () => statements.splice(0),
    [Symbol.asyncDispose]: () => client.close(),
  }
}

/** PGlite has one connection, which one test uses at a time. */
function poolOf(client: PGlite): PostgresPool {
  let free = Promise.resolve()
  return {
    async connect() {
      const before = free
      let release!: () => void
      free = new Promise((resolve) => {
        release = resolve
      })
      await before
      return {
        query: (async (text: string, values: readonly unknown[]) => {
          const { rows, affectedRows = 0 } = await client.query(text, [...values])
          return { command: 'SELECT', rowCount: affectedRows, rows }
        }) as never, // the dialect reads no more of a result
        release,
      }
    },
    end: async () => {},
  }
}
