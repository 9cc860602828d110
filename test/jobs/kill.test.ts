/** Processes that are killed at any moment: each order has its job, no job is lost, and no effect happens twice. */
import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { openSchema } from '../channel/stores.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { DATABASE_URL } from '../support/servers.ts'
import { afterwards } from '../support/afterwards.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'

const KILLS = fuzzRuns(4, 100)
const ORDERS = fuzzRuns(150, 10_000)
const PROGRAM = programAt(join(import.meta.dirname, 'killed.program.ts'))

test(`${KILLS} kills of server and workers: each of ${ORDERS} orders is shipped once`, async (t) => {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return
  const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
  const schema = rows[0]!.search_path
  await pool.query('CREATE TABLE orders (id int PRIMARY KEY)')
  await pool.query('CREATE TABLE shipped (id int)')
  await pool.query('CREATE TABLE attempt (id int, attempt int, attempts int)')
  const countOf = async (table: string) => (await pool.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`)).rows[0]!.n

  let isEnding = false
  const running: ChildProcess[] = []
  const begin = (place: number) => {
    const mode = place === 0 ? 'enqueue' : 'work'
    const child = spawn(process.execPath, [...PROGRAM_OPTIONS, PROGRAM, mode, DATABASE_URL, schema, String(ORDERS)], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    running[place] = child
    child.once('exit', (code) => {
      // The one that enqueues ends by itself when all orders are there.
      if (!isEnding && code !== 0) begin(place)
    })
  }
  afterwards(t, () => {
    isEnding = true
    for (const child of running) child.kill('SIGKILL')
  })
  for (let place = 0; place < 3; place++) begin(place)

  let shipped = 0
  for (let kills = 0; kills < KILLS; kills++) {
    // A kill says something where work was done since the last one.
    const before = shipped
    while (shipped === before && shipped < ORDERS) {
      await sleep(20)
      shipped = await countOf('shipped')
    }
    running[kills % 3]!.kill('SIGKILL')
  }
  while ((await countOf('orders')) < ORDERS || (await countOf('shipped')) < ORDERS) await sleep(50)
  const { rows: twice } = await pool.query('SELECT id FROM shipped GROUP BY id HAVING count(*) <> 1')
  const { rows: without } = await pool.query(
    'SELECT coalesce(o.id, s.id) AS id FROM orders o FULL JOIN shipped s ON o.id = s.id WHERE o.id IS NULL OR s.id IS NULL',
  )
  const { rows: tooMany } = await pool.query('SELECT id FROM attempt WHERE attempt > attempts')
  assert.deepEqual({ twice, without, tooMany }, { twice: [], without: [], tooMany: [] })
})
