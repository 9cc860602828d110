/** Exports: all rows of a query through a database cursor, as JSON Lines and CSV, until the client disconnects. */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { test } from 'node:test'
import { sql as drizzleSQL } from 'drizzle-orm'
import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { z } from 'zod'
import { csv } from '../../src/csv/index.ts'
import { fromDrizzle } from '../../src/drizzle/index.ts'
import { createApp, jsonl } from '../../src/index.ts'
import { fromKysely } from '../../src/kysely/index.ts'
import type { QuerySource } from '../../src/pagination/index.ts'
import { fromSQL, sql } from '../../src/sql/index.ts'
import { onDatabases, type TestDatabase } from '../support/databases.ts'
import { isLong } from '../support/fuzz.ts'
import { listen } from '../support/listen.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { databaseUrl } from '../support/servers.ts'
import { Wire } from '../support/wire.ts'

const rows = pgTable('exported', { id: integer().primaryKey(), name: text().notNull(), made: timestamp({ withTimezone: true }).notNull() })
const Row = z.object({ id: z.int(), name: z.string(), made: z.date() }).meta({ id: 'ExportedRow' })

interface Tables {
  exported: { id: number; name: string; made: Date }
}

function sourcesOf(db: TestDatabase): Readonly<Record<string, QuerySource<Tables['exported']>>> {
  const drizzle = db.drizzle({ rows })
  const kysely = db.kysely<Tables>()
  return {
    Drizzle: fromDrizzle(
      drizzle,
      drizzle
        .select()
        .from(rows)
        .orderBy(drizzleSQL`${rows.id} desc`),
    ),
    relational: fromDrizzle(drizzle, drizzle.query.rows.findMany({ orderBy: drizzleSQL`${rows.id} desc` })),
    Kysely: fromKysely(kysely, kysely.selectFrom('exported').selectAll().where('id', '>', 0).orderBy('id', 'desc'), { key: ['id'] }),
    SQL: fromSQL(db.sql, sql<Tables['exported']>`select * from exported where id > ${0}`, { orderBy: ['-id'], key: ['id'] }),
  }
}

async function activeQueries(db: TestDatabase): Promise<number> {
  const [row] = await db.run(
    `select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and state <> 'idle'`,
  )
  return row!['n'] as number
}

/** Waits until the database has stopped the query. The time limit of the test runner ends an endless wait. */
async function untilIdle(db: TestDatabase): Promise<void> {
  while ((await activeQueries(db)) > 0) await new Promise((resolve) => setTimeout(resolve, 20))
}

/** How many MiB a million rows take in a process that has exported 50,000. */
async function measureExport(mode: string, url: string): Promise<number> {
  // V8 collects garbage late if memory is free, so that even a loop over a bare cursor grows by 44 MiB. A small heap shows which memory is still used.
  const execArgv = ['--max-semi-space-size=2', '--max-old-space-size=64', ...PROGRAM_OPTIONS]
  const server = fork(programAt(join(import.meta.dirname, 'export-server.program.ts')), [mode, url, 'many'], { execArgv })
  try {
    const [{ port }] = (await once(server, 'message')) as [{ port: number }]
    const memory = async () => {
      server.send('memory')
      return ((await once(server, 'message')) as [{ now: number; most: number }])[0]
    }
    const countLines = async (limit: number) => {
      let lines = 0
      for await (const chunk of (await fetch(`http://localhost:${port}/${limit}`)).body!)
        lines += (chunk as Uint8Array).filter((byte) => byte === 10).length
      return lines
    }
    const header = mode === 'csv' ? 1 : 0
    assert.equal(await countLines(50_000), 50_000 + header)
    const { now } = await memory()
    assert.equal(await countLines(1_000_000), 1_000_000 + header)
    return Math.round(((await memory()).most - now) / 2 ** 20)
  } finally {
    server.disconnect()
  }
}

onDatabases(
  'exports',
  (open) => {
    test('every row, in order, with its types', async () => {
      for (const [name, source] of Object.entries(sourcesOf(open()))) {
        const ids: number[] = []
        for await (const row of source.rows({ batch: 100 })) {
          assert.ok(row.made instanceof Date, name)
          ids.push(row.id)
        }
        assert.deepEqual(
          ids,
          Array.from({ length: 1234 }, (_, index) => 1234 - index),
          name,
        )
      }
    })

    test('a reader that stops early releases the connection', async () => {
      const db = open()
      for (const source of Object.values(sourcesOf(db))) {
        for (let time = 0; time < 8; time++) {
          for await (const row of source.rows({ batch: 10 })) if (row.id < 1225) break
        }
        assert.equal(await source.count(), 1234)
      }
      await untilIdle(db)
    })

    test('an error of the query is thrown', async () => {
      const db = open()
      const source = fromSQL(db.sql, sql`select 1 / (3 - n) as n from generate_series(1, 5) n`, { orderBy: ['n'], key: ['n'] })
      await assert.rejects(async () => {
        for await (const _ of source.rows()) assert.ok(true)
      }, /division by zero/)
      assert.equal((await db.run('select 1 as one')).length, 1)
    })

    test('JSON Lines and CSV of one route', async () => {
      const db = open()
      const app = createApp()
      const source = sourcesOf(db)['SQL']!
      app.get('/rows', { responses: { 200: [jsonl(Row), csv(Row)] } }, ({ signal }) => source.rows({ signal }))
      const lines = await (await app.request('/rows')).text()
      assert.equal(lines.split('\n')[0], '{"id":1234,"name":"a, \\"b\\" 1234","made":"2024-01-01T00:00:00.000Z"}')
      const response = await app.request('/rows', { headers: { accept: 'text/csv' } })
      assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
      const table = (await response.text()).split('\r\n')
      assert.deepEqual(table.slice(0, 2), ['id,name,made', '1234,"a, ""b"" 1234",2024-01-01T00:00:00.000Z'])
      assert.equal(table.length, 1236)
    })

    test('the query stops when the client disconnects', async (t) => {
      const db = open()
      if (db.name === 'PGlite') return t.skip('PGlite runs queries in this process: nothing can stop one')
      const logger = new RecordingLogger()
      const app = createApp({ logger })
      const slow = {
        text: `select n as id, 'x' as name, now() as made, pg_sleep(case when n > 2 then 3600 else 0 end)::text from generate_series(1, 5) n`,
        values: [],
      }
      const source = fromSQL<Tables['exported']>(db.sql, slow, { orderBy: ['id'], key: ['id'] })
      // The rows are sorted already, so that the database returns them one by one.
      app.get('/slow', { responses: { 200: jsonl(Row) } }, ({ signal }) => source.rows({ signal, batch: 1 }))
      await using server = await listen(app)
      const wire = new Wire(server.port).send('GET /slow HTTP/1.1\r\nhost: x\r\n\r\n')
      while ((await activeQueries(db)) === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      wire.leave()
      await untilIdle(db)
      assert.deepEqual(logger.takeMessages(), [])
    })

    test(
      'a million rows take no more memory than 50,000, as in a loop over a cursor of pg',
      { skip: !isLong && 'in npm run test:long' },
      async (t) => {
        const db = open()
        // PGlite keeps its tables in the memory of this process.
        if (db.name === 'PGlite') return t.skip('PGlite holds the rows in this process')
        await db.run(`create table many as select n as id, 'row ' || n as name, now() as made from generate_series(1, 1000000) n`)
        await db.run('create unique index on many (id)')
        await db.run('analyze many')
        const [row] = await db.run('select current_database() as name')
        const grown: Record<string, number> = {}
        for (const mode of ['bare', 'jsonl', 'csv']) {
          grown[mode] = await measureExport(mode, databaseUrl(row!['name'] as string))
          t.diagnostic(`${mode}: RSS was at most ${grown[mode]} MiB above that after an export of 50,000 rows`)
        }
        assert.ok(grown['jsonl']! < 20, 'JSON Lines')
        assert.ok(grown['csv']! < 20, 'CSV')
      },
    )
  },
  async (db) => {
    await db.run('create table exported (id integer primary key, name text not null, made timestamptz not null)')
    await db.run(`insert into exported select n, 'a, "b" ' || n, '2024-01-01 00:00:00+00' from generate_series(1, 1234) n`)
  },
)
