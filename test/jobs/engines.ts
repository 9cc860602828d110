/** The engines of jobs that can be tried here. */
import type { TestContext } from 'node:test'
import { memoryEngine, type JobEngine } from '../../src/jobs/index.ts'
import { pgBoss } from '../../src/pg-boss/index.ts'
import { openPGlite, openSchema } from '../channel/stores.ts'

export interface EngineCase {
  readonly name: string
  readonly hasTransactions: boolean
  /** Engines of two processes on the same jobs. `undefined` where the server can't be reached; the test is skipped then. */
  readonly open: (t: TestContext) => Promise<readonly [JobEngine, JobEngine] | undefined>
}

export const ENGINES: readonly EngineCase[] = [
  {
    name: 'memory',
    hasTransactions: false,
    async open() {
      const engine = memoryEngine()
      return [engine, engine]
    },
  },
  {
    name: 'pg-boss on PostgreSQL',
    hasTransactions: true,
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
    async open() {
      const schema = `test_${crypto.randomUUID().replaceAll('-', '')}`
      const db = await openPGlite()
      return [pgBoss({ db, schema, leaseMs: 2000 }), pgBoss({ db, schema, leaseMs: 2000 })]
    },
  },
]
