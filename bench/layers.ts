/** CPU of a small GET with five layers as a ratio to the same route without, in memory, the two in turns: `npx tsx layers.ts`. */
import { createApp, type Middleware } from '../src/index.ts'
import { z } from 'zod'

const ROUNDS = 41
const REQUESTS = 2_000
const USER = { id: 7, email: 'ada@example.com', name: 'Ada', created_at: new Date(0) }
const User = z.object({ id: z.int(), email: z.email(), name: z.string(), created_at: z.date() })

const layer: Middleware = async (_context, next) => {
  const reply = await next()
  reply.headers.set('x-layer', 'yes')
  return reply
}

function createBenchApp(layers: number) {
  const app = createApp()
  for (let i = 0; i < layers; i += 1) app.use((context, next) => layer(context, next))
  app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User } }, () => USER)
  return app
}

async function cpuMicrosOf(app: ReturnType<typeof createBenchApp>): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < REQUESTS; i += 1) await (await app.request('/users/7')).arrayBuffer()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / REQUESTS
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!
}

const [plain, layered] = [createBenchApp(0), createBenchApp(5)]
const ratios: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const without = await cpuMicrosOf(plain)
  ratios.push((await cpuMicrosOf(layered)) / without)
}
console.log(`five layers: ${median(ratios).toFixed(3)} times the CPU of a route without`)
