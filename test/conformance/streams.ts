/** Streams: from generators of both kinds, web streams and Node streams. */
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { z } from 'zod'
import { get, HTTPError, stream } from '../../src/index.ts'
import { ValueError } from './error-handlers.ts'
import { detail } from './schemas.ts'
import { log, setLog } from './store.ts'

const text = stream('text/plain')
const bytes = stream('application/octet-stream')
const FIRST_LETTER = 'a'.charCodeAt(0)
const LETTERS = 26

const ChunksQuery = { count: z.int().default(10), size: z.int().default(1024), delay_ms: z.int().default(0) }

export const chunks = get(
  '/lab/stream/bytes',
  { query: ChunksQuery, responses: { 200: bytes } },
  async function* ({ query: { count, size, delay_ms }, signal }) {
    for (let k = 0; k < count; k++) {
      yield new Uint8Array(size).fill(FIRST_LETTER + (k % LETTERS))
      if (delay_ms > 0) await pause(delay_ms, undefined, { signal })
    }
  },
)

export const strings = get('/lab/stream/text', { responses: { 200: text } }, async function* () {
  yield* ['héllo ', '', 'wörld ', '🚀', '\n']
})

export const nothing = get('/lab/stream/empty', { responses: { 200: text } }, async function* () {})

export const sync = get('/lab/stream/sync', { responses: { 200: text } }, function* () {
  for (let n = 0; n < 3; n++) yield `sync ${n}\n`
})

const key = z.string()

export const ticks = get(
  '/lab/stream/ticks',
  { query: { key, interval_ms: z.int().default(50) }, responses: { 200: text } },
  async function* ({ query, signal }) {
    log(query.key, 'start')
    try {
      for (let n = 0; ; n++) {
        yield `tick ${n}\n`
        await pause(query.interval_ms, undefined, { signal })
      }
    } finally {
      log(query.key, 'cleanup')
    }
  },
)

const FIREHOSE_CHUNKS = 4096
const FIREHOSE_BYTES = 65_536

export const firehose = get('/lab/stream/firehose', { query: { key }, responses: { 200: bytes } }, async function* ({ query }) {
  const chunk = new Uint8Array(FIREHOSE_BYTES).fill('x'.charCodeAt(0))
  let produced = 0
  try {
    while (produced < FIREHOSE_CHUNKS) {
      setLog(query.key, `produced:${++produced}`)
      yield chunk
    }
  } finally {
    setLog(query.key, `produced:${produced}`, 'cleanup')
  }
})

const FAILURES = {
  error: () => new Error('SECRET-STREAM'),
  http: () => new HTTPError(406, 'too late'),
  value: () => new ValueError('too late'),
}

export const error = get(
  '/lab/stream/error',
  {
    query: { after: z.int().default(2), kind: z.enum(['error', 'http', 'value']).default('error') },
    responses: { 200: text, 406: detail },
  },
  async function* ({ query }) {
    for (let n = 0; n < query.after; n++) {
      yield `chunk ${n}\n`
      await pause(20)
    }
    throw FAILURES[query.kind]()
  },
)

async function* zs(bytes: number): AsyncGenerator<Uint8Array> {
  yield new Uint8Array(bytes).fill('z'.charCodeAt(0))
}

export const sized = get(
  '/lab/stream/sized',
  { query: { declared: z.int(), actual: z.int() }, responses: { 200: bytes } },
  ({ query, response }) => {
    response.headers.set('Content-Length', String(query.declared))
    return zs(query.actual)
  },
)

const SourceQuery = { key, count: z.int().default(3) }
const INTERVAL_MS = 50

/** `name 0`, `name 1`, …: as many as asked for, or without end and at a pace. */
async function* lines(name: string, count: number): AsyncGenerator<string> {
  const end = count === 0 ? Infinity : count
  for (let n = 0; n < end; n++) {
    yield `${name} ${n}\n`
    if (end === Infinity) await pause(INTERVAL_MS)
  }
}

export const web = get('/lab/stream/web', { query: SourceQuery, responses: { 200: text } }, ({ query }) => {
  const source = lines('web', query.count)
  return new ReadableStream<string>({
    async pull(controller) {
      const { done, value } = await source.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    cancel: () => log(query.key, 'cleanup'),
  })
})

export const node = get('/lab/stream/node', { query: SourceQuery, responses: { 200: text } }, ({ query }) =>
  Readable.from(lines('node', query.count)).once('close', () => log(query.key, 'cleanup')),
)
