/** A process that dies between `enqueue()` and its answer. With `answered` it does not die. */
import pg from 'pg'
import { z } from 'zod'
import { createApp } from '../../src/index.ts'
import { accepted, createJobs, defineJob, enqueueOnSuccess } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { transaction } from '../../src/postgres/index.ts'

const [mode, url, schema] = process.argv.slice(2) as ['answered' | 'held' | 'transaction', string, string]
const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}` })
const note = defineJob('note', { input: z.string() })
const jobs = createJobs({ engine: pgBoss({ db: pool, schema }), jobs: [note] })
const app = createApp()
app.use(enqueueOnSuccess())
app.post('/', { dependencies: { tx: transaction(pool) }, responses: { 202: accepted(note) } }, async ({ tx }) => {
  const job = await note.enqueue('x', mode === 'held' ? {} : { in: tx })
  if (mode !== 'answered') process.kill(process.pid, 'SIGKILL')
  return job
})
await jobs.open()
await app.request('/', { method: 'POST' })
await jobs.stop()
await pool.end()
