/** The engine for PostgreSQL. pg-boss stores and locks jobs, counts attempts, detects dead workers and runs the schedules. */
import {
  SingleOpening,
  type JobEngine,
  type JobFilter,
  type JobState,
  type QueueCounts,
  type ScheduledJob,
  type StoredJob,
  type TakenJob,
} from '../jobs/engine.ts'
import { AT_ONCE, endBoss, startBoss, type Boss, type Database } from './boss.ts'
import { JobTable, type Payload } from './job-table.ts'
import { hasCode, toRunSQL, type Row, type RunSQL, type SQLHandle } from '../postgres/executor.ts'
import { createMigration } from '../postgres/tables.ts'

/** Options of `pgBoss()`. */
export interface PgBossOptions {
  /** A `Pool` of `pg`, a PGlite, or a database of Drizzle, Kysely or Prisma. The caller closes it. */
  readonly db: SQLHandle
  /** The schema of pg-boss's tables. Default: `pgboss`. */
  readonly schema?: string
  /** How long a process may be silent before another process gets its jobs, in milliseconds. Default: 30,000. */
  readonly leaseMs?: number
  /** How long ended jobs are kept for their status, for `unique` and for `redrive()`, in milliseconds. Default: 7 days. */
  readonly keepMs?: number
  /** Called for an error of pg-boss's background work. Default: none. */
  readonly onError?: (error: Error) => void
}

/** Creates an engine that keeps jobs in PostgreSQL with pg-boss 10 or 12. */
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
const INSUFFICIENT_PRIVILEGE = '42501'

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
  readonly #jobs: JobTable
  readonly #opening = new SingleOpening('pgBoss()')
  #boss: Boss | undefined = undefined

  constructor(db: SQLHandle, settings: Settings) {
    this.#run = toRunSQL(db)
    this.#runScript = toRunScript(db, this.#run)
    this.#settings = settings
    this.#jobs = new JobTable(this.#run, settings.schema)
    this.leaseMs = settings.leaseMs
  }

  open(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    return this.#opening.open(() => this.#connect(queues, crons))
  }

  async #connect(queues: Parameters<JobEngine['open']>[0], crons: Parameters<JobEngine['open']>[1]): ReturnType<JobEngine['open']> {
    this.#jobs.queues = queues.map(({ name }) => name)
    const boss = await startBoss({
      ...this.#settings,
      db: toDb(this.#runScript),
      queues: this.#jobs.queues,
      scheduled: crons.map(({ queue }) => queue),
    }).catch((cause: unknown) => {
      if (!hasCode(cause, INSUFFICIENT_PRIVILEGE)) throw cause
      throw new Error(
        `SQL_TABLES: pgBoss(): expected the tables of pg-boss and of each queue in schema ${this.#settings.schema}, got none that this role may use. Let a role that may change the schema call jobs.open().`,
        { cause },
      )
    })
    try {
      for (const { queue, job, schedule, timeZone, input, retries, backoffMs } of crons) {
        const data: Payload = { job, input, retries }
        await boss.schedule(queue, schedule, data, { tz: timeZone, key: job, ...this.#retrying(retries, backoffMs) })
      }
      const secret = await this.#readSecret()
      this.#boss = boss
      return { secret }
    } catch (error) {
      await endBoss(boss)
      throw error
    }
  }

  /** The first process creates the secret. */
  async #readSecret(): Promise<string> {
    const name = `${this.#settings.schema}.riposte`
    const columns = { id: 'boolean NOT NULL DEFAULT true CHECK (id)', secret: 'uuid NOT NULL' }
    await createMigration(this.#run, { where: 'pgBoss()', tables: [{ name, columns, key: ['id'] }], creation: 'call jobs.open()' })()
    const read = async () => (await this.#run(`SELECT secret::text AS secret FROM ${name}`))[0]
    const row = await read()
    if (row === undefined) await this.#run(`INSERT INTO ${name} (secret) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING`)
    return (row ?? (await read()))!['secret'] as string
  }

  async unschedule(jobs: readonly ScheduledJob[]): Promise<void> {
    for (const { queue, job } of jobs)
      for (const { name, key, data } of await this.#open.getSchedules(queue))
        if (name === queue && data?.job === job) await this.#open.unschedule(name, key)
  }

  async close(): Promise<void> {
    await this.#boss?.stop(AT_ONCE)
    this.#opening.close()
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
    // The statement returns the jobs in no particular order.
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

  complete(job: TakenJob, result: string | undefined, transaction?: unknown): Promise<boolean> {
    return this.#jobs.complete(job, result, transaction)
  }

  async fail(job: TakenJob, reason: string, isFinal: boolean): Promise<JobState> {
    const output = await this.#jobs.endAttempts(job, isFinal)
    // pg-boss schedules the next attempt, with jitter.
    if (output !== undefined) await this.#open.fail(job.queue, job.id, { ...output, reason })
    return (await this.find(job.id))?.state ?? 'failed'
  }

  handBack(jobs: readonly TakenJob[]): Promise<void> {
    return this.#jobs.handBack(jobs)
  }

  extend(jobs: readonly TakenJob[]): Promise<ReadonlySet<string>> {
    return this.#jobs.extend(jobs)
  }

  report(job: TakenJob, progress: string): Promise<void> {
    return this.#jobs.report(job, progress)
  }

  find(id: string, transaction?: unknown): Promise<StoredJob | undefined> {
    return this.#jobs.find(id, transaction)
  }

  cancel(id: string): Promise<boolean> {
    return this.#jobs.cancel(id)
  }

  list(filter: JobFilter): Promise<readonly StoredJob[]> {
    return this.#jobs.list(filter)
  }

  counts(): Promise<readonly QueueCounts[]> {
    return this.#jobs.counts()
  }

  prune(before: Date): Promise<number> {
    return this.#jobs.prune(before)
  }

  redrive(id: string): Promise<boolean> {
    return this.#jobs.redrive(id)
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
      // Only for pg-boss 12: version 10 has an option of the constructor.
      deleteAfterSeconds: Math.ceil(this.#settings.keepMs / 1000),
    }
  }
}

/** pg-boss creates its tables with several statements in one text. PGlite has a separate method for that. */
function toRunScript(db: SQLHandle, run: RunSQL): RunSQL {
  const { exec } = db as { readonly exec?: (text: string) => Promise<readonly { readonly rows: readonly Row[] }[]> }
  if (typeof exec !== 'function') return run
  return async (text, values = []) => (values.length > 0 ? run(text, values) : ((await exec.call(db, text)).at(-1)?.rows ?? []))
}

function toDb(run: RunSQL): Database {
  return { executeSql: async (text, values) => ({ rows: [...(await run(text, values))] }) }
}
