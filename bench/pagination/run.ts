/**
 * Page 1, 1,000 and 50,000 of 1,000,000 rows on PostgreSQL, by offset and by cursor, and each count mode on 100,000 and 1,000,000 rows.
 * `npx tsx bench/pagination/run.ts`; DATABASE_URL names the server. Ratios of medians, measured in turn in one run.
 */
import { Pool } from 'pg'
import { LimitOffsetPage } from '../../src/index.ts'
import { CursorPage, type QuerySource } from '../../src/pagination/index.ts'
import { fromSQL, sql } from '../../src/sql/index.ts'

const SERVER = (process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres').replace(/\/[^/]*$/, '')
const SIZE = 20
const ROUNDS = 21

interface Row {
  readonly id: number
}

function sourceOf(pool: Pool, table: 'few' | 'many'): QuerySource<Row> {
  const text = `select id, made, title from ${table}`
  return fromSQL<Row>(pool, { text, values: [] }, { orderBy: ['-made'], key: ['id'], notNull: ['made'] })
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

/** Milliseconds, by name: each round runs every case once. */
async function measure(cases: Readonly<Record<string, () => Promise<unknown>>>): Promise<Readonly<Record<string, number>>> {
  const times: Record<string, number[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now()
      await run()
      ;(times[name] ??= []).push(performance.now() - start)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, all]) => [name, median(all)]))
}

async function main(): Promise<void> {
  const name = `riposte_pages_bench_${process.pid}`
  const admin = new Pool({ connectionString: `${SERVER}/postgres`, max: 1 })
  await admin.query(`create database ${name}`)
  const pool = new Pool({ connectionString: `${SERVER}/${name}`, max: 4 })
  try {
    for (const [table, rows] of [
      ['few', 100_000],
      ['many', 1_000_000],
    ] as const) {
      await pool.query(`create table ${table} (id integer primary key, made timestamptz(6) not null, title text not null)`)
      await pool.query(
        `insert into ${table} select n, '2024-01-01'::timestamptz + (n / 3) * interval '1 microsecond', 'row ' || n from generate_series(1, ${rows}) n`,
      )
      await pool.query(`create index on ${table} (made, id)`)
      await pool.query(`vacuum analyze ${table}`)
    }
    const many = sourceOf(pool, 'many')
    const Cursors = CursorPage.with({ keys: ['a secret of the benchmark'] })
    const Uncounted = LimitOffsetPage.with({ total: 'none' })
    const cursorAt = async (page: number) => {
      if (page === 1) return undefined
      const [last] = await many.slice((page - 1) * SIZE - 1, 1)
      const { rows } = await pool.query('select made::text as made, id::text as id from many where id = $1', [last!.id])
      const key = [rows[0].made, rows[0].id] as string[]
      const { createCursorCodec } = await import('../../src/pagination/cursor.ts')
      return createCursorCodec(['a secret of the benchmark']).encode({ isBackward: false, key }, JSON.stringify([many.order, null, null]))
    }
    const cases: Record<string, () => Promise<unknown>> = {}
    for (const page of [1, 1000, 50_000]) {
      const cursor = await cursorAt(page)
      cases[`offset ${page}`] = () => Uncounted.paginate(many, { limit: SIZE, offset: (page - 1) * SIZE })
      cases[`cursor ${page}`] = () => Cursors.paginate(many, { cursor, size: SIZE })
    }
    for (const total of ['exact', 'window', 'estimated', 'capped', 'none'] as const) {
      const Shape = LimitOffsetPage.with({ total, name: `List${total}` })
      for (const table of ['few', 'many'] as const) {
        const source = sourceOf(pool, table)
        cases[`${total} ${table}`] = () => Shape.paginate(source, { limit: SIZE, offset: 0 } as never)
      }
    }
    const times = await measure(cases)
    for (const [label, ms] of Object.entries(times))
      console.log(label.padEnd(16), `${ms.toFixed(2)} ms`, `${(ms / times['cursor 1']!).toFixed(2)} × cursor 1`)
  } finally {
    await pool.end()
    await admin.query(`drop database ${name}`)
    await admin.end()
  }
}

await main()
