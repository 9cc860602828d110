/**
 * Jobs of Riposte beside the same engines used bare: enqueued per second, done per second, and the time from `enqueue()` to the worker.
 * `npx tsx bench/jobs/run.ts`; DATABASE_URL and REDIS_URL name the servers. Ratios of medians, measured in turn in one run.
 */
import { Queue, Worker } from 'bullmq'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import PgBoss from 'pg-boss'
import { z } from 'zod'
import { bullmq } from '../../src/bullmq/index.ts'
import { createJobs, defineJob, type JobsOptions } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'

const SERVER = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'
const REDIS = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const ROUNDS = Number(process.env['ROUNDS'] ?? 9)
const JOBS = 200
const LATENCIES = 20
const CONCURRENCY = 10

interface Contender {
  /** On a queue that nobody works on. */
  store(n: number): Promise<unknown>
  enqueue(n: number): Promise<unknown>
  /** Begins to work: what is enqueued is done from then on. */
  start(): Promise<void>
  stop(): Promise<void>
}

/** Called for each job that is done. */
let onDone: (n: number) => void = () => undefined

const Input = z.object({ n: z.int(), text: z.string() })
const payload = (n: number) => ({ n, text: 'x'.repeat(100) })

function riposte(engine: JobsOptions['engine']): Contender {
  const job = defineJob('bench', { input: Input, retries: 2 })
  const idle = defineJob('idle', { input: Input, retries: 2 })
  const jobs = createJobs({ engine, jobs: [idle], work: [job.work(({ n }) => onDone(n))], concurrency: CONCURRENCY })
  return {
    store: (n) => idle.enqueue(payload(n)),
    enqueue: (n) => job.enqueue(payload(n)),
    start: () => jobs.start(),
    stop: () => jobs.stop(),
  }
}

async function barePgBoss(pool: Pool, schema: string): Promise<Contender> {
  const boss = new PgBoss({ db: { executeSql: (text, values) => pool.query(text, values) }, schema })
  await boss.start()
  await boss.createQueue('bench')
  await boss.createQueue('idle')
  return {
    store: (n) => boss.send('idle', payload(n), { retryLimit: 2 }),
    enqueue: (n) => boss.send('bench', payload(n), { retryLimit: 2 }),
    async start() {
      // The shortest interval that it takes.
      await boss.work<{ n: number }>('bench', { batchSize: CONCURRENCY, pollingIntervalSeconds: 0.5 }, async (jobs) => {
        for (const { data } of jobs) onDone(data.n)
      })
    },
    stop: () => boss.stop({ graceful: false, close: false }),
  }
}

function bareBullMQ(redis: Redis, prefix: string): Contender {
  const queue = new Queue('bench', { connection: redis, prefix })
  const idle = new Queue('idle', { connection: redis, prefix })
  let worker: Worker | undefined
  return {
    store: (n) => idle.add('idle', payload(n), { attempts: 3, removeOnComplete: { age: 604_800 } }),
    enqueue: (n) => queue.add('bench', payload(n), { attempts: 3, removeOnComplete: { age: 604_800 } }),
    async start() {
      const options = { connection: redis, prefix, concurrency: CONCURRENCY }
      worker = new Worker<{ n: number }>('bench', async ({ data }) => onDone(data.n), options)
      await worker.waitUntilReady()
    },
    async stop() {
      await worker?.close()
      await queue.close()
      await idle.close()
    },
  }
}

/** Resolves when `count` further jobs are done. */
function done(count: number): Promise<void> {
  return new Promise((resolve) => {
    onDone = () => {
      if (--count === 0) resolve()
    }
  })
}

const seconds = async (run: () => Promise<unknown>): Promise<number> => {
  const start = performance.now()
  await run()
  return (performance.now() - start) / 1000
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * q))]!

async function main(): Promise<void> {
  const id = `riposte_jobs_bench_${process.pid}`
  const pool = new Pool({ connectionString: SERVER, max: 10 })
  const redis = new Redis(REDIS, { maxRetriesPerRequest: null })
  const schemas = [`${id}_a`, `${id}_b`] as const
  const pairs = {
    'pg-boss': [riposte(pgBoss({ db: pool, schema: schemas[0] })), await barePgBoss(pool, schemas[1])],
    BullMQ: [riposte(bullmq({ redis, prefix: `${id}-a` })), bareBullMQ(redis, `${id}-b`)],
  } as const
  try {
    for (const [name, pair] of Object.entries(pairs)) {
      const sent: [number[], number[]] = [[], []]
      const worked: [number[], number[]] = [[], []]
      const waited: [number[], number[]] = [[], []]
      for (const contender of pair) {
        await contender.enqueue(-1)
        const one = done(1)
        await contender.start()
        await one
      }
      for (let round = 0; round < ROUNDS; round++) {
        for (const [index, contender] of round % 2 === 0 ? [...pair.entries()] : [...pair.entries()].toReversed()) {
          const fill = async (add: (n: number) => Promise<unknown>) => {
            for (let n = 0; n < JOBS; n++) await add(n)
          }
          sent[index]!.push(await seconds(() => fill(contender.store)))
          const all = done(JOBS)
          worked[index]!.push(
            await seconds(async () => {
              await fill(contender.enqueue)
              await all
            }),
          )
          for (let n = 0; n < LATENCIES; n++) {
            const one = done(1)
            waited[index]!.push(
              1000 *
                (await seconds(async () => {
                  await contender.enqueue(n)
                  await one
                })),
            )
          }
        }
      }
      const perSecond = (times: readonly number[]) => Math.round(JOBS / quantile(times, 0.5))
      const line = (what: string, [own, bare]: [number, number], isRate: boolean) =>
        console.log(
          `${name}  ${what.padEnd(22)} riposte ${own.toFixed(1)}  bare ${bare.toFixed(1)}  ratio ${(isRate ? own / bare : bare / own).toFixed(2)}`,
        )
      line('enqueued per second', [perSecond(sent[0]), perSecond(sent[1])], true)
      line('enqueued and done /s', [perSecond(worked[0]), perSecond(worked[1])], true)
      line('to the worker, p50 ms', [quantile(waited[0], 0.5), quantile(waited[1], 0.5)], false)
      line('to the worker, p99 ms', [quantile(waited[0], 0.99), quantile(waited[1], 0.99)], false)
    }
  } finally {
    for (const contender of Object.values(pairs).flat()) await contender.stop()
    for (const schema of schemas) await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)
    const keys = await redis.keys(`${id}-*`)
    if (keys.length > 0) await redis.del(...keys)
    await pool.end()
    redis.disconnect()
  }
}

await main()
