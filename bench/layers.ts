/**
 * CPU of a server whose small GET is inside five layers, as a ratio to the same one without layers, in turns: `npx tsx layers.ts`. Layers that only set a
 * header show what a layer costs, without a wait by `onReply` and with one by `await`; those of the box do their work as well.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { z } from 'zod'
import { createApp, type App, type Middleware } from '../src/index.ts'
import { allowedHosts, cors, csrf, requestLog, secureHeaders, timeout } from '../src/middleware/index.ts'
import { serve } from '../src/node/index.ts'
import { buildScript } from './build.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'

/** Two processes of one server differ by up to 15 % for as long as they run, so each is started several times. */
const PROCESSES = 7
const ROUNDS = 20
const REQUESTS = 2_000
const CONNECTIONS = 8
const USER = { id: 7, email: 'ada@example.com', name: 'Ada', created_at: new Date(0) }
const User = z.object({ id: z.int(), email: z.email(), name: z.string(), created_at: z.date() })

/** What any layer does that adds something: it waits for the reply and sets a header. */
const addHeader: Middleware = async (_context, next) => {
  const reply = await next()
  reply.headers.set('x-layer', 'yes')
  return reply
}

/** The same without waiting. */
const addHeaderAtOnce: Middleware = (_context, next) => next({ onReply: ({ headers }) => headers.set('x-layer', 'yes') })

const silent = { info: () => undefined, error: () => undefined }

/** As many functions as layers: one function that the compiler sees alone would be faster than those of an app. */
function five(middleware: Middleware): readonly Middleware[] {
  return Array.from({ length: 5 }, (): Middleware => (context, next) => middleware(context, next))
}

const LAYERS: Readonly<Record<string, readonly Middleware[]>> = {
  none: [],
  'five that set a header': five(addHeaderAtOnce),
  'five that wait for it': five(addHeader),
  'five of the box': [
    requestLog({ logger: silent }),
    secureHeaders(),
    cors({ origins: ['https://app.example'] }),
    allowedHosts(['localhost']),
    csrf(),
  ],
  'a time limit': [timeout({ ms: 5_000 })],
}

function createBenchApp(layers: readonly Middleware[]): App {
  const app = createApp()
  for (const layer of layers) app.use(layer)
  app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User } }, () => USER)
  return app as App
}

/** A server in a process of its own, so that its CPU is not that of its client. */
interface Entrant {
  readonly name: string
  readonly child: ChildProcess
  readonly port: number
  readonly times: number[]
}

async function serveAlone(name: string): Promise<void> {
  const { port } = await serve(createBenchApp(LAYERS[name]!), { port: 0 })
  process.on('message', () => process.send!(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
  process.send!(port)
}

async function start(name: string): Promise<Entrant> {
  const child = fork(process.argv[1]!, [name])
  const [port] = (await once(child, 'message')) as [number]
  return { name, child, port, times: [] }
}

async function cpuOf({ child }: Entrant): Promise<number> {
  child.send('cpu')
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage]
  return user + system
}

/** One request after the other on each connection. */
async function send(port: number): Promise<void> {
  const request = 'GET /users/7 HTTP/1.1\r\nHost: localhost\r\n\r\n'
  let left = REQUESTS
  const connections = Array.from({ length: CONNECTIONS }, async () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(request)
    // Head and content come in one piece.
    for await (const chunk of socket) {
      if (!String(chunk).startsWith('HTTP/1.1 200 ')) throw new Error('expected a 200')
      left -= 1
      if (left <= 0) break
      socket.write(request)
    }
    socket.destroy()
  })
  await Promise.all(connections)
}

/** CPU of a request of each server, in µs: the median of the rounds of one process. */
async function measureOnce(): Promise<ReadonlyMap<string, number>> {
  const entrants = await Promise.all(Object.keys(LAYERS).map(start))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const entrant of shuffle(entrants)) {
      const before = await cpuOf(entrant)
      await send(entrant.port)
      // The compiler is not done in the first rounds.
      if (round >= ROUNDS / 4) entrant.times.push(((await cpuOf(entrant)) - before) / REQUESTS)
    }
  }
  for (const { child } of entrants) child.disconnect()
  return new Map(entrants.map(({ name, times }) => [name, spreadOf(times).median]))
}

async function measure(): Promise<void> {
  const all: ReadonlyMap<string, number>[] = []
  while (all.length < PROCESSES) all.push(await measureOnce())
  const none = spreadOf(all.map((times) => times.get('none')!)).median
  for (const name of Object.keys(LAYERS)) {
    const { median, low, high } = spreadOf(all.map((times) => times.get(name)!))
    console.log(
      `${name.padEnd(24)} ${formatRatio(median / none)}  ${formatRatio(low / none)}–${formatRatio(high / none)}  ${median.toFixed(1)} µs`,
    )
  }
}

const [, script, name] = process.argv
if (name !== undefined) await serveAlone(name)
else if (script?.endsWith('.ts') === true) execFileSync(process.execPath, [await buildScript('layers')], { stdio: 'inherit' })
else await measure()
