/**
 * CPU of a server whose small GET is inside five layers, as a ratio to the same server without layers, in turns: `npx tsx layers.ts`. Layers that only set
 * a header show what a layer costs, without a wait by `onReply` and with one by `await`. The layers that a framework ships do their work as well: a line
 * for the log, and eight headers more, whose cost the rows of bare `node:http` show alone.
 */
import { execFileSync, fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { serve as serveHono } from '@hono/node-server'
import { fastify, type onSendAsyncHookHandler, type onSendHookHandler } from 'fastify'
import { Hono, type MiddlewareHandler } from 'hono'
import { cors as honoCors } from 'hono/cors'
import { csrf as honoCsrf } from 'hono/csrf'
import { logger as honoLogger } from 'hono/logger'
import { requestId } from 'hono/request-id'
import { secureHeaders as honoSecureHeaders } from 'hono/secure-headers'
import { z } from 'zod'
import { createApp, type Middleware } from '../src/index.ts'
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

const listen = (start: (listening: (port: number) => void) => void): Promise<number> => new Promise(start)

async function startRiposte(layers: readonly Middleware[]): Promise<number> {
  const app = createApp()
  for (const layer of layers) app.use(layer)
  app.get('/users/{user_id}', { params: { user_id: z.int() }, responses: { 200: User } }, () => USER)
  return (await serve(app, { port: 0 })).port
}

/** The response is made as in `servers/hono.ts`: parsed by a compiled model. */
function startHono(layers: readonly MiddlewareHandler[]): Promise<number> {
  const user = z.compile(User)
  const app = new Hono()
  for (const layer of layers) app.use(layer)
  app.get('/users/:id', (c) => {
    z.coerce.number().int().parse(c.req.param('id'))
    return c.json(user.parse(USER))
  })
  return listen((listening) => serveHono({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => listening(port)))
}

const SCHEMA = {
  params: { type: 'object', properties: { id: { type: 'integer' } } },
  response: {
    200: {
      type: 'object',
      properties: { id: { type: 'integer' }, email: { type: 'string' }, name: { type: 'string' }, created_at: { type: 'string' } },
    },
  },
}

async function startFastify(hooks: readonly (onSendHookHandler | onSendAsyncHookHandler)[]): Promise<number> {
  const app = fastify()
  // Each form has its own overload.
  for (const hook of hooks) app.addHook('onSend', hook as onSendHookHandler)
  app.get('/users/:id', { schema: SCHEMA }, (_request, reply) => reply.send(USER))
  await app.listen({ port: 0, host: '127.0.0.1' })
  return (app.server.address() as AddressInfo).port
}

function startBare(fields: Readonly<Record<string, string>>): Promise<number> {
  const body = JSON.stringify(USER)
  const head = Object.entries({ 'content-type': 'application/json', 'content-length': String(body.length), ...fields }).flat()
  const server = createServer((_message, response) => response.writeHead(200, head).end(body))
  return listen((listening) => server.listen(0, '127.0.0.1', () => listening((server.address() as AddressInfo).port)))
}

/** What `secureHeaders()` and `cors()` add to the response. */
const EIGHT_FIELDS = {
  'x-content-type-options': 'nosniff',
  'strict-transport-security': 'max-age=31536000',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  vary: 'Origin',
}

const ORIGINS = ['https://app.example']

/** Starts the servers of each framework, in groups whose first is the one without layers. Each start gives the port. */
const SERVERS: Readonly<Record<string, Readonly<Record<string, () => Promise<number>>>>> = {
  riposte: {
    none: () => startRiposte([]),
    'five that set a header': () => startRiposte(five(addHeaderAtOnce)),
    'five that wait for it': () => startRiposte(five(addHeader)),
    'five of the box': () =>
      startRiposte([requestLog({ logger: silent }), secureHeaders(), cors({ origins: ORIGINS }), allowedHosts(['localhost']), csrf()]),
    'a time limit': () => startRiposte([timeout({ ms: 5_000 })]),
  },
  hono: {
    none: () => startHono([]),
    'five that wait for it': () =>
      startHono(
        Array.from({ length: 5 }, (): MiddlewareHandler => async (c, next) => {
          await next()
          c.header('x-layer', 'yes')
        }),
      ),
    'five of the box': () =>
      startHono([honoLogger(() => undefined), honoSecureHeaders(), honoCors({ origin: ORIGINS }), requestId(), honoCsrf()]),
  },
  fastify: {
    none: () => startFastify([]),
    'five that set a header': () =>
      startFastify(
        Array.from({ length: 5 }, (): onSendHookHandler => (_request, reply, payload, done) => {
          reply.header('x-layer', 'yes')
          done(null, payload)
        }),
      ),
    'five that wait for it': () =>
      startFastify(
        Array.from({ length: 5 }, (): onSendAsyncHookHandler => async (_request, reply, payload) => {
          reply.header('x-layer', 'yes')
          return payload
        }),
      ),
  },
  'node:http': { none: () => startBare({}), 'eight headers more': () => startBare(EIGHT_FIELDS) },
}

const NAMES = Object.entries(SERVERS).flatMap(([framework, servers]) => Object.keys(servers).map((layers) => ({ framework, layers })))

/** A server in a process of its own, so that its CPU is not that of its client. */
interface Entrant {
  readonly framework: string
  readonly layers: string
  readonly child: ChildProcess
  readonly port: number
  readonly times: number[]
}

async function serveAlone(framework: string, layers: string): Promise<void> {
  const port = await SERVERS[framework]![layers]!()
  process.on('message', () => process.send!(process.cpuUsage()))
  process.on('disconnect', () => process.exit())
  process.send!(port)
}

async function start({ framework, layers }: (typeof NAMES)[number]): Promise<Entrant> {
  const child = fork(process.argv[1]!, [framework, layers])
  const [port] = (await once(child, 'message')) as [number]
  return { framework, layers, child, port, times: [] }
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

/** CPU of a request of each server, in µs and in the order of `NAMES`: the median of the rounds of one process. */
async function measureOnce(): Promise<readonly number[]> {
  const entrants = await Promise.all(NAMES.map(start))
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const entrant of shuffle(entrants)) {
      const before = await cpuOf(entrant)
      await send(entrant.port)
      // The compiler is not done in the first rounds.
      if (round >= ROUNDS / 4) entrant.times.push(((await cpuOf(entrant)) - before) / REQUESTS)
    }
  }
  for (const { child } of entrants) child.disconnect()
  return entrants.map(({ times }) => spreadOf(times).median)
}

async function measure(): Promise<void> {
  const all: (readonly number[])[] = []
  while (all.length < PROCESSES) all.push(await measureOnce())
  let none = 0
  for (const [index, { framework, layers }] of NAMES.entries()) {
    const { median, low, high } = spreadOf(all.map((times) => times[index]!))
    if (layers === 'none') none = median
    console.log(
      `${framework.padEnd(10)} ${layers.padEnd(24)} ${formatRatio(median / none)}  ${formatRatio(low / none)}–${formatRatio(high / none)}  ${median.toFixed(1)} µs`,
    )
  }
}

const [, script, framework, layers] = process.argv
if (framework !== undefined && layers !== undefined) await serveAlone(framework, layers)
else if (script?.endsWith('.ts') === true) execFileSync(process.execPath, [await buildScript('layers')], { stdio: 'inherit' })
else await measure()
