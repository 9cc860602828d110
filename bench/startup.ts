/**
 * CPU of a process that declares 500 routes, listens and answers one request, as a ratio to a bare `node:http` script, in turns: `npm run build`, then
 * `npx tsx bench/startup.ts`. Models are of each route's own or shared by all; `zod` only makes the models. It imports the built package, as users do.
 */
import { spawnSync } from 'node:child_process'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { buildScript } from './build.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'

const ROUNDS = 15
const ROUTES = 500
const ROW = { id: 1, email: 'ada@example.com', name: 'Ada', created_at: new Date(0), tags: [] }

async function createModels() {
  const { z } = await import('zod')
  const create = () => ({
    id: z.int(),
    user: z.object({ id: z.int(), email: z.email(), name: z.string().min(1), created_at: z.date(), tags: z.array(z.string()) }),
    newUser: z.object({ email: z.email(), name: z.string().min(1) }),
  })
  return create
}

/** The port of a server that is made of nothing. */
async function listenBare(): Promise<number> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'application/json').end('{"id":1}'))
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return (server.address() as AddressInfo).port
}

async function startModels(ownModels: boolean): Promise<number> {
  const create = await createModels()
  const shared = create()
  const kept = Array.from({ length: ROUTES }, () => (ownModels ? create() : shared))
  return kept.length === ROUTES ? listenBare() : 0
}

async function startRiposte(routes: number, ownModels: boolean): Promise<number> {
  const { createApp } = (await import(new URL('../../dist/index.js', import.meta.url).href)) as typeof import('../src/index.ts')
  const { serve } = (await import(new URL('../../dist/node/index.js', import.meta.url).href)) as typeof import('../src/node/index.ts')
  const create = await createModels()
  const shared = create()
  const app = createApp({ title: 'Users', version: '1' })
  for (let at = 0; at < routes; at += 1) {
    const { id, user, newUser } = ownModels ? create() : shared
    if (at % 2 === 0) app.get(`/r${at}/{id}`, { params: { id }, responses: { 200: user } }, () => ROW)
    else app.post(`/r${at}/{id}`, { params: { id }, body: newUser, responses: { 201: user } }, () => ROW)
  }
  return (await serve(app, { port: 0 })).port
}

async function startHono(ownModels: boolean): Promise<number> {
  const [{ Hono }, { validator }, { serve }] = await Promise.all([import('hono'), import('hono/validator'), import('@hono/node-server')])
  const create = await createModels()
  const shared = create()
  const app = new Hono()
  for (let at = 0; at < ROUTES; at += 1) {
    const { id, newUser } = ownModels ? create() : shared
    const params = validator('param', (value) => ({ id: id.parse(Number(value['id'])) }))
    if (at % 2 === 0) app.get(`/r${at}/:id`, params, (context) => context.json(ROW))
    else
      app.post(
        `/r${at}/:id`,
        params,
        validator('json', (value) => newUser.parse(value)),
        (context) => context.json(ROW, 201),
      )
  }
  return new Promise((resolve) => serve({ fetch: app.fetch, port: 0 }, ({ port }) => resolve(port)))
}

const ENTRANTS: Readonly<Record<string, () => Promise<number>>> = {
  'node:http': listenBare,
  'zod, shared': () => startModels(false),
  'zod, own': () => startModels(true),
  'riposte, one route': () => startRiposte(1, false),
  'riposte, shared': () => startRiposte(ROUTES, false),
  'riposte, own': () => startRiposte(ROUTES, true),
  'hono, shared': () => startHono(false),
  'hono, own': () => startHono(true),
}

/** Starts, asks one request, prints the microseconds of CPU until its response arrived, and ends. */
async function run(name: string): Promise<void> {
  const socket = connect(await ENTRANTS[name]!(), '127.0.0.1')
  let answer = ''
  socket.setEncoding('latin1').on('data', (text: string) => {
    answer += text
    if (!answer.endsWith('}')) return
    if (!answer.startsWith('HTTP/1.1 200 ')) throw new Error('expected a 200')
    const { user, system } = process.cpuUsage()
    console.log(user + system)
    process.exit()
  })
  socket.write('GET /r0/1 HTTP/1.1\r\nHost: localhost\r\n\r\n')
}

function measure(script: string): void {
  const names = Object.keys(ENTRANTS)
  const ratios = new Map<string, number[]>(names.map((name) => [name, []]))
  for (let round = 0; round < ROUNDS; round += 1) {
    const times = new Map<string, number>()
    for (const name of shuffle(names)) {
      const { stdout, stderr, status } = spawnSync(process.execPath, [script, name], { encoding: 'utf8' })
      if (status !== 0) throw new Error(`${name}: ${stderr}`)
      times.set(name, Number(stdout))
    }
    for (const name of names) ratios.get(name)!.push(times.get(name)! / times.get('node:http')!)
  }
  for (const [name, all] of ratios) {
    const { median, low, high } = spreadOf(all)
    console.log(`${name.padEnd(20)} ${formatRatio(median)}  ${formatRatio(low)}–${formatRatio(high)}`)
  }
}

const [, script, name] = process.argv
if (name !== undefined) await run(name)
else if (script === fileURLToPath(import.meta.url)) measure(await buildScript('startup'))
