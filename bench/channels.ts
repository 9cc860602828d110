/**
 * Fan-out: the CPU time of a server for the events that its clients get, relative to Redis pub/sub and `node:http` by hand in the same run.
 * REDIS_URL and DATABASE_URL name the servers; without them nothing is measured.
 */
import { createConnection, type Socket } from 'node:net'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { z } from 'zod'
import { channel } from '../src/channel/index.ts'
import { postgresStore } from '../src/postgres/index.ts'
import { redisStore } from '../src/redis/index.ts'
import { cpuOf, startServer, type ServerProcess } from './process.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'
import type { StreamRow } from './streams.ts'

const TURNS = Number(process.env['BENCH_TURNS'] ?? 7)
const CLIENTS = [10, 100, 1_000]
const BENCH_REDIS = process.env['REDIS_URL'] ?? 'redis://127.0.0.1:6379'
const SERVER = (process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres').replace(/\/[^/]*$/, '')
const name = `riposte_bench_${process.pid}`
const BENCH_DATABASE = `${SERVER}/${name}`
const BENCH_PREFIX = `${name}:`

const Order = z.object({ n: z.int(), text: z.string(), total: z.number(), tags: z.array(z.string()) })
const orderOf = (n: number) => ({ n, text: `Order ${n} of somebody`, total: n * 1.5, tags: ['new', 'paid'] })

const messagesFor = (clients: number) => Math.max(20, Math.min(200, 20_000 / clients))

interface Side {
  readonly name: string
  readonly server: ServerProcess
  readonly publish: (n: number) => Promise<unknown>
}

/** Connects, and counts the events with data. */
class Client {
  readonly socket: Socket
  events = 0
  isOpen = false

  constructor(port: number) {
    this.socket = createConnection(port, '127.0.0.1')
    this.socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    let rest = ''
    this.socket.on('data', (chunk) => {
      this.isOpen = true
      const text = rest + chunk.toString('latin1')
      for (let at = text.indexOf('"n":'); at >= 0; at = text.indexOf('"n":', at + 4)) this.events++
      // A chunk may end inside of a name: three characters hold no whole one.
      rest = text.slice(-3)
    })
  }
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 1))

/** One side of a measurement takes some seconds. */
const MOST_WAIT_MS = 300_000

async function until(is: () => boolean): Promise<void> {
  const end = Date.now() + MOST_WAIT_MS
  while (!is()) {
    if (Date.now() > end) throw new Error(`expected all events within ${MOST_WAIT_MS / 1000} seconds, got fewer`)
    await turn()
  }
}

/** CPU time of the server for all events, in milliseconds. One message at a time: the next is published when the first client has it. */
async function cost({ server, publish }: Side, clients: readonly Client[]): Promise<number> {
  const count = messagesFor(clients.length)
  const start = clients[0]!.events
  const before = cpuOf(server)
  for (let n = 0; n < count; n++) {
    await publish(n)
    await until(() => clients[0]!.events > start + n)
  }
  await until(() => clients.every(({ events }) => events >= start + count))
  return cpuOf(server) - before
}

/** `undefined` with the reason on standard error where a server is missing. */
async function openServers(): Promise<Pool | undefined> {
  const admin = new Pool({ connectionString: `${SERVER}/postgres`, max: 1 })
  const redis = new Redis(BENCH_REDIS, { lazyConnect: true, retryStrategy: () => null })
  redis.on('error', () => undefined)
  try {
    await admin.query('select 1')
    await redis.connect()
    return admin
  } catch (error) {
    console.error(`channels are not measured: Redis and PostgreSQL are needed (${error instanceof Error ? error.message : String(error)})`)
    await admin.end()
    return undefined
  } finally {
    redis.disconnect()
  }
}

async function measure(admin: Pool): Promise<readonly StreamRow[]> {
  await admin.query(`create database ${name}`)
  const redis = new Redis(BENCH_REDIS)
  const pool = new Pool({ connectionString: BENCH_DATABASE })
  const inRedis = channel('orders', Order, { store: redisStore(redis, { prefix: BENCH_PREFIX }) })
  const inPostgres = channel('orders', Order, { store: postgresStore(pool) })
  const env = { BENCH_REDIS, BENCH_DATABASE, BENCH_PREFIX }
  const sides: readonly Side[] = [
    {
      name: 'pub/sub and node:http by hand',
      server: (await startServer('channels', 'by-hand', env))!,
      publish: (n) => redis.publish(BENCH_PREFIX, JSON.stringify(orderOf(n))),
    },
    {
      name: 'redisStore',
      server: (await startServer('channels', 'riposte', { ...env, BENCH_STORE: 'redis' }))!,
      publish: (n) => inRedis.publish(orderOf(n)),
    },
    {
      name: 'postgresStore',
      server: (await startServer('channels', 'riposte', { ...env, BENCH_STORE: 'postgres' }))!,
      publish: (n) => inPostgres.publish(orderOf(n)),
    },
  ]
  try {
    const table = new Map(sides.map((side) => [side, {} as Record<string, string>]))
    for (const count of CLIENTS) await measureWith(count, sides, table)
    return [...table].map(([side, figures]) => ({ name: side.name, figures }))
  } finally {
    for (const { server } of sides) server.child.kill()
    const keys = await redis.keys(`${BENCH_PREFIX}*`)
    if (keys.length > 0) await redis.del(...keys)
    redis.disconnect()
    await pool.end()
    await admin.query(`drop database ${name} with (force)`)
  }
}

async function measureWith(count: number, sides: readonly Side[], table: ReadonlyMap<Side, Record<string, string>>): Promise<void> {
  const clients = new Map(sides.map((side) => [side, Array.from({ length: count }, () => new Client(side.server.port))]))
  await until(() => [...clients.values()].flat().every(({ isOpen }) => isOpen))
  for (const side of sides) await cost(side, clients.get(side)!)
  const samples = new Map(sides.map((side) => [side, [] as number[]]))
  for (let round = 0; round < TURNS; round++) {
    const costs = new Map<Side, number>()
    for (const side of shuffle(sides)) costs.set(side, await cost(side, clients.get(side)!))
    for (const [side, own] of costs) samples.get(side)!.push(costs.get(sides[0]!)! / own)
  }
  for (const [side, ratios] of samples) table.get(side)![`${count} clients`] = formatRatio(spreadOf(ratios).median)
  for (const { socket } of [...clients.values()].flat()) socket.destroy()
}

const admin = await openServers()
const rows = admin === undefined ? [] : await measure(admin)
await admin?.end()
if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
else for (const row of rows) console.log(row.name, row.figures)
