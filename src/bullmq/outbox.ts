/** Jobs that wait in PostgreSQL for the commit of the transaction that they are part of, and are then moved to Redis. */
import { endsWithin } from '../jobs/ends-within.ts'
import type { NewJob } from '../jobs/engine.ts'
import { toRunSQL, type RunSQL, type SQLHandle } from '../postgres/executor.ts'

/** Where jobs wait for the commit of their transaction. */
export interface OutboxOptions {
  /** The database of the transactions that `enqueue()` is given. */
  readonly db: SQLHandle
  /** Made where it is missing. Default: `riposte_outbox`. */
  readonly table?: string
  /** Between two looks for jobs that were committed. Default: 200. */
  readonly pollMs?: number
}

const BATCH = 500
const CLOSE_MS = 2000

export class Outbox {
  readonly #run: RunSQL
  readonly #table: string
  readonly #pollMs: number
  /** Stores jobs in Redis. A job that is there already does not change. */
  readonly #store: (jobs: readonly NewJob[]) => Promise<void>
  readonly #onError: (error: Error) => void
  #moving: Promise<void> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(
    { db, table = 'riposte_outbox', pollMs = 200 }: OutboxOptions,
    store: (jobs: readonly NewJob[]) => Promise<void>,
    onError: (error: Error) => void,
  ) {
    if (!/^[a-z_][a-z0-9_]{0,49}$/.test(table))
      throw new RangeError('JOB_SCHEMA: bullmq(): outbox.table must be a plain name of PostgreSQL.')
    this.#run = toRunSQL(db)
    this.#table = table
    this.#pollMs = pollMs
    this.#store = store
    this.#onError = onError
  }

  async open(): Promise<void> {
    await this.#run(
      `DO $$ BEGIN
         PERFORM pg_advisory_xact_lock(hashtext('${this.#table}'));
         CREATE TABLE IF NOT EXISTS ${this.#table} (place bigint GENERATED ALWAYS AS IDENTITY, id uuid PRIMARY KEY, job jsonb NOT NULL);
       END $$`,
    )
    const poll = () => {
      void this.move()
        .catch((error: unknown) => this.#onError(error as Error)) // libraries of databases and Redis reject with errors
        .finally(() => {
          if (this.#timer !== undefined) this.#timer = setTimeout(poll, this.#pollMs).unref()
        })
    }
    this.#timer = setTimeout(poll, this.#pollMs).unref()
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    // What is not moved now stays in the table.
    await endsWithin(
      CLOSE_MS,
      this.#moving.catch(() => undefined),
    )
  }

  /** `false` where a job with this id waits already. */
  async insert(job: NewJob, transaction: unknown): Promise<boolean> {
    const rows = await toRunSQL(transaction)(
      `INSERT INTO ${this.#table} (id, job) VALUES ($1::uuid, $2::jsonb) ON CONFLICT DO NOTHING RETURNING id`,
      [job.id, JSON.stringify(job)],
    )
    return rows.length > 0
  }

  async find(id: string, transaction?: unknown): Promise<NewJob | undefined> {
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const rows = await run(`SELECT job::text AS job FROM ${this.#table} WHERE id = $1::uuid`, [id])
    return rows.map(toJob)[0]
  }

  /** Moves all jobs that were committed. A process that dies between the two steps leaves the rest to the next one: the id makes them one job. */
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

function toJob({ job }: Readonly<Record<string, unknown>>): NewJob {
  const stored = JSON.parse(job as string) as NewJob & { readonly startAt?: string } // as `insert()` wrote it
  return stored.startAt === undefined ? stored : { ...stored, startAt: new Date(stored.startAt) }
}
