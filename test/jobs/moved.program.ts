/** A process that moves the jobs of an outbox to Redis, and dies before it deletes the first row. */
import { Redis } from 'ioredis'
import pg from 'pg'
import { z } from 'zod'
import { bullmq } from '../../src/bullmq/index.ts'
import { createJobs, defineJob } from '../../src/jobs/index.ts'

const [url, schema, redisUrl, prefix] = process.argv.slice(2) as [string, string, string, string]
const pool = new pg.Pool({ connectionString: url, options: `-c search_path=${schema}` })
const dying = {
  query(text: string, values?: unknown[]) {
    if (text.startsWith('DELETE')) process.kill(process.pid, 'SIGKILL')
    return pool.query(text, values)
  },
}
const note = defineJob('note', { input: z.string() })
const jobs = createJobs({ engine: bullmq({ redis: new Redis(redisUrl), prefix, outbox: { db: dying, pollMs: 20 } }), jobs: [note] })
await jobs.open()
