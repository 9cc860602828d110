/** The outbox: a table in PostgreSQL. A job is inserted in the caller's transaction, and is moved to Redis after the commit. */
import { endsWithin, type NewJob } from '../jobs/engine.ts'
import { toRunSQL, type RunSQL, type SQLHandle } from '../postgres/executor.ts'
import { createMigration } from '../postgres/tables.ts'

/** The table where jobs wait for the commit of their transaction. */
export interface OutboxOptions {
  /** The database of the transactions that are passed to `enqueue()`. */
  readonly db: SQLHandle
  /** The name of the table, which is created if it is missing. Default: `riposte_outbox`. */
  readonly table?: string
  /** How often the table is read, in milliseconds. Default: 200. */
  readonly pollMs?: number
}

/** A job that waits for the commit of its transaction, or to be moved. */
export interface WaitingJob extends NewJob {
  readonly createdAt: Date
}

const BATCH = 500
const CLOSE_MS = 2000

export class Outbox {
  /** Creates the table if it is missing. */
  readonly migrate: () => Promise<void>
  readonly #run: RunSQL
  readonly #table: string
  readonly #pollMs: number
  /** Stores jobs in Redis. A job that is already there does not change. */
  readonly #store: (jobs: readonly WaitingJob[]) => Promise<void>
  readonly #onError: (error: Error) => void
  #moving: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(
    { db, table = 'riposte_outbox', pollMs = 200 }: OutboxOptions,
    store: (jobs: readonly WaitingJob[]) => Promise<void>,
    onError: (error: Error) => void,
  ) {
    if (!/^[a-z_][a-z0-9_]{0,49}$/.test(table))
      throw new RangeError('JOB_SCHEMA: bullmq(): outbox.table must be a plain name of PostgreSQL.')
    this.#run = toRunSQL(db)
    const columns = { place: 'bigint NOT NULL GENERATED ALWAYS AS IDENTITY', id: 'uuid NOT NULL', job: 'jsonb NOT NULL' }
    this.migrate = createMigration(this.#run, {
      where: 'bullmq()',
      tables: [{ name: table, columns, key: ['id'] }],
      creation: 'call jobs.open()',
    })
    this.#table = table
    this.#pollMs = pollMs
    this.#store = store
    this.#onError = onError
  }

  /** Moves committed jobs from now on. */
  open(): void {
    const poll = () => {
      void this.move()
        .catch((error: unknown) => this.#onError(error as Error)) // database clients and Redis clients reject with errors
        .finally(() => {
          if (this.#timer !== undefined) this.#timer = setTimeout(poll, this.#pollMs).unref()
        })
    }
    this.#timer = setTimeout(poll, this.#pollMs).unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // Jobs that are not moved now stay in the table.
    await endsWithin(
      CLOSE_MS,
      this.#moving.catch(() => undefined),
    )
  }

  /** `false` if the table has a job with this id. */
  async insert(job: NewJob, transaction: unknown): Promise<boolean> {
    const waiting: WaitingJob = { ...job, createdAt: new Date() }
    const rows = await toRunSQL(transaction)(
      `INSERT INTO ${this.#table} (id, job) VALUES ($1::uuid, $2::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
      [job.id, JSON.stringify(waiting)],
    )
    return rows.length > 0
  }

  async find(id: string, transaction?: unknown): Promise<WaitingJob | undefined> {
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const rows = await run(`SELECT job::text AS job FROM ${this.#table} WHERE id = $1::uuid`, [id])
    return rows.map(toJob)[0]
  }

  /** Moves all committed jobs to Redis. If the process dies between storing and deleting, another process stores the job again, which changes nothing: the id is the same. */
  move(): Promise<void> {
    this.#moving = this.#moving.catch(() => undefined).then(() => this.#moveAll())
    return this.#moving
  }

  async #moveAll(): Promise<void> {
    for (;;) {
      const rows = await this.#run(`SELECT id, job::text AS job FROM ${this.#table} ORDER BY place LIMIT ${BATCH}`)
      if (rows.length === 0) return
      await this.#store(rows.map(toJob))
      const ids = rows.map(({ id }) => id as string)
      await this.#run(`DELETE FROM ${this.#table} WHERE id = ANY($1::uuid[])`, [`{${ids.join(',')}}`])
      if (rows.length < BATCH) return
    }
  }
}

function toJob({ job }: Readonly<Record<string, unknown>>): WaitingJob {
  const { startAt, createdAt, ...stored } = JSON.parse(job as string) as NewJob & { readonly startAt?: string; readonly createdAt: string } // `insert()` wrote it
  return { ...stored, startAt: startAt === undefined ? undefined : new Date(startAt), createdAt: new Date(createdAt) }
}
