/**
 * Page 1, 1,000 and 50,000 of 1,000,000 rows on PostgreSQL, by offset and by cursor, and each count mode on 100,000 and 1,000,000 rows.
 * `npx tsx bench/pagination/run.ts` writes RESULTS.md beside it; DATABASE_URL names the server. Each round runs every case once, and a ratio is the
 * median of the ratios of the rounds: what slows a whole round down is no part of it.
 */
import { writeFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'pg'
import { LimitOffsetPage } from '../../src/index.ts'
import { CursorPage, type QuerySource } from '../../src/pagination/index.ts'
import { createCursorCodec } from '../../src/pagination/cursor.ts'
import { fromSQL } from '../../src/sql/index.ts'

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

type Cases = Readonly<Record<string, () => Promise<unknown>>>

/** Milliseconds of each round, by name. */
async function measure(cases: Cases): Promise<Readonly<Record<string, readonly number[]>>> {
  const times: Record<string, number[]> = {}
  for (let round = -2; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(cases)) {
      const start = performance.now()
      await run()
      // The first rounds fill the caches of the database.
      if (round >= 0) (times[name] ??= []).push(performance.now() - start)
    }
  }
  return times
}

function ratioOf(times: readonly number[], base: readonly number[]): string {
  return median(times.map((time, round) => time / base[round]!)).toFixed(2)
}

const PAGES = [1, 1000, 50_000]
const MODES = ['exact', 'window', 'estimated', 'capped', 'none'] as const

function report(times: Readonly<Record<string, readonly number[]>>, version: string): string {
  const base = times['cursor 1']!
  const pages = ['offset', 'cursor'].map(
    (way) => `| by ${way} | ${PAGES.map((page) => ratioOf(times[`${way} ${page}`]!, base)).join(' | ')} |`,
  )
  const modes = MODES.map((mode) => {
    const [few, many] = [times[`${mode} few`]!, times[`${mode} many`]!]
    return `| ${mode} | ${ratioOf(few, base)} | ${ratioOf(many, base)} | ${ratioOf(many, few)} |`
  })
  return `# Pages of PostgreSQL

${new Date().toISOString().slice(0, 10)}, ${cpus()[0]!.model}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(0)}, Node ${process.versions.node},
PostgreSQL ${version}. Time for a page of ${SIZE} rows, ordered by a timestamp and the key with an index on both, relative to page 1 by cursor
(${median(base).toFixed(1)} ms): **lower is better**. Medians of ${ROUNDS} rounds of all cases in turn.

1,000,000 rows:

|  | page 1 | page 1,000 | page 50,000 |
| --- | --- | --- | --- |
${pages.join('\n')}

Page 1 by offset, with the total:

| total | 100,000 rows | 1,000,000 rows | the second for the first |
| --- | --- | --- | --- |
${modes.join('\n')}
`
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
      return createCursorCodec(['a secret of the benchmark']).encode({ isBackward: false, key }, JSON.stringify([many.order, null, null]))
    }
    const cases: Record<string, () => Promise<unknown>> = {}
    for (const page of PAGES) {
      const cursor = await cursorAt(page)
      cases[`offset ${page}`] = () => Uncounted.paginate(many, { limit: SIZE, offset: (page - 1) * SIZE })
      cases[`cursor ${page}`] = () => Cursors.paginate(many, { cursor, size: SIZE })
    }
    for (const total of MODES) {
      const Shape = LimitOffsetPage.with({ total, name: `List${total}` })
      for (const table of ['few', 'many'] as const) {
        const source = sourceOf(pool, table)
        cases[`${total} ${table}`] = () => Shape.paginate(source, { limit: SIZE, offset: 0 } as never)
      }
    }
    const times = await measure(cases)
    const { rows } = await pool.query('show server_version')
    const results = report(times, rows[0].server_version as string)
    console.log(results)
    await writeFile(join(import.meta.dirname, 'RESULTS.md'), results)
  } finally {
    await pool.end()
    await admin.query(`drop database ${name}`)
    await admin.end()
  }
}

await main()
