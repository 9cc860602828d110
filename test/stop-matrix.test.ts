/** Every kind of streamed answer, in every state, when its server stops: a client never takes a part for the whole. */
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { request, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, file, get, jsonl, post, sse, stream, text, type Route } from '../src/index.ts'
import { directory } from '../src/node/index.ts'
import { listen } from './support/listen.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { Wire } from './support/wire.ts'
import { deferred } from './support/deferred.ts'

/** More than the buffers of a connection take, so that a client that reads nothing holds the server back. */
const MUCH = 24 * 1024 * 1024
const PIECE = 'x'.repeat(65_536)
const MANY = Array.from({ length: MUCH / PIECE.length }, () => PIECE)

type Gate = Promise<void>

interface Handed {
  readonly signal: AbortSignal
}

interface State {
  readonly items: readonly string[]
  produce(gate: Gate, handed: Handed): AsyncGenerator<string, void, void>
  /** Whether the client reads nothing until the server stops. */
  readonly isBlocked?: boolean
}

const states: Readonly<Record<string, State>> = {
  'before the first item': {
    items: ['first', 'last'],
    async *produce(gate) {
      await gate
      yield* ['first', 'last']
    },
  },
  'between items': {
    items: ['first', 'last'],
    async *produce(gate, { signal }) {
      yield 'first'
      await Promise.race([gate, new Promise((resolve) => signal.addEventListener('abort', resolve))])
      // Ends in order when it is told to stop, as a careful producer does.
      if (!signal.aborted) yield 'last'
    },
  },
  'while the producer hangs': {
    items: ['first', 'last'],
    async *produce(gate) {
      yield 'first'
      await gate
      yield 'last'
    },
  },
  'while the client is blocked': {
    items: MANY,
    isBlocked: true,
    async *produce() {
      yield* MANY
    },
  },
  'after the last item': {
    items: ['first', MANY.join('')],
    isBlocked: true,
    async *produce() {
      yield* this.items
    },
  },
}

interface Kind {
  readonly isEndless: boolean
  routeOf(handler: (handed: Handed) => AsyncGenerator<string, void, void>): Route
  /** The content of so many items. */
  format(items: readonly string[]): string
  /** Without what the framework adds to the items. */
  readonly strip?: (content: string) => string
}

/** The producer may run to its end although the client reads nothing. */
const patient = { slowClientBytes: Infinity }
const endless = { ...patient, endless: true }
const events = (items: readonly string[]) => items.map((item) => `data: ${item}\n\n`).join('')

const kinds: Readonly<Record<string, Kind>> = {
  sse: {
    isEndless: false,
    routeOf: (handler) => post('/', { responses: { 200: sse(text(), { ...patient, end: '[DONE]' }) } }, handler),
    format: (items) => `${events(items)}data: [DONE]\n\n`,
  },
  jsonl: {
    isEndless: false,
    routeOf: (handler) => post('/', { responses: { 200: jsonl(z.string(), patient) } }, handler),
    format: (items) => items.map((item) => `"${item}"\n`).join(''),
  },
  stream: {
    isEndless: false,
    routeOf: (handler) => post('/', { responses: { 200: stream('text/plain', patient) } }, handler),
    format: (items) => items.join(''),
  },
  'endless sse': {
    isEndless: true,
    routeOf: (handler) => post('/', { responses: { 200: sse(text(), { ...endless, awaitFirstMs: 50 }) } }, handler),
    format: events,
    strip: (content) => content.replace(/^:\n\n/, '').replace(/retry: \d+\n\n$/, ''),
  },
  'endless stream': {
    isEndless: true,
    routeOf: (handler) => post('/', { responses: { 200: stream('text/plain', endless) } }, handler),
    format: (items) => items.join(''),
  },
}

interface Answer {
  readonly content: string
  /** The end was in order: neither a reset nor an early end. */
  readonly isWhole: boolean
}

/** Reads when `ready` resolves. Never rejects. */
function ask(url: string, method: string, ready: Promise<unknown>, arrived: () => void): Promise<Answer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = []
    const end = (isWhole: boolean) => resolve({ content: Buffer.concat(pieces).toString(), isWhole })
    const asked = request(url, { method, agent: false }).end()
    asked.on('error', () => end(false))
    asked.on('response', (response: IncomingMessage) => {
      response.on('error', () => undefined)
      response.on('close', () => end(response.complete))
      arrived()
      void ready.then(() => response.on('data', (piece: Buffer) => pieces.push(piece)))
    })
  })
}

interface Scene {
  readonly route: Route
  /** Opened when the server has begun to stop, where the answer is to finish. */
  readonly gate: { readonly resolve: () => void }
  /** The answer has come to the state in which the server is to stop. */
  readonly reached: Promise<unknown>
  readonly isBlocked?: boolean | undefined
  readonly finishes: boolean
}

/** What the client sees when the server stops in that scene. */
async function stopDuring({ route, gate, reached, isBlocked: isHeld = false, finishes }: Scene): Promise<Answer> {
  const app = createApp({ logger: new RecordingLogger() }).add({ route })
  const server = await listen(app, { stopTimeoutMs: finishes ? 60_000 : 100 })
  const stopped = deferred()
  const begun = new Promise<void>((resolve) => server.stopping.addEventListener('abort', () => resolve()))
  const head = deferred()
  const answer = ask(server.url, route.method, isHeld ? (finishes ? begun : stopped.promise) : Promise.resolve(), () => head.resolve())
  await reached
  if (isHeld) await head.promise
  const stop = server.stop()
  await begun
  if (finishes) gate.resolve()
  await stop
  stopped.resolve()
  return answer
}

for (const [name, kind] of Object.entries(kinds)) {
  describe(`${name}: the server stops`, () => {
    for (const [when, state] of Object.entries(states)) {
      for (const finishes of [true, false]) {
        test(`${when}, and the answer ${finishes ? 'finishes' : 'does not finish'} within the deadline`, async () => {
          const gate = deferred()
          const reached = deferred()
          let taken = 0
          async function* handler(handed: Handed) {
            if (when === 'before the first item') reached.resolve()
            // The writer asks for the next item when it has taken this one.
            for await (const item of state.produce(gate.promise, handed)) {
              yield item
              taken += 1
              if (taken === (when === 'after the last item' ? state.items.length : 1)) reached.resolve()
            }
          }
          const route = kind.routeOf(handler)
          const { content, isWhole } = await stopDuring({ route, gate, reached: reached.promise, isBlocked: state.isBlocked, finishes })
          const whole = kind.format(state.items)
          if (kind.isEndless) {
            if (finishes) assert.equal(isWhole, true, 'it did not end in order')
            if (!isWhole) return
            const got = (kind.strip ?? String)(content)
            const isPrefix = state.items.some((_, count) => got === kind.format(state.items.slice(0, count))) || got === whole
            assert.ok(isPrefix, `a part of an item arrived: ${got.length} of ${whole.length} characters`)
          } else {
            assert.equal(isWhole, finishes, isWhole ? `a clean end after ${content.length} of ${whole.length} characters` : 'it was cut')
            if (isWhole) assert.ok(content === whole, `${content.length} of ${whole.length} characters arrived`)
          }
        })
      }
    }
  })
}

describe('a file: the server stops', () => {
  let folder = ''
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stop-'))
    await writeFile(join(folder, 'much.txt'), MANY.join(''))
  })
  after(() => rm(folder, { recursive: true }))

  for (const [when, isBlocked] of [
    ['before its head', false],
    ['while the client is blocked', true],
  ] as const) {
    for (const finishes of [true, false]) {
      test(`${when}, and the answer ${finishes ? 'finishes' : 'does not finish'} within the deadline`, async () => {
        const gate = deferred()
        const reached = deferred()
        const route = get('/', { responses: { 200: file({ root: directory(folder) }) } }, async () => {
          reached.resolve()
          if (!isBlocked) await gate.promise
          return 'much.txt'
        })
        const { content, isWhole } = await stopDuring({ route, gate, reached: reached.promise, isBlocked, finishes })
        assert.equal(isWhole, finishes)
        if (isWhole) assert.equal(content.length, MUCH)
      })
    }
  }
})

describe('to HTTP/1.0, where only the end of the connection says that an answer is complete', () => {
  const GET_1_0 = 'GET / HTTP/1.0\r\n\r\n'
  test('an answer that does not finish when the server stops is reset', async () => {
    const route = get('/', { responses: { 200: stream('text/plain') } }, async function* () {
      yield 'first'
      await new Promise(() => undefined)
    })
    const app = createApp({ logger: new RecordingLogger() }).add({ route })
    const server = await listen(app, { stopTimeoutMs: 50 })
    const wire = new Wire(server.port).send(GET_1_0)
    await wire.until('first')
    await server.stop()
    assert.equal(await wire.ended, 'ECONNRESET')
  })
})
