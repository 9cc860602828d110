/** One process on PGlite that is killed and restarted: each order has its job, no job is lost, and no effect happens twice. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { PGlite } from '@electric-sql/pglite'
import { afterwards } from '../support/afterwards.ts'
import { fuzzRuns } from '../support/fuzz.ts'
import { PROGRAM_OPTIONS, programAt } from '../support/program.ts'

const KILLS = fuzzRuns(1, 100)
const ORDERS = fuzzRuns(20, 10_000)
const PROGRAM = programAt(join(import.meta.dirname, 'embedded.program.ts'))

test(`${KILLS} kills of a process on PGlite: each of ${ORDERS} orders is shipped once`, async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-jobs-'))
  afterwards(t, () => rm(folder, { recursive: true }))
  /** Resolves with the exit code, or with `null` where the process was killed after so many orders. */
  const run = async (killAfter: number): Promise<number | null> => {
    const child = spawn(process.execPath, [...PROGRAM_OPTIONS, PROGRAM, folder, String(ORDERS)], { stdio: ['ignore', 'pipe', 'inherit'] })
    afterwards(t, () => child.kill('SIGKILL'))
    const ended = once(child, 'exit')
    let seen = 0
    for await (const line of createInterface({ input: child.stdout }))
      if (line.startsWith('order') && ++seen === killAfter) child.kill('SIGKILL')
    const [code] = (await ended) as [number | null]
    return code
  }
  const share = Math.floor(ORDERS / (KILLS + 1))
  for (let kills = 0; kills < KILLS; kills++) assert.equal(await run(share), null)
  assert.equal(await run(Infinity), 0)

  const db = await PGlite.create(folder)
  afterwards(t, () => db.close())
  const list = async (query: string) => (await db.query(query)).rows
  assert.deepEqual(
    {
      count: await list('SELECT count(*)::int AS n FROM orders'),
      twice: await list('SELECT id FROM shipped GROUP BY id HAVING count(*) <> 1'),
      without: await list('SELECT o.id FROM orders o FULL JOIN shipped s ON o.id = s.id WHERE o.id IS NULL OR s.id IS NULL'),
      tooMany: await list('SELECT id FROM attempt WHERE attempt > attempts'),
    },
    { count: [{ n: ORDERS }], twice: [], without: [], tooMany: [] },
  )
})
