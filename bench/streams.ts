/** Files and event streams: CPU relative to `node:http` by hand in the same run, and what idle and slow clients cost in memory. */
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { cpuOf, rssOf, startServer, type ServerProcess } from './process.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'

const SERVERS = ['node-http', 'riposte', 'hono', 'fastify']
const TURNS = Number(process.env['BENCH_TURNS'] ?? 7)
const MEBIBYTE = 1_048_576
const FILES = { '64k': 65_536, '100m': 100 * MEBIBYTE }
const EVENTS = 5_000

interface Load {
  readonly name: string
  readonly target: string
  readonly times: number
  /** The fewest bytes of content that a right answer has. */
  readonly bytes: number
}

const LOADS: readonly Load[] = [
  { name: '64 KiB file', target: '/file/64k', times: 300, bytes: FILES['64k'] },
  { name: '100 MiB file', target: '/file/100m', times: 2, bytes: FILES['100m'] },
  { name: 'events', target: `/events?count=${EVENTS}`, times: 1, bytes: EVENTS * 12 },
]

function ask(port: number, target: string): Socket {
  const socket = createConnection(port, '127.0.0.1')
  socket.write(`GET ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
  return socket
}

/** The bytes that arrived. */
async function drain(port: number, target: string): Promise<number> {
  const socket = ask(port, target)
  let bytes = 0
  socket.on('data', (chunk) => (bytes += chunk.length))
  await once(socket, 'close')
  return bytes
}

async function cost(server: ServerProcess, { target, times, bytes }: Load): Promise<number | undefined> {
  const before = cpuOf(server)
  for (let time = 0; time < times; time++) if ((await drain(server.port, target)) < bytes) return undefined
  return cpuOf(server) - before
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Growth of resident memory with so many clients that are connected and take nothing. */
async function growth(server: ServerProcess, target: string, clients: number, takes: boolean): Promise<number> {
  const before = rssOf(server)
  const sockets: Socket[] = []
  for (let client = 0; client < clients; client++) {
    const socket = ask(server.port, target)
    if (takes) socket.resume()
    else socket.pause()
    sockets.push(socket)
    if (client % 50 === 49) await pause(20)
  }
  await pause(2_000)
  const after = rssOf(server)
  for (const socket of sockets) socket.destroy()
  await pause(300)
  return after - before
}

export interface StreamRow {
  readonly name: string
  /** Ratios and sizes as text, by what was measured; a wrong answer has none. */
  readonly figures: Readonly<Record<string, string>>
}

const folder = mkdtempSync(join(tmpdir(), 'riposte-bench-'))
for (const [name, bytes] of Object.entries(FILES)) writeFileSync(join(folder, name), Buffer.alloc(bytes, 'x'))
const servers = (await Promise.all(SERVERS.map((name) => startServer('streams', name, { BENCH_FILES: folder })))).filter(
  (server) => server !== undefined,
)
try {
  const base = servers.find(({ name }) => name === 'node-http')!
  const table = new Map(servers.map(({ name }) => [name, {} as Record<string, string>]))
  for (const load of LOADS) {
    const samples = new Map(servers.map((server) => [server, [] as number[]]))
    for (const server of servers) await cost(server, load)
    for (let turn = 0; turn < TURNS; turn++) {
      const costs = new Map<ServerProcess, number | undefined>()
      for (const server of shuffle(servers)) costs.set(server, await cost(server, load))
      for (const [server, own] of costs) if (own !== undefined) samples.get(server)!.push(costs.get(base)! / own)
    }
    for (const [{ name }, ratios] of samples) if (ratios.length > 0) table.get(name)![load.name] = formatRatio(spreadOf(ratios).median)
  }
  for (const server of servers) {
    const figures = table.get(server.name)!
    const idle = await growth(server, '/idle', 1_000, true)
    const slow = await growth(server, '/file/100m', 20, false)
    figures['an idle event client'] = `${(idle / 1_000 / 1_024).toFixed(1)} KiB`
    figures['20 slow readers of 100 MiB'] = `${(slow / MEBIBYTE).toFixed(1)} MiB`
  }
  const rows: StreamRow[] = [...table].map(([name, figures]) => ({ name, figures }))
  if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
  else for (const { name, figures } of rows) console.log(name, figures)
} finally {
  for (const { child } of servers) child.kill()
  rmSync(folder, { recursive: true })
}
