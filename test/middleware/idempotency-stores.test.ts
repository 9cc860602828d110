/** Tests that every store of idempotency keys passes, and processes that share a store. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, describe, test, type TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'redis'
import {
  createIdempotencyStore,
  type IdempotencyStore,
  type StoredResponse,
  type KeptRequest,
  type KeyHolder,
} from '../../src/middleware/index.ts'
import { postgresIdempotencyStore } from '../../src/postgres/index.ts'
import { redisIdempotencyStore } from '../../src/redis/index.ts'
import { openRedis, openSchema } from '../channel/stores.ts'
import { afterwards } from '../support/afterwards.ts'
import { createPGlite } from '../support/pglite.ts'
import { startProgram } from '../support/program.ts'
import { DATABASE_URL, REDIS_URL } from '../support/servers.ts'

/** The stores of two processes with the same keys. If the store is for one process only, both are the same store. */
type Stores = readonly [store: IdempotencyStore, other: IdempotencyStore]

const twice = (open: () => IdempotencyStore): Stores => [open(), open()]
const newPrefix = () => `test:${crypto.randomUUID()}:`

const pglite = createPGlite()
after(async () => (await pglite).close())

/** `undefined` if its server can't be reached: the test is skipped. */
const STORES: Readonly<Record<string, (t: TestContext) => Promise<Stores | undefined>>> = {
  async memory() {
    const store = createIdempotencyStore()
    return [store, store]
  },
  async 'Redis by ioredis'(t) {
    const prefix = newPrefix()
    const client = await openRedis(t, prefix)
    return client && twice(() => redisIdempotencyStore(client, { prefix }))
  },
  async 'Redis by node-redis'(t) {
    const prefix = newPrefix()
    if ((await openRedis(t, prefix)) === undefined) return undefined
    const client = await createClient({ url: REDIS_URL }).connect()
    afterwards(t, () => client.destroy())
    return twice(() => redisIdempotencyStore(client, { prefix }))
  },
  async PostgreSQL(t) {
    const pools = await openSchema(t, 2)
    const [store, other] = (pools ?? []).map(postgresIdempotencyStore)
    return store && other && [store, other]
  },
  async PGlite() {
    const database = await pglite
    return twice(() => postgresIdempotencyStore(database))
  },
}

const newHolder = (key: string = crypto.randomUUID()): KeyHolder => ({ key, owner: crypto.randomUUID() })

const RESPONSE: StoredResponse = {
  status: 201,
  headers: [
    ['content-type', 'image/png'],
    ['set-cookie', 'a="1"; Path=/'],
    ['set-cookie', 'ü=2'],
  ],
  body: Uint8Array.from({ length: 256 }, (_, byte) => byte),
}

for (const [name, open] of Object.entries(STORES)) {
  describe(`idempotency keys in ${name}`, () => {
    test('the first of many requests locks the key, and the others get its fingerprint', async (t) => {
      const stores = await open(t)
      if (stores === undefined) return
      for (let round = 0; round < 20; round++) {
        const { key } = newHolder()
        const found: (KeptRequest | undefined)[] = await Promise.all(
          Array.from({ length: 10 }, async (_, n) => stores[n % 2]!.begin(newHolder(key), 'print', 60)),
        )
        assert.equal(found.filter((kept) => kept === undefined).length, 1)
        for (const kept of found) if (kept !== undefined) assert.deepEqual([kept.fingerprint, kept.response], ['print', undefined])
      }
    })

    test('every later request gets the stored response: status, headers in order, bytes', async (t) => {
      const [store, other] = (await open(t)) ?? []
      if (store === undefined || other === undefined) return
      const others: readonly StoredResponse[] = [
        { status: 204, headers: [], body: null },
        { status: 200, headers: [], body: new Uint8Array() },
      ]
      for (const response of [RESPONSE, ...others]) {
        const holder = newHolder()
        await store.begin(holder, 'print', 60)
        await store.complete(holder, response, 60)
        const kept: KeptRequest | undefined = await other.begin(newHolder(holder.key), 'another', 60)
        assert.deepEqual([kept?.fingerprint, kept?.response], ['print', response])
      }
    })

    test('a released key is free', async (t) => {
      const [store, other] = (await open(t)) ?? []
      if (store === undefined || other === undefined) return
      const holder = newHolder()
      await store.begin(holder, 'print', 60)
      await store.release(holder)
      assert.equal(await other.begin(newHolder(holder.key), 'print', 60), undefined)
    })

    test('a key is free when its lock has expired, and its first owner can no longer change it', async (t) => {
      const [store, other] = (await open(t)) ?? []
      if (store === undefined || other === undefined) return
      const first = newHolder()
      const second = newHolder(first.key)
      await store.begin(first, 'first', 0.05)
      while ((await other.begin(second, 'second', 60)) !== undefined);
      await store.complete(first, RESPONSE, 60)
      await store.release(first)
      const kept = await store.begin(newHolder(first.key), 'third', 60)
      assert.deepEqual([kept?.fingerprint, kept?.response], ['second', undefined])
      await other.complete(second, RESPONSE, 60)
      assert.deepEqual((await store.begin(newHolder(first.key), 'third', 60))?.response, RESPONSE)
    })

    test('a stored response expires after keepSeconds', async (t) => {
      const [store, other] = (await open(t)) ?? []
      if (store === undefined || other === undefined) return
      const holder = newHolder()
      await store.begin(holder, 'print', 60)
      await store.complete(holder, RESPONSE, 0.05)
      while ((await other.begin(newHolder(holder.key), 'print', 60)) !== undefined);
    })

    test('an owner that begins again after a broken connection still has its key', async (t) => {
      const [store] = (await open(t)) ?? []
      if (store === undefined || name === 'memory') return
      const holder = newHolder()
      assert.equal(await store.begin(holder, 'print', 60), undefined)
      assert.equal(await store.begin(holder, 'print', 60), undefined)
    })
  })
}

test('PostgreSQL: expired rows are deleted, others are kept', async (t) => {
  const [pool] = (await openSchema(t, 1)) ?? []
  if (pool === undefined) return
  const before = postgresIdempotencyStore(pool)
  for (let n = 0; n < 5; n++) await before.begin(newHolder(`expired ${n}`), 'print', 0)
  await before.begin(newHolder('kept'), 'print', 60)
  // The first request of a process deletes.
  await postgresIdempotencyStore(pool).begin(newHolder('new'), 'print', 60)
  const readKeys = async () =>
    (await pool.query<{ key: string }>('SELECT key FROM riposte_idempotency ORDER BY key')).rows.map(({ key }) => key)
  while ((await readKeys()).length > 2);
  assert.deepEqual(await readKeys(), ['kept', 'new'])
})

/** `name` is the prefix of the keys, or the schema. `undefined` if there is no server: the test is skipped. */
const SHARED: Readonly<Record<string, (t: TestContext) => Promise<{ readonly url: string; readonly name: string } | undefined>>> = {
  async Redis(t) {
    const name = newPrefix()
    return (await openRedis(t, name)) && { url: REDIS_URL, name }
  },
  async PostgreSQL(t) {
    const [pool] = (await openSchema(t, 1)) ?? []
    if (pool === undefined) return undefined
    const { rows } = await pool.query<{ search_path: string }>('SHOW search_path')
    return { url: DATABASE_URL, name: rows[0]!.search_path }
  },
}

const PROGRAM = join(import.meta.dirname, 'idempotency-process.program.ts')

async function pay(
  port: string,
  key: string,
): Promise<{ readonly status: number; readonly isReplay: boolean; readonly id: string | undefined }> {
  const response = await fetch(`http://127.0.0.1:${port}/payments`, { method: 'POST', headers: { 'idempotency-key': key } })
  const { id } = (await response.json()) as { id?: string }
  return { status: response.status, isReplay: response.headers.get('idempotency-replayed') === 'true', id }
}

for (const [kind, open] of Object.entries(SHARED)) {
  describe(`two processes on ${kind}`, () => {
    test('get the same request at once: the handler runs once, and both clients get its response', async (t) => {
      const shared = await open(t)
      if (shared === undefined) return
      const servers = [0, 1].map(() => startProgram(t, PROGRAM, kind, shared.url, shared.name, 'response'))
      const ports = await Promise.all(servers.map((server) => server.readLine()))
      for (let round = 0; round < 10; round++) {
        const key = crypto.randomUUID()
        const answers = await Promise.all(
          [...ports, ...ports].map(async (port) => {
            for (;;) {
              const response = await pay(port, key)
              if (response.status !== 409) return response
              await sleep(20)
            }
          }),
        )
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([201]))
        assert.equal(new Set(answers.map(({ id }) => id)).size, 1)
        assert.equal(answers.filter(({ isReplay }) => !isReplay).length, 1)
      }
    })

    test('one is killed while its handler runs: the other runs the handler after the lock expires', async (t) => {
      const shared = await open(t)
      if (shared === undefined) return
      const dying = startProgram(t, PROGRAM, kind, shared.url, shared.name, 'hold')
      const other = startProgram(t, PROGRAM, kind, shared.url, shared.name, 'response')
      const [dyingPort, port] = [await dying.readLine(), await other.readLine()]
      const key = crypto.randomUUID()
      const cut = assert.rejects(pay(dyingPort, key))
      assert.equal(await dying.readLine(), 'holding')
      await dying.kill()
      await cut
      let response = await pay(port, key)
      while (response.status === 409) {
        await sleep(50)
        response = await pay(port, key)
      }
      assert.deepEqual([response.status, response.isReplay], [201, false])
      assert.deepEqual(await pay(port, key), { ...response, isReplay: true })
    })
  })
}
