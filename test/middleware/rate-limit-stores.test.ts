/** `rateLimit` with the limiters of rate-limiter-flexible, each in two processes that share its store. */
import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRedis } from 'rate-limiter-flexible'
import { createApp, text } from '../../src/index.ts'
import { rateLimit, type Limiter, type RateLimitOptions } from '../../src/middleware/index.ts'
import { openRedis, openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { listen } from '../support/listen.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { REDIS_URL } from '../support/servers.ts'

interface Quota {
  readonly points: number
  readonly duration: number
}

interface OpenStore {
  /** Two limiters of one store. That of a process alone is its own other. */
  readonly limiters: readonly [Limiter, Limiter]
  /** Makes the store unreachable. */
  readonly cut: () => Promise<void>
}

/** `undefined` if its server can't be reached: the test is skipped. */
const STORES: Readonly<Record<string, (t: TestContext, quota: Quota) => Promise<OpenStore | undefined>>> = {
  async RateLimiterMemory(_, quota) {
    const limiter = new RateLimiterMemory(quota)
    const cut = async () => {
      limiter.consume = () => Promise.reject(new Error('SECRET: the store is gone'))
    }
    return { limiters: [limiter, limiter], cut }
  },
  async RateLimiterRedis(t, quota) {
    const keyPrefix = `test:${crypto.randomUUID()}:`
    if ((await openRedis(t, keyPrefix)) === undefined) return undefined
    const clients = [0, 1].map(() => new Redis(REDIS_URL, { lazyConnect: true, maxRetriesPerRequest: 0 }))
    await Promise.all(clients.map((client) => client.connect()))
    afterwards(t, () => {
      for (const client of clients) client.disconnect()
    })
    const [limiter, other] = clients.map((storeClient) => new RateLimiterRedis({ ...quota, storeClient, keyPrefix }))
    const cut = async () => {
      for (const client of clients) client.disconnect()
    }
    return { limiters: [limiter!, other!], cut }
  },
  async RateLimiterPostgres(t, quota) {
    const pools = await openSchema(t, 2)
    if (pools === undefined) return undefined
    const open = (storeClient: unknown) =>
      new Promise<RateLimiterPostgres>((resolve, reject) => {
        const options = { ...quota, storeClient, storeType: 'pool', tableName: 'limits', clearExpiredByTimeout: false }
        const limiter = new RateLimiterPostgres(options, (error) => (error === undefined ? resolve(limiter) : reject(error)))
      })
    const limiter = await open(pools[0])
    const cut = async () => {
      await pools[0]!.query('drop table limits')
    }
    return { limiters: [limiter, await open(pools[1])], cut }
  },
}

function createLimited(options: RateLimitOptions) {
  const logger = new RecordingLogger()
  const app = createApp({ logger }).use(rateLimit({ key: ({ header }) => header('x-client') ?? 'all', ...options }))
  app.get('/', { responses: { 200: text() } }, () => 'x')
  return { app, logger }
}

for (const [name, open] of Object.entries(STORES)) {
  describe(name, () => {
    test('counts over a connection, reports the remaining requests, and accepts the client after Retry-After', async (t) => {
      const store = await open(t, { points: 2, duration: 1 })
      if (store === undefined) return
      await using server = await listen(createLimited({ limiter: store.limiters[0] }).app)
      let seen: Response[] = []
      // The window may end between two requests; then they are sent again.
      for (let attempt = 0; attempt < 5 && seen.at(-1)?.status !== 429; attempt += 1)
        seen = [await fetch(server.url), await fetch(server.url), await fetch(server.url)]
      assert.deepEqual(
        seen.map(({ status }) => status),
        [200, 200, 429],
      )
      const { headers } = seen.at(-1)!
      assert.equal(headers.get('ratelimit-policy'), '"default";q=2;w=1')
      assert.match(headers.get('ratelimit')!, /^"default";r=0;t=\d+$/)
      await pause(Number(headers.get('retry-after')) * 1000)
      assert.equal((await fetch(server.url)).status, 200)
    })

    test('allows as many requests as the quota, if two processes get many at once', async (t) => {
      const store = await open(t, { points: 20, duration: 3600 })
      if (store === undefined) return
      const apps = store.limiters.map((limiter) => createLimited({ limiter }).app)
      const ask = async (number: number, client: string) =>
        (await apps[number % 2]!.request('/', { headers: { 'x-client': client } })).status
      const statuses = await Promise.all(Array.from({ length: 60 }, (_, number) => ask(number, 'eager')))
      assert.equal(statuses.filter((status) => status === 200).length, 20)
      assert.equal(statuses.filter((status) => status === 429).length, 40)
      assert.equal(await ask(0, 'another'), 200)
    })

    test('a store that fails refuses requests, or allows them if onStoreError says so', async (t) => {
      const store = await open(t, { points: 20, duration: 3600 })
      if (store === undefined) return
      const [limiter] = store.limiters
      const { app, logger } = createLimited({ limiter })
      assert.equal((await app.request('/')).status, 200)
      await store.cut()
      const refused = await app.request('/')
      assert.equal(refused.status, 500)
      assert.doesNotMatch(await refused.text(), /SECRET|limits/)
      assert.equal(logger.takeMessages().length, 1)
      const errors: unknown[] = []
      const lenient = createLimited({
        limiter,
        onStoreError(error) {
          errors.push(error)
          return 'admit'
        },
      })
      const admitted = await lenient.app.request('/')
      assert.deepEqual([admitted.status, admitted.headers.get('ratelimit'), errors.length], [200, null, 1])
    })
  })
}
