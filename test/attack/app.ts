/** The server that is attacked, in a process of its own: one route for each thing that a client can make it do. It tells its measures when asked. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type * as riposteNode from '../../src/node/index.ts'
import type * as riposte from '../../src/index.ts'
import type { Measures } from './victim.ts'

const [root = '', files = ''] = process.argv.slice(2)
const { bytes, createApp, file, form, sse, stream, text } = (await import(join(root, 'src/index.ts'))) as typeof riposte
const { compression, directory, serve } = (await import(join(root, 'src/node/index.ts'))) as typeof riposteNode

const MEBIBYTE = 1_048_576
const large = 'a'.repeat(5 * MEBIBYTE)
const app = createApp({ logger: { error() {}, warn() {}, info() {} } })
app.use(compression({ events: true }))

app.get('/', { responses: { 200: text() } }, () => 'answer')
app.get('/slow', { responses: { 200: text() } }, () => new Promise<string>((resolve) => setTimeout(resolve, 60_000, 'slow').unref()))
app.get('/text', { responses: { 200: text() } }, () => large)
app.get('/json', { responses: { 200: z.object({ large: z.string() }) } }, () => ({ large }))
app.get('/bytes', { responses: { 200: bytes('image/png') } }, () => new Uint8Array(large.length))
app.get('/stream', { responses: { 200: stream('image/png') } }, function* () {
  for (;;) yield large.slice(0, 65_536)
})
const folder = existsSync(files) ? file({ root: directory(files) }) : file()
app.get('/files/{path}', { params: { path: z.string() }, responses: { 200: folder } }, ({ params }) => params.path)
app.get('/swapped/{path}', { params: { path: z.string() }, responses: { 200: folder } }, ({ params }) => `swapped/${params.path}`)

const Tick = z.object({ count: z.int(), text: z.string() })
app.get('/events', { responses: { 200: sse(Tick) } }, async function* ({ signal }) {
  for (let count = 0; !signal.aborted; count += 1) {
    // No two events are alike, so that the encoder fills its window.
    yield {
      count,
      text: Array.from({ length: 64 }, (_, index) => Math.sin(count * 64 + index).toString(36))
        .join('')
        .slice(0, 1_024),
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
})

const items = { dates: z.date(), urls: z.instanceof(URL), bigints: z.bigint(), numbers: z.int(), texts: z.string().min(5) }
for (const [name, item] of Object.entries(items))
  app.post(`/lists/${name}`, { body: z.array(item), responses: { 200: text() } }, () => 'read')
app.post('/form', { body: form(z.object({ n: z.number() })), responses: { 200: text() } }, () => 'read')
app.post('/item', { body: z.object({ a: z.int() }), responses: { 200: text() } }, () => 'read')

/** The most memory since it was last asked for. */
let peak = 0
const look = () => {
  peak = Math.max(peak, process.memoryUsage.rss())
}
setInterval(look, 20).unref()

/** Collected first: how much garbage lies about depends on how busy the machine is. */
function measureKept(): Measures {
  globalThis.gc!()
  return measure()
}

function measure(): Measures {
  look()
  const { user, system } = process.cpuUsage()
  const connections = process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length
  const measures = { cpuMs: (user + system) / 1_000, memory: process.memoryUsage.rss() / MEBIBYTE, peak: peak / MEBIBYTE, connections }
  peak = 0
  return measures
}

const { port, stopped } = await serve(app, { port: 0, slowClientMs: 2_000, stopIdleMs: 2_000 })
process.on('message', (what) => process.send!(what === 'kept' ? measureKept() : measure()))
process.send!(port)
// The channel keeps the process alive.
void stopped.then(() => process.disconnect())
