/** The module that `riposte work` and `riposte jobs` are given in jobs.test.ts. */
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { z } from 'zod'
import { createJobs, defineJob } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'

const { SCHEMA, URL, STOP_MS } = process.env as Readonly<Record<string, string>>
const pool = new pg.Pool({ connectionString: URL, options: `-c search_path=${SCHEMA}` })
const note = (text: string) => pool.query('INSERT INTO greeted VALUES ($1)', [text])
const input = z.string()
const greet = defineJob('greet', { input })
const broken = defineJob('broken', { input })
const wait = defineJob('wait', { input })
const half = defineJob('half', { input: z.int() })

export const jobs = createJobs({
  engine: pgBoss({ db: pool, schema: SCHEMA!, leaseMs: 60_000 }),
  work: [
    greet.work(async (name) => void (await note(name))),
    broken.work(() => {
      throw new Error('no route\nto host')
    }),
    half.work(async (n, { attempt }) => {
      await note(`begin ${n} ${attempt}`)
      // Even jobs end when the table has the row "go", odd jobs do not end.
      const mayEnd = async () => n % 2 === 0 && (await pool.query("SELECT FROM greeted WHERE name = 'go'")).rowCount !== 0
      while (!(await mayEnd())) await sleep(50)
    }),
    wait.work(async () => {
      await note('waits')
      await sleep(1e6)
    }),
  ],
  concurrency: { greet: 2, half: 50 },
  pollMs: 20,
  stopMs: Number(STOP_MS ?? 100),
  logger: { error() {}, warn() {}, info() {} },
})
export const onlyEnqueues = createJobs({ engine: pgBoss({ db: pool, schema: SCHEMA! }), jobs: [defineJob('other', { input })] })
export const create = () => 1
export const createLater = async () => jobs
