/** A process that a test kills: `enqueue` stores orders with their jobs in one transaction, `work` does the jobs with their effect in one transaction. */
import { drizzle } from 'drizzle-orm/node-postgres'
import { sql } from 'drizzle-orm'
import pg from 'pg'
import { z } from 'zod'
import { createJobs, defineJob } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { silent } from '../support/recording-logger.ts'

const [mode, url, schema, count] = process.argv.slice(2) as ['enqueue' | 'work', string, string, string]
const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}` })
const db = drizzle(pool)
const ship = defineJob('ship', { input: z.object({ order: z.int() }), retries: 50, backoff: { delayMs: 0 } })
const work = ship.work(async ({ order }, { attempt, attempts, complete }) => {
  await pool.query('INSERT INTO attempt VALUES ($1, $2, $3)', [order, attempt, attempts])
  await db.transaction(async (transaction) => {
    await transaction.execute(sql`INSERT INTO shipped VALUES (${order})`)
    await complete({ in: transaction })
  })
})
const jobs = createJobs({
  engine: pgBoss({ db: pool, schema, leaseMs: 2000 }),
  ...(mode === 'work' ? { work: [work] } : { jobs: [ship] }),
  pollMs: 50,
  logger: silent,
})

if (mode === 'work') await jobs.start()
else {
  for (;;) {
    const { rows } = await pool.query<{ next: number }>('SELECT count(*)::int AS next FROM orders')
    const { next } = rows[0]!
    if (next >= Number(count)) break
    await db.transaction(async (transaction) => {
      await transaction.execute(sql`INSERT INTO orders VALUES (${next})`)
      await ship.enqueue({ order: next }, { in: transaction })
    })
  }
  await jobs.stop()
  await pool.end()
}
