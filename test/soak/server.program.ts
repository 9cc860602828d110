/** The server of the soak, in a process of its own, whose memory holds nothing of the clients. It tells what it still holds when it is asked. */
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createApp, dependency, file, jsonl, multipart, sse, stream, text } from '../../src/index.ts'
import { channel } from '../../src/channel/index.ts'
import { compression, directory, serve, temporaryFiles } from '../../src/node/index.ts'
import { conditional, cors, requestLog, secureHeaders, timeout } from '../../src/middleware/index.ts'

/** What is left when no client is there. */
export interface Left {
  /** In bytes, once garbage is collected. */
  readonly heap: number
  readonly dependencies: number
  readonly producers: number
  readonly tasks: number
  readonly connections: number
  /** Uploads on the disk, and open files where the system tells. */
  readonly files: number
  readonly rejections: number
}

const open = { dependencies: 0, producers: 0, tasks: 0 }
let rejections = 0
process.on('unhandledRejection', () => (rejections += 1))

const folder = await mkdtemp(join(tmpdir(), 'riposte-soak-'))
const uploads = await mkdtemp(join(tmpdir(), 'riposte-soak-uploads-'))
await writeFile(join(folder, 'large.txt'), 'line of a text\n'.repeat(20_000))

const session = dependency(async function* ({ header }) {
  open.dependencies += 1
  try {
    yield { name: header('user-agent') ?? 'nobody' }
  } finally {
    open.dependencies -= 1
  }
})
const whole = dependency({ scope: 'response' }, async function* () {
  open.dependencies += 1
  try {
    yield 1
  } finally {
    open.dependencies -= 1
  }
})

async function* counted<Item>(items: () => AsyncIterable<Item>): AsyncGenerator<Item, void, void> {
  open.producers += 1
  try {
    yield* items()
  } finally {
    open.producers -= 1
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

const Item = z.object({ id: z.int(), at: z.date(), tags: z.array(z.string()).default([]) })
const logger = { error() {}, warn() {}, info() {} }
const app = createApp({ dependencies: { session }, logger })
app.use(requestLog({ logger }))
app.use(cors({ origins: ['http://a.example'] }))
app.use(secureHeaders())
app.use(timeout({ ms: 30_000 }))
app.use(compression({ events: true }))
app.use(conditional())

app.get('/items/{id}', { params: { id: z.int() }, responses: { 200: Item } }, ({ params }) => ({
  id: params.id,
  at: new Date(0),
  tags: ['a'],
}))
app.post('/items', { body: z.union([Item, z.object({ name: z.string() })]), responses: { 201: z.any() } }, ({ body, background }) => {
  open.tasks += 1
  background.add(async () => {
    await pause(1)
    open.tasks -= 1
  })
  return body
})
app.get('/fail', { responses: { 200: text() } }, () => {
  throw new Error('a fault of the app')
})
app.get('/breach', { responses: { 200: Item } }, () => ({ id: 'x' }) as never)
app.get('/signal', { responses: { 200: text() } }, async ({ signal }) => {
  signal.addEventListener('abort', () => undefined)
  await pause(1)
  return 'late'
})
app.get('/stream', { dependencies: { whole }, responses: { 200: stream('text/plain') } }, () =>
  counted(async function* () {
    for (;;) {
      yield 'a line of the stream\n'.repeat(50)
      await pause(1)
    }
  }),
)
app.get('/lines', { responses: { 200: jsonl(Item) } }, () =>
  counted(async function* () {
    for (let id = 0; id < 20; id += 1) {
      await pause(0)
      yield { id, at: new Date(id) }
    }
  }),
)
const news = channel('news', Item)
app.get('/events', { dependencies: { whole }, responses: { 200: sse(Item) } }, ({ signal }) =>
  counted(async function* () {
    for await (const item of news.subscribe(undefined, signal)) if (item.kind === 'message') yield item.data
  }),
)
app.post('/events', { responses: { 204: {} } }, async () => {
  await news.publish({ id: 1, at: new Date(0), tags: [] })
  return undefined
})
app.get(
  '/files/{name}',
  { params: { name: z.string() }, responses: { 200: file({ root: directory(folder) }) } },
  ({ params }) => params.name,
)
app.post(
  '/uploads',
  {
    body: multipart(z.object({ name: z.string(), content: z.file() }), {
      store: temporaryFiles({ thresholdBytes: 1_024, directory: uploads }),
    }),
    responses: { 200: z.int() },
  },
  ({ body }) => body.content.size,
)
const kept: unknown[] = []
app.get('/leak', { responses: { 204: {} } }, () => {
  kept.push(Array<number>(2_048).fill(kept.length + 0.5))
  return undefined
})

async function measure(): Promise<Left> {
  for (let turn = 0; turn < 3; turn += 1) {
    await pause(20)
    globalThis.gc!()
  }
  return {
    ...open,
    heap: process.memoryUsage().heapUsed,
    connections: process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length,
    files: countFiles(uploads) + countOpen(folder) + countOpen(uploads),
    rejections,
  }
}

function countFiles(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length
}

const DESCRIPTORS = '/proc/self/fd'

function countOpen(path: string): number {
  if (!existsSync(DESCRIPTORS)) return 0
  return readdirSync(DESCRIPTORS).filter((name) => targetOf(join(DESCRIPTORS, name)).startsWith(path)).length
}

/** The descriptor that listed the others is closed again. */
function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

const server = await serve(app, { port: 0 })
process.on('message', (message) => {
  if (message === 'stop') void server.stop().then(() => process.disconnect())
  else void measure().then((left) => process.send!(left))
})
process.send!(server.port)
