/** The clients of the soak: each sends one request of a mix and reads the answer, or leaves in the middle of it. */
import { once } from 'node:events'
import { Agent, request, type IncomingMessage } from 'node:http'
import { connect } from 'node:net'

interface Target {
  readonly port: number
  readonly agent: Agent
}

type Client = (to: Target, index: number) => Promise<void>

interface Sent {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** The answers that are expected, so that the soak is of what it says. */
async function answered(to: Target, status: number, path: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<void> {
  const outgoing = request({ host: '127.0.0.1', ...to, path, method, headers })
  outgoing.end(body)
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage]
  for await (const _chunk of answer);
  if (answer.statusCode !== status) throw new Error(`${method} ${path}: expected ${status}, got ${answer.statusCode}`)
}

/** Leaves when the first bytes have come, or at once. */
async function leaves({ port }: Target, head: string, isPatient: boolean): Promise<void> {
  const socket = connect(port, '127.0.0.1').on('error', () => undefined)
  socket.write(`${head}\r\nHost: x\r\n\r\n`)
  if (isPatient) await once(socket, 'data')
  else await once(socket, 'connect')
  const closed = once(socket, 'close')
  socket.resetAndDestroy()
  await closed
}

const json = { 'content-type': 'application/json' }
const boundary = 'b0undary'
const upload = [
  `--${boundary}\r\nContent-Disposition: form-data; name="name"\r\n\r\na name\r\n`,
  `--${boundary}\r\nContent-Disposition: form-data; name="content"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n${'x'.repeat(4_096)}\r\n`,
  `--${boundary}--\r\n`,
].join('')
const uploadHeaders = { 'content-type': `multipart/form-data; boundary=${boundary}` }

const MIX: readonly Client[] = [
  (to, index) => answered(to, 200, `/items/${index}`, { headers: { origin: 'http://a.example' } }),
  (to) => answered(to, 422, '/items/none'),
  (to, index) => answered(to, 404, `/nothing/${index}`),
  (to, id) => answered(to, 201, '/items', { method: 'POST', headers: json, body: JSON.stringify({ id, at: new Date(id) }) }),
  (to) => answered(to, 201, '/items', { method: 'POST', headers: json, body: '{"name":"a"}' }),
  (to) => answered(to, 422, '/items', { method: 'POST', headers: json, body: '{"id":"a"}' }),
  (to) => answered(to, 422, '/items', { method: 'POST', headers: json, body: '{"id":' }),
  (to) => answered(to, 415, '/items', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'a' }),
  (to) => answered(to, 500, '/fail'),
  (to) => answered(to, 500, '/breach'),
  (to) => answered(to, 200, '/signal'),
  (to) => answered(to, 200, '/lines', { headers: { 'accept-encoding': 'gzip' } }),
  (to) => answered(to, 200, '/files/large.txt', { headers: { 'accept-encoding': 'br' } }),
  (to) => answered(to, 206, '/files/large.txt', { headers: { range: 'bytes=0-99' } }),
  (to) => answered(to, 304, '/items/7', { headers: { 'if-none-match': '*' } }),
  (to) => answered(to, 204, '/events', { method: 'POST' }),
  (to) => answered(to, 200, '/uploads', { method: 'POST', headers: uploadHeaders, body: upload }),
  (to) => leaves(to, 'GET /stream HTTP/1.1', true),
  (to) => leaves(to, 'GET /stream HTTP/1.1\r\nAccept-Encoding: br', true),
  (to) => leaves(to, 'GET /events HTTP/1.1', true),
  (to) => leaves(to, 'GET /events HTTP/1.1\r\nAccept-Encoding: gzip', false),
  (to) => leaves(to, 'GET /files/large.txt HTTP/1.1', true),
  (to) => leaves(to, 'GET /signal HTTP/1.1', false),
  (to) => leaves(to, 'POST /items HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 100', false),
  (to) => leaves(to, `POST /uploads HTTP/1.1\r\nContent-Type: ${uploadHeaders['content-type']}\r\nContent-Length: ${upload.length}`, false),
]

const AT_ONCE = 10

/** `more` are requests beside the mix, by their path. */
export async function runClients(port: number, count: number, more: readonly string[] = []): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })
  const others = more.map((path): Client => {
    return (to) => answered(to, 204, path)
  })
  const clients: readonly Client[] = [...MIX, ...others]
  let next = 0
  const run = async () => {
    while (next < count) {
      const index = next++
      await clients[index % clients.length]!({ port, agent }, index)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, run))
  agent.destroy()
}
