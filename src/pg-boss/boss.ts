/** One interface for the versions 10 and 12 of pg-boss. Version 10 runs on Node 20, version 12 needs Node 22. */
import type PgBoss from 'pg-boss'
import { hasCode } from '../postgres/executor.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

export interface Database {
  executeSql(text: string, values?: unknown[]): Promise<{ rows: any[] }> // oxlint-disable-line typescript/no-explicit-any -- pg-boss declares it so
}

/** A job that `fetch()` of both versions returns. */
interface FetchedJob<Data> {
  readonly id: string
  readonly data: Data
  readonly retryCount: number
  readonly priority: number
  readonly createdOn: Date
}

/** The methods of pg-boss that the engine calls. */
export interface Boss {
  send(queue: string, data: object, options: object): Promise<string | null>
  fetch<Data>(queue: string, options: { readonly batchSize: number; readonly includeMetadata: true }): Promise<readonly FetchedJob<Data>[]>
  fail(queue: string, id: string, data: object): Promise<unknown>
  schedule(queue: string, cron: string, data: object, options: object): Promise<void>
  /** Version 10 returns the schedules of all queues. Only version 12 has a `key`, because it allows several schedules per queue. */
  getSchedules(
    queue: string,
  ): Promise<readonly { readonly name: string; readonly key?: string; readonly data?: { readonly job?: string } | null }[]>
  unschedule(queue: string, key?: string): Promise<void>
  stop(options: object): Promise<void>
}

interface NewBoss extends Boss {
  on(event: 'error', listener: (error: Error) => void): unknown
  start(): Promise<unknown>
  createQueue(name: string, options?: object): Promise<void>
}

interface BossOptions {
  readonly db: Database
  readonly queues: readonly string[]
  /** The queue of each job with `cron`. A queue with two such jobs is in the list twice. */
  readonly scheduled: readonly string[]
  readonly schema: string
  readonly leaseMs: number
  readonly keepMs: number
  readonly onError: (error: Error) => void
}

export async function startBoss({ db, queues, scheduled, schema, leaseMs, keepMs, onError }: BossOptions): Promise<Boss> {
  const { Constructor, hasScheduleKeys } = await loadBoss()
  const twice = scheduled.find((queue, index) => scheduled.indexOf(queue) !== index)
  if (twice !== undefined && !hasScheduleKeys) {
    throw new DeclarationError(
      'JOB_CRON',
      `queue ${twice}`,
      'pg-boss 10 keeps one schedule for a queue, got two jobs with cron',
      'Give each a queue of its own, or use pg-boss 12',
    )
  }
  const checkSeconds = Math.max(1, Math.ceil(leaseMs / 1000 / 2))
  const keepSeconds = Math.ceil(keepMs / 1000)
  const boss = new Constructor({
    db,
    schema,
    supervise: true,
    schedule: true,
    cronMonitorIntervalSeconds: 15,
    // The jobs of a dead process are detected after a lease and this interval at the latest.
    maintenanceIntervalSeconds: checkSeconds,
    // The name of the same option in pg-boss 12.
    superviseIntervalSeconds: checkSeconds,
    monitorIntervalSeconds: checkSeconds,
    // pg-boss 12 has an option of each job instead.
    archiveCompletedAfterSeconds: keepSeconds,
    archiveFailedAfterSeconds: keepSeconds,
  })
  boss.on('error', onError)
  try {
    await boss.start()
    for (const queue of queues) await createQueue(boss, queue)
  } catch (error) {
    await endBoss(boss)
    throw error
  }
  return boss
}

/** Version 10 creates a queue without a lock. If several processes create the same queue, PostgreSQL ends all statements but one as a deadlock. */
async function createQueue(boss: NewBoss, queue: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await boss.createQueue(queue)
    } catch (error) {
      if (attempt === MOST_ATTEMPTS || !hasCode(error, DEADLOCK)) throw error
    }
  }
}

const DEADLOCK = '40P01'
const MOST_ATTEMPTS = 10

/** The options of `stop()` that leave running jobs and the database alone. */
export const AT_ONCE = { graceful: false, close: false, wait: true } as const

/** Stops a boss that could not be opened. Its timers would keep the process alive. */
export async function endBoss(boss: Boss): Promise<void> {
  await boss.stop(AT_ONCE).catch(() => undefined)
}

/** Version 10 exports the class as its default, version 12 by name. */
async function loadBoss(): Promise<{ Constructor: new (options: object) => NewBoss; hasScheduleKeys: boolean }> {
  const module = (await import('pg-boss')) as { readonly default?: typeof PgBoss; readonly PgBoss?: unknown }
  const Constructor = (module.PgBoss ?? module.default) as new (options: object) => NewBoss // both classes have the methods of NewBoss
  return { Constructor, hasScheduleKeys: module.PgBoss !== undefined }
}
