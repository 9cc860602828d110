/** Whole servers over loopback: CPU per request of Riposte and its peers, relative to `node:http` by hand in the same run. */
import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import { CASES, type Case } from './cases.ts'
import { cpuOf, startServer, type ServerProcess } from './process.ts'
import { formatRatio, shuffle, spreadOf } from './statistics.ts'

const SERVERS = ['node-http', 'floor', 'riposte', 'fastify', 'hono', 'elysia', 'h3', 'express', 'nest', 'orpc']
const BASE = 'node-http'
const CONNECTIONS = 32
const TURN_REQUESTS = Number(process.env['BENCH_REQUESTS'] ?? 3_000)
const TURNS = Number(process.env['BENCH_TURNS'] ?? 15)

interface Answer {
  readonly status: number
  readonly body: string
  /** The length of the whole response, head included, in bytes. */
  readonly length: number
}

/** What all connections read into: nothing of it outlives the turn that it arrived in. */
const BUFFER = Buffer.alloc(65_536)

/** One keep-alive connection. It does as little as possible: the server must be busy, not its client. */
class Connection {
  readonly #socket: Socket
  #take: (length: number) => void = () => {}

  private constructor(port: number) {
    const callback = (length: number) => {
      this.#take(length)
      return true
    }
    this.#socket = createConnection({ port, host: '127.0.0.1', noDelay: true, onread: { buffer: BUFFER, callback } })
  }

  static async open(port: number): Promise<Connection> {
    const connection = new Connection(port)
    await once(connection.#socket, 'connect')
    return connection
  }

  /** Asks once and reads the answer. */
  ask(request: string): Promise<Answer> {
    return new Promise((resolve) => {
      let received = ''
      this.#take = (length) => {
        received += BUFFER.toString('latin1', 0, length)
        const answer = parseAnswer(received)
        if (answer !== undefined) resolve(answer)
      }
      this.#socket.write(request)
    })
  }

  /** Asks again and again while there are turns left. Answers have a known length, so that counting bytes is all the work. */
  flood(request: Buffer, length: number, takeTurn: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let missing = 0
      const next = () => {
        missing = length
        if (takeTurn()) this.#socket.write(request)
        else resolve()
      }
      this.#take = (count) => {
        missing -= count
        if (missing === 0) next()
        else if (missing < 0) reject(new Error('An answer was longer than the first'))
      }
      next()
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** `undefined` while it is not complete. */
function parseAnswer(received: string): Answer | undefined {
  const headEnd = received.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const head = received.slice(0, headEnd)
  const content = received.slice(headEnd + 4)
  const status = Number(head.slice(9, 12))
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
  const isChunked = length === undefined && status !== 204
  if (isChunked ? !content.endsWith('0\r\n\r\n') : content.length < Number(length ?? 0)) return undefined
  return { status, body: isChunked ? joinChunks(content) : content, length: received.length }
}

/** The content of a chunked body (RFC 9112 §7.1). */
function joinChunks(body: string): string {
  let content = ''
  for (let at = 0; ;) {
    const lineEnd = body.indexOf('\r\n', at)
    const size = Number.parseInt(body.slice(at, lineEnd), 16)
    if (!(size > 0)) return content
    content += body.slice(lineEnd + 2, lineEnd + 2 + size)
    at = lineEnd + 2 + size + 2
  }
}

/** CPU in microseconds per request. */
async function turn(server: ServerProcess, request: string): Promise<number> {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => Connection.open(server.port)))
  const { length } = await connections[0]!.ask(request)
  const bytes = Buffer.from(request)
  const before = cpuOf(server)
  let left = TURN_REQUESTS
  await Promise.all(connections.map((connection) => connection.flood(bytes, length, () => left-- > 0)))
  const cost = ((cpuOf(server) - before) * 1000) / TURN_REQUESTS
  for (const connection of connections) connection.close()
  return cost
}

async function check({ name, port }: ServerProcess, { name: label, request, status, isRight }: Case): Promise<boolean> {
  const connection = await Connection.open(port)
  const answer = await connection.ask(request)
  connection.close()
  const isFine = answer.status === status && satisfies(answer.body, isRight)
  if (!isFine) console.error(`${name} ${label}: not timed, its answer is wrong: ${answer.status} ${answer.body.slice(0, 120)}`)
  return isFine
}

function satisfies(body: string, isRight: Case['isRight']): boolean {
  try {
    return isRight(Buffer.from(body, 'latin1').toString())
  } catch {
    return false
  }
}

export interface ServerRow {
  readonly name: string
  /** Requests for the CPU that `node:http` by hand takes for one: higher is better. */
  readonly ratios: Readonly<Record<string, { median: number; low: number; high: number } | undefined>>
}

const wanted = process.env['BENCH_SERVERS']?.split(',') ?? SERVERS
const servers = (await Promise.all([...new Set([BASE, ...wanted])].map((name) => startServer('servers', name)))).filter(
  (server) => server !== undefined,
)
const table = new Map(servers.map(({ name }) => [name, {} as Record<string, ServerRow['ratios'][string]>]))
for (const one of CASES.filter(
  ({ name }) => process.env['BENCH_ONLY'] === undefined || process.env['BENCH_ONLY'].split(',').includes(name),
)) {
  const right: ServerProcess[] = []
  for (const server of servers) if (await check(server, one)) right.push(server)
  for (const server of right) await turn(server, one.request)
  const samples = new Map(right.map((server) => [server, [] as number[]]))
  for (let number = 0; number < TURNS; number++) {
    const costs = new Map<ServerProcess, number>()
    for (const server of shuffle(right)) costs.set(server, await turn(server, one.request))
    const base = costs.get(right.find(({ name }) => name === BASE)!)!
    for (const [server, cost] of costs) samples.get(server)!.push(base / cost)
  }
  for (const [{ name }, ratios] of samples) table.get(name)![one.name] = spreadOf(ratios)
}
for (const { child } of servers) child.kill()

const rows: ServerRow[] = [...table].map(([name, ratios]) => ({ name, ratios }))
if (process.argv.includes('--json')) console.log(JSON.stringify(rows))
else {
  const names = CASES.map(({ name }) => name)
  console.log(`${''.padEnd(12)}${names.map((name) => name.padStart(9)).join('')}`)
  for (const { name, ratios } of rows)
    console.log(
      `${name.padEnd(12)}${names.map((label) => (ratios[label] === undefined ? '–' : formatRatio(ratios[label].median)).padStart(9)).join('')}`,
    )
}
