/** Jobs in PostgreSQL by pg-boss: it stores, locks, counts attempts, expires and keeps the clock. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  countStates,
  type JobEngine,
  type JobFilter,
  type JobState,
  type QueueCounts,
  type StoredJob,
  type TakenJob,
} from '../jobs/engine.ts'
import { startBoss, type Boss, type Database } from './boss.ts'
import { STATES, toArray, toStored, type Payload } from './rows.ts'
import { toRunSQL, type Row, type RunSQL, type SQLHandle } from '../postgres/executor.ts'

/** Options of `pgBoss()`. */
export interface PgBossOptions {
  /** A `Pool` of `pg`, a PGlite, or a database of Drizzle, Kysely or Prisma. It stays open: it is the caller's. */
  readonly db: SQLHandle
  /** Default: `pgboss`. */
  readonly schema?: string
  /** How long a process may be silent before its jobs are given to another one. Default: 30,000. */
  readonly leaseMs?: number
  /** How long jobs that have ended are kept: for their status, for `unique`, and to start failed ones again. Default: 7 days. */
  readonly keepMs?: number
  /** Called for an error of pg-boss's own upkeep. Default: none. */
  readonly onError?: (error: Error) => void
}

/** Jobs in PostgreSQL, by pg-boss 10 or 12. */
export function pgBoss({
  db,
  schema = 'pgboss',
  leaseMs = 30_000,
  keepMs = 7 * DAY_MS,
  onError = () => undefined,
}: PgBossOptions): JobEngine {
  if (!/^[a-z_][a-z0-9_]{0,49}$/.test(schema)) throw new RangeError('JOB_SCHEMA: pgBoss(): schema must be a plain name of PostgreSQL.')
  return new PgBossEngine(db, { schema, leaseMs, keepMs, onError })
}

const DAY_MS = 86_400_000
const MOST_CLOSE_MS = 5000

interface Settings {
  readonly schema: string
  readonly leaseMs: number
  readonly keepMs: number
  readonly onError: (error: Error) => void
}

class PgBossEngine implements JobEngine {
  readonly leaseMs: number
  readonly #run: RunSQL
  readonly #runScript: RunSQL
  readonly #settings: Settings
  readonly #table: string
  #boss: Boss | undefined = undefined
  #queues: readonly string[] = []

  constructor(db: SQLHandle, settings: Settings) {
    this.#run = toRunSQL(db)
    this.#runScript = toRunScript(db, this.#run)
    this.#settings = settings
    this.#table = `${settings.schema}.job`
    this.leaseMs = settings.leaseMs
  }

  async open(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    this.#queues = queues.map(({ name }) => name)
    const boss = await startBoss({
      ...this.#settings,
      db: toDb(this.#runScript),
      queues: this.#queues,
      scheduled: crons.map(({ queue }) => queue),
    })
    for (const { queue, job, schedule, timeZone, input, retries, backoffMs } of crons) {
      const data: Payload = { job, input, retries }
      await boss.schedule(queue, schedule, data, { tz: timeZone, key: job, ...this.#retrying(retries, backoffMs) })
    }
    this.#boss = boss
    return { secret: await this.#readSecret() }
  }

  /** The first process makes it. */
  async #readSecret(): Promise<string> {
    const table = `${this.#settings.schema}.riposte`
    await this.#runScript(`DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(hashtext('${table}'));
      CREATE TABLE IF NOT EXISTS ${table} (id boolean PRIMARY KEY DEFAULT true CHECK (id), secret uuid NOT NULL);
      INSERT INTO ${table} (secret) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING;
    END $$`)
    const [row] = await this.#run(`SELECT secret::text AS secret FROM ${table}`)
    return row!['secret'] as string
  }

  /** pg-boss's own stop may wait for a database that is gone. */
  async close(): Promise<void> {
    const stopped = this.#boss?.stop({ graceful: false, close: false, wait: true })
    await Promise.race([stopped, sleep(MOST_CLOSE_MS, undefined, { ref: false })])
  }

  async insert({ id, queue, job, input, ...settings }: Parameters<JobEngine['insert']>[0], transaction?: unknown): Promise<boolean> {
    const { uniqueMs, startAt, origin } = settings
    if (uniqueMs !== undefined && uniqueMs > this.#settings.keepMs)
      throw new RangeError(`JOB_UNIQUE: job ${job}: unique.periodMs is more than the keepMs of pgBoss(). Keep jobs for longer.`)
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const data: Payload = { job, input, retries: settings.retries, origin }
    const stored = await this.#open.send(queue, data, {
      ...this.#retrying(settings.retries, settings.backoffMs),
      id,
      priority: settings.priority,
      db: toDb(run),
      ...(startAt === undefined ? {} : { startAfter: startAt }),
    })
    return stored !== null
  }

  async take(queue: string, count: number): Promise<readonly TakenJob[]> {
    const jobs = await this.#open.fetch<Payload>(queue, { batchSize: count, includeMetadata: true })
    // The statement that takes them gives them in no order.
    const inOrder = jobs.toSorted((one, other) => other.priority - one.priority || one.createdOn.getTime() - other.createdOn.getTime())
    return inOrder.map(({ id, data, retryCount }) => ({
      id,
      queue,
      job: data.job,
      input: data.input,
      attempt: retryCount + 1,
      origin: data.origin,
    }))
  }

  async complete({ id, queue, attempt }: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean> {
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const rows = await run(
      `UPDATE ${this.#table} SET state = 'completed', completed_on = now(), output = coalesce(output, '{}'::jsonb) || $4::jsonb
       WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int RETURNING id`,
      [queue, id, attempt - 1, JSON.stringify(result === undefined ? {} : { result })],
    )
    return rows.length > 0
  }

  async fail({ id, queue, attempt }: TakenJob, reason: string, isFinal: boolean): Promise<JobState> {
    const rows = await this.#run(
      `UPDATE ${this.#table} SET retry_limit = CASE WHEN $4::bool THEN retry_count ELSE retry_limit END
       WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int RETURNING coalesce(output, '{}'::jsonb)::text AS output`,
      [queue, id, attempt - 1, isFinal],
    )
    const [row] = rows
    // pg-boss's own way to fail: it moves the job to its next attempt with jitter.
    if (row !== undefined) await this.#open.fail(queue, id, { ...(JSON.parse(row['output'] as string) as object), reason })
    return (await this.find(id))?.state ?? 'failed'
  }

  /** pg-boss counts an attempt when it takes a job that was started before: a job that is handed back was not. */
  async handBack(jobs: readonly TakenJob[]): Promise<void> {
    for (const { id, queue, attempt } of jobs) {
      await this.#run(
        `UPDATE ${this.#table} SET state = 'retry', started_on = NULL, start_after = now()
         WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int`,
        [queue, id, attempt - 1],
      )
    }
  }

  async extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>> {
    const rows = await this.#run(
      `UPDATE ${this.#table} SET started_on = now()
       WHERE name = ANY($1::text[]) AND id = ANY($2::uuid[]) AND state = 'active' RETURNING id, retry_count`,
      [toArray(jobs.map(({ queue }) => queue)), toArray(jobs.map(({ id }) => id))],
    )
    const attempts = new Map(rows.map((row) => [row['id'] as string, Number(row['retry_count']) + 1]))
    return new Set(jobs.filter(({ id, attempt }) => attempts.get(id) === attempt).map(({ id }) => id))
  }

  async report({ id, queue, attempt }: TakenJob, progress: string): Promise<void> {
    await this.#run(
      `UPDATE ${this.#table} SET output = coalesce(output, '{}'::jsonb) || $4::jsonb
       WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int`,
      [queue, id, attempt - 1, JSON.stringify({ progress })],
    )
  }

  async find(id: string, transaction?: unknown): Promise<StoredJob | undefined> {
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const rows = await this.#select('name = ANY($1::text[]) AND id = $2::uuid', [toArray(this.#queues), id], run)
    return rows[0]
  }

  async cancel(id: string): Promise<boolean> {
    const rows = await this.#run(
      `UPDATE ${this.#table} SET state = 'cancelled', completed_on = now()
       WHERE name = ANY($1::text[]) AND id = $2::uuid AND state < 'completed' RETURNING id`,
      [toArray(this.#queues), id],
    )
    return rows.length > 0
  }

  list({ state, queue, limit = 100 }: JobFilter): Promise<readonly StoredJob[]> {
    const states = state === undefined ? Object.keys(STATES) : Object.keys(STATES).filter((name) => STATES[name] === state)
    return this.#select(`name = ANY($1::text[]) AND state::text = ANY($2::text[]) ORDER BY created_on DESC LIMIT ${Math.trunc(limit)}`, [
      toArray(queue === undefined ? this.#queues : [queue]),
      toArray(states),
    ])
  }

  async counts(): Promise<readonly QueueCounts[]> {
    const rows = await this.#run(
      `SELECT name, state::text AS state, count(*)::int AS count FROM ${this.#table} WHERE name = ANY($1::text[]) GROUP BY name, state`,
      [toArray(this.#queues)],
    )
    const counted = rows.map(({ name, state, count }) => ({
      queue: name as string,
      state: STATES[state as string]!,
      count: Number(count),
    }))
    return countStates(this.#queues, counted)
  }

  async prune(before: Date): Promise<number> {
    const rows = await this.#run(
      `DELETE FROM ${this.#table} WHERE name = ANY($1::text[]) AND state >= 'completed' AND completed_on < $2::timestamptz RETURNING id`,
      [toArray(this.#queues), before.toISOString()],
    )
    return rows.length
  }

  async redrive(id: string): Promise<boolean> {
    const rows = await this.#run(
      `UPDATE ${this.#table} SET state = 'created', retry_limit = (data->>'retries')::int, retry_count = 0, started_on = NULL,
         completed_on = NULL, start_after = now()
       WHERE name = ANY($1::text[]) AND id = $2::uuid AND state = 'failed' RETURNING id`,
      [toArray(this.#queues), id],
    )
    return rows.length > 0
  }

  get #open(): Boss {
    if (this.#boss === undefined) throw new Error('JOB_ENGINE: pgBoss() is not open: start() or open() the jobs first')
    return this.#boss
  }

  #retrying(retries: number, backoffMs: number) {
    return {
      retryLimit: retries,
      retryDelay: Math.ceil(backoffMs / 1000),
      retryBackoff: backoffMs > 0,
      expireInSeconds: Math.max(1, Math.ceil(this.leaseMs / 1000)),
      // pg-boss 10 is told when it starts.
      deleteAfterSeconds: Math.ceil(this.#settings.keepMs / 1000),
    }
  }

  async #select(where: string, values: readonly unknown[], run = this.#run): Promise<readonly StoredJob[]> {
    const rows = await run(
      `SELECT id, name, state::text AS state, data::text AS data, output::text AS output, retry_count, started_on IS NOT NULL AS is_started,
         created_on, completed_on FROM ${this.#table} WHERE ${where}`,
      values,
    )
    return rows.map(toStored)
  }
}

/** pg-boss makes its tables with several statements at once, which PGlite takes by another method. */
function toRunScript(db: SQLHandle, run: RunSQL): RunSQL {
  const { exec } = db as { readonly exec?: (text: string) => Promise<readonly { readonly rows: readonly Row[] }[]> }
  if (typeof exec !== 'function') return run
  return async (text, values = []) => (values.length > 0 ? run(text, values) : ((await exec.call(db, text)).at(-1)?.rows ?? []))
}

function toDb(run: RunSQL): Database {
  return { executeSql: async (text, values) => ({ rows: [...(await run(text, values))] }) }
}
