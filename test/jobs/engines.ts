/** The engines that the tests of jobs run on. */
import type { TestContext } from 'node:test'
import { bullmq } from '../../src/bullmq/index.ts'
import { memoryEngine, type JobEngine } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { openPGlite, openRedis, openSchema } from '../channel/stores.ts'

export interface EngineCase {
  readonly name: string
  readonly hasTransactions: boolean
  /** Whether several processes work on the same jobs. */
  readonly isShared: boolean
  /** The shortest time between two jobs of a schedule. `undefined`: it has no schedules. */
  readonly tickMs?: number
  /** Engines of two processes on the same jobs. `undefined` if the server can't be reached: the test is skipped. */
  readonly open: (t: TestContext) => Promise<readonly [JobEngine, JobEngine] | undefined>
}

export const ENGINES: readonly EngineCase[] = [
  {
    name: 'memory',
    hasTransactions: false,
    isShared: false,
    async open() {
      const engine = memoryEngine()
      return [engine, engine]
    },
  },
  {
    name: 'pg-boss on PostgreSQL',
    hasTransactions: true,
    isShared: true,
    tickMs: 60_000,
    async open(t) {
      const pools = await openSchema(t, 2)
      if (pools === undefined) return undefined
      const { rows } = await pools[0]!.query<{ search_path: string }>('SHOW search_path')
      const schema = rows[0]!.search_path
      return [pgBoss({ db: pools[0]!, schema, leaseMs: 2000 }), pgBoss({ db: pools[1]!, schema, leaseMs: 2000 })]
    },
  },
  {
    name: 'pg-boss on PGlite',
    hasTransactions: true,
    isShared: true,
    tickMs: 60_000,
    async open() {
      const schema = `test_${crypto.randomUUID().replaceAll('-', '')}`
      const db = await openPGlite()
      return [pgBoss({ db, schema, leaseMs: 2000 }), pgBoss({ db, schema, leaseMs: 2000 })]
    },
  },
  {
    name: 'BullMQ on Redis',
    hasTransactions: false,
    isShared: true,
    tickMs: 1000,
    async open(t) {
      const prefix = `test-${crypto.randomUUID()}`
      const redis = await openRedis(t, prefix)
      if (redis === undefined) return undefined
      return [bullmq({ redis, prefix, leaseMs: 2000 }), bullmq({ redis, prefix, leaseMs: 2000 })]
    },
  },
]
