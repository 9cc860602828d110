/** A process that a test kills: one process with its data and its jobs on PGlite. Orders are stored with their jobs, and shipped with the end of these. */
import { PGlite } from '@electric-sql/pglite'
import { z } from 'zod'
import { createJobs, defineJob } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'

const [folder, count] = process.argv.slice(2) as [string, string]
const db = await PGlite.create(folder)
await db.exec(`CREATE TABLE IF NOT EXISTS orders (id int PRIMARY KEY);
  CREATE TABLE IF NOT EXISTS shipped (id int);
  CREATE TABLE IF NOT EXISTS attempt (id int, attempt int, attempts int)`)
const ship = defineJob('ship', { input: z.object({ order: z.int() }), retries: 50, backoff: { delayMs: 0 } })
const work = ship.work(async ({ order }, { attempt, attempts, complete }) => {
  await db.query('INSERT INTO attempt VALUES ($1, $2, $3)', [order, attempt, attempts])
  await db.transaction(async (transaction) => {
    await transaction.query('INSERT INTO shipped VALUES ($1)', [order])
    await complete({ in: transaction })
  })
})
const jobs = createJobs({ engine: pgBoss({ db, leaseMs: 2000 }), work: [work], pollMs: 20 })
await jobs.start()
process.stdout.write('started\n')
for (;;) {
  const { rows } = await db.query<{ next: number }>('SELECT count(*)::int AS next FROM orders')
  const { next } = rows[0]!
  if (next >= Number(count)) break
  await db.transaction(async (transaction) => {
    await transaction.query('INSERT INTO orders VALUES ($1)', [next])
    await ship.enqueue({ order: next }, { in: transaction })
  })
  process.stdout.write(`order ${next}\n`)
}
// The last ones are those that a killed process had.
while ((await jobs.counts())[0]!.done < Number(count)) await new Promise((resolve) => setTimeout(resolve, 20))
await jobs.stop()
await db.close()
