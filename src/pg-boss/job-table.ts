/** Reads and changes pg-boss's table of jobs by SQL, for operations that pg-boss has no method for. */
import {
  countStates,
  isUUID,
  type JobFilter,
  type JobOrigin,
  type JobState,
  type QueueCounts,
  type StoredJob,
  type TakenJob,
} from '../jobs/engine.ts'
import { toRunSQL, type Row, type RunSQL } from '../postgres/executor.ts'

/** The data of a row. The input is text, so that no digit of a number is lost. */
export interface Payload {
  readonly job: string
  readonly input: string
  /** The declared number. `redrive()` restores it, because a failed job has no attempts left. */
  readonly retries: number
  readonly origin?: JobOrigin | undefined
}

const STATES: Readonly<Record<string, JobState>> = {
  created: 'queued',
  retry: 'queued',
  active: 'running',
  completed: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
}

/** Each statement that changes a running job checks its attempt, because another process may have the job now. */
export class JobTable {
  /** The names of the queues of this process. */
  queues: readonly string[] = []
  readonly #run: RunSQL
  readonly #table: string

  constructor(run: RunSQL, schema: string) {
    this.#run = run
    this.#table = `${schema}.job`
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

  /** Makes a final failure the last attempt. Returns the stored output of the job; `undefined` if this process has lost the job. */
  async endAttempts({ id, queue, attempt }: TakenJob, isFinal: boolean): Promise<object | undefined> {
    const [row] = await this.#run(
      `UPDATE ${this.#table} SET retry_limit = CASE WHEN $4::bool THEN retry_count ELSE retry_limit END
       WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int RETURNING coalesce(output, '{}'::jsonb)::text AS output`,
      [queue, id, attempt - 1, isFinal],
    )
    return row && (JSON.parse(row['output'] as string) as object)
  }

  /** pg-boss counts an attempt when it takes a job that was started before, so the job is marked as not started. */
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
    if (!isUUID(id)) return undefined
    const run = transaction === undefined ? this.#run : toRunSQL(transaction)
    const rows = await this.#select('name = ANY($1::text[]) AND id = $2::uuid', [toArray(this.queues), id], run)
    return rows[0]
  }

  async cancel(id: string): Promise<boolean> {
    if (!isUUID(id)) return false
    const rows = await this.#run(
      `UPDATE ${this.#table} SET state = 'cancelled', completed_on = now()
       WHERE name = ANY($1::text[]) AND id = $2::uuid AND state < 'completed' RETURNING id`,
      [toArray(this.queues), id],
    )
    return rows.length > 0
  }

  list({ state, queue, limit = 100 }: JobFilter): Promise<readonly StoredJob[]> {
    const states = state === undefined ? Object.keys(STATES) : Object.keys(STATES).filter((name) => STATES[name] === state)
    return this.#select(`name = ANY($1::text[]) AND state::text = ANY($2::text[]) ORDER BY created_on DESC LIMIT ${Math.trunc(limit)}`, [
      toArray(queue === undefined ? this.queues : [queue]),
      toArray(states),
    ])
  }

  async counts(): Promise<readonly QueueCounts[]> {
    const rows = await this.#run(
      `SELECT name, state::text AS state, count(*)::int AS count FROM ${this.#table} WHERE name = ANY($1::text[]) GROUP BY name, state`,
      [toArray(this.queues)],
    )
    const counted = rows.map(({ name, state, count }) => ({
      queue: name as string,
      state: STATES[state as string]!,
      count: Number(count),
    }))
    return countStates(this.queues, counted)
  }

  async prune(before: Date): Promise<number> {
    const rows = await this.#run(
      `DELETE FROM ${this.#table} WHERE name = ANY($1::text[]) AND state >= 'completed' AND completed_on < $2::timestamptz RETURNING id`,
      [toArray(this.queues), before.toISOString()],
    )
    return rows.length
  }

  async redrive(id: string): Promise<boolean> {
    if (!isUUID(id)) return false
    const rows = await this.#run(
      `UPDATE ${this.#table} SET state = 'created', retry_limit = (data->>'retries')::int, retry_count = 0, started_on = NULL,
         completed_on = NULL, start_after = now()
       WHERE name = ANY($1::text[]) AND id = $2::uuid AND state = 'failed' RETURNING id`,
      [toArray(this.queues), id],
    )
    return rows.length > 0
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

interface Output {
  readonly progress?: string
  readonly result?: string
  readonly reason?: string
}

function toStored(row: Row): StoredJob {
  const { job, input } = JSON.parse(row['data'] as string) as Payload // the engine stored it
  const { progress, result, reason } = JSON.parse((row['output'] as string | null) ?? '{}') as Output // the engine stored it
  const completedOn = row['completed_on'] as string | Date | null
  return {
    id: row['id'] as string,
    queue: row['name'] as string,
    job,
    state: STATES[row['state'] as string]!,
    input,
    attempts: Number(row['retry_count']) + (row['is_started'] === true ? 1 : 0),
    createdAt: new Date(row['created_on'] as string | Date),
    finishedAt: completedOn === null ? undefined : new Date(completedOn),
    progress,
    result,
    reason,
  }
}

/** An array of PostgreSQL as text, which every driver accepts. */
function toArray(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`
}
