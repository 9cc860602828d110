/** How streams end before they are whole: what a producer throws, its clean-up, its age, and a server that stops. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, dependency, get, jsonl, post, raw, sse, stream, text, type Route, type Sent } from '../src/index.ts'
import { toNodeHandler, type Server } from '../src/node/index.ts'
import { openAnswer, readAnswer } from './support/answer.ts'
import { listen } from './support/listen.ts'
import { RecordingLogger } from './support/recording-logger.ts'
import { deferred } from './support/deferred.ts'

const appOf = (logger: RecordingLogger, route: Route) => createApp({ logger }).add({ route })

const aborted = (signal: AbortSignal) => new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))

const representations = { stream: stream('text/plain'), jsonl: jsonl(z.string()), sse: sse(text()) }

describe('a stream that throws undefined', () => {
  for (const [name, representation] of Object.entries(representations)) {
    const sent: Sent[] = []
    const outcomes: string[] = []
    const transaction = dependency({ scope: 'response' }, async function* () {
      try {
        yield 1
        outcomes.push('commit')
      } catch {
        outcomes.push('rollback')
      }
    })
    const route = get(
      '/',
      { dependencies: { transaction }, responses: { 200: representation as ReturnType<typeof stream> } },
      async function* ({ onSent }) {
        onSent((seen) => sent.push(seen))
        yield 'first'
        // oxlint-disable-next-line typescript/only-throw-error -- it is what is tested
        throw undefined
      },
    )

    test(`${name}: is cut, rolled back and logged once`, async () => {
      const logger = new RecordingLogger()
      const app = appOf(logger, route)
      await using server = await listen(app)
      assert.equal((await readAnswer(await openAnswer(server))).isWhole, false)
      await server.stop()
      await assert.rejects(app.request('/').then((response) => response.text()))
      await app.drain()
      assert.deepEqual(outcomes, ['rollback', 'rollback'])
      assert.deepEqual(
        sent.map((seen) => seen.aborted),
        [true, true],
      )
      const message = 'GET /: while the response was sent: a thrown undefined'
      assert.deepEqual(logger.takeMessages(), [message, message])
    })
  }
})

type Leave = (opened: { server: Server; response: IncomingMessage }) => unknown

/** Each way in which a producer is told to leave off. */
const leavings: Record<string, { leave: Leave; options: object; stopTimeoutMs?: number }> = {
  'its client leaves': { leave: ({ response }) => response.destroy(), options: {} },
  'the server stops, and it is endless': { leave: ({ server }) => server.stop(), options: { endless: true } },
  'the stop deadline passes, and it is finite': { leave: ({ server }) => server.stop(), options: { endless: false }, stopTimeoutMs: 50 },
}

async function* failing({ signal }: { signal: AbortSignal }) {
  try {
    yield 'first'
    await aborted(signal)
  } finally {
    // oxlint-disable-next-line no-unsafe-finally -- it is what is tested
    throw new Error('in finally')
  }
}

describe('a finally that throws', () => {
  const producers: Record<string, (options: object) => Route> = {
    stream: (options) => get('/', { responses: { 200: stream('text/plain', options) } }, failing),
    jsonl: (options) => get('/', { responses: { 200: jsonl(z.string(), options) } }, failing),
    sse: (options) => get('/', { responses: { 200: sse(text(), options) } }, failing),
  }
  for (const [name, routeOf] of Object.entries(producers)) {
    for (const [when, { leave, options, stopTimeoutMs = 60_000 }] of Object.entries(leavings)) {
      test(`${name}: when ${when}, it is logged once and the process goes on`, async () => {
        const logger = new RecordingLogger()
        const server = await listen(appOf(logger, routeOf(options)), { stopTimeoutMs })
        const response = await openAnswer(server)
        const answer = readAnswer(response)
        await once(response, 'data')
        const left = leave({ server, response })
        await answer
        const messages: string[] = []
        while (!messages.some((message) => message.includes('in finally'))) messages.push(...(await logger.waitForMessages()))
        await left
        await server.stop()
        messages.push(...logger.takeMessages())
        assert.deepEqual(
          messages.filter((message) => !message.startsWith('STOP_TIMEOUT')),
          ['GET /: while the response was sent: Error: in finally'],
        )
      })
    }
  }

  test('in memory, when its reader cancels, it is logged once and the process goes on', async () => {
    for (const routeOf of Object.values(producers)) {
      const logger = new RecordingLogger()
      const response = await appOf(logger, routeOf({})).request('/')
      const reader = response.body!.getReader()
      await reader.read()
      await reader.cancel()
      assert.deepEqual(await logger.waitForMessages(), ['GET /: while the response was sent: Error: in finally'])
    }
  })
})

describe('maxAgeMs', () => {
  async function* waiting({ signal }: { signal: AbortSignal }) {
    try {
      yield 'first'
      await aborted(signal)
    } finally {
      ended.resolve()
    }
  }
  let ended = deferred()
  const route = get('/', { responses: { 200: sse(text(), { maxAgeMs: 40, heartbeatMs: Infinity }) } }, waiting)

  test('tells the producer of an endless stream, and its client to come back', async () => {
    const logger = new RecordingLogger()
    const app = appOf(logger, route)
    await using server = await listen(app)
    ended = deferred()
    const { content, isWhole } = await readAnswer(await openAnswer(server))
    assert.match(content, /^data: first\n\nretry: \d+\n\n$/)
    assert.equal(isWhole, true)
    await ended.promise

    ended = deferred()
    assert.match(await (await app.request('/')).text(), /^data: first\n\nretry: \d+\n\n$/)
    await ended.promise
    assert.deepEqual(logger.takeMessages(), [])
  })

  test('cuts a finite stream: no part of it looks whole', async () => {
    const finite = post('/', { responses: { 200: sse(text(), { maxAgeMs: 40, heartbeatMs: Infinity }) } }, waiting)
    const logger = new RecordingLogger()
    const app = appOf(logger, finite)
    await using server = await listen(app)
    ended = deferred()
    assert.deepEqual(await readAnswer(await openAnswer(server, 'POST')), { content: 'data: first\n\n', isWhole: false })
    await ended.promise
    assert.match((await logger.waitForMessages())[0]!, /^POST \/: while the response was sent: StreamTooOld: /)

    ended = deferred()
    await assert.rejects(app.request('/', { method: 'POST' }).then((response) => response.text()))
    await ended.promise
  })
})

describe('a server that stops', () => {
  const poll = get('/', { responses: { 200: text() } }, async ({ stopping }) => {
    asked.resolve()
    await aborted(stopping)
    return 'nothing new'
  })
  let asked = deferred()

  test('tells a handler that waits, which then answers', async () => {
    asked = deferred()
    const server = await listen(appOf(new RecordingLogger(), poll), { stopTimeoutMs: 60_000 })
    const answered = openAnswer(server)
    await asked.promise
    assert.equal(server.stopping.aborted, false)
    const stopped = server.stop()
    assert.deepEqual(await readAnswer(await answered), { content: 'nothing new', isWhole: true })
    assert.equal(server.stopping.aborted, true)
    await stopped
  })

  test('tells a request that comes while it stops', async () => {
    const late = get('/', { responses: { 200: text() } }, ({ stopping }) => String(stopping.aborted))
    const server = await listen(appOf(new RecordingLogger(), late), { stopDelayMs: 500 })
    assert.equal((await readAnswer(await openAnswer(server))).content, 'false')
    const stopped = server.stop()
    assert.equal((await readAnswer(await openAnswer(server))).content, 'true')
    await stopped
  })

  test('tells a background task, whether its handler or the task itself reads the signal', async () => {
    for (const isEarly of [true, false]) {
      const begun = deferred()
      const told = get('/', { responses: { 200: text() } }, (context) => {
        const early = isEarly ? context.stopping : undefined
        context.background.add(() => {
          const waited = aborted(early ?? context.stopping)
          begun.resolve()
          return waited
        })
        return 'accepted'
      })
      const logger = new RecordingLogger()
      const server = await listen(appOf(logger, told), { stopTimeoutMs: 2_000 })
      assert.equal((await readAnswer(await openAnswer(server))).content, 'accepted')
      await begun.promise
      await server.stop()
      assert.deepEqual(logger.takeMessages(), [])
    }
  })

  test('tells it below another framework too', async () => {
    asked = deferred()
    const handler = toNodeHandler(appOf(new RecordingLogger(), poll))
    const host = createServer(handler).listen(0)
    await once(host, 'listening')
    const answered = once(request({ port: (host.address() as AddressInfo).port }).end(), 'response')
    await asked.promise
    const stopped = handler.stop()
    assert.equal(handler.stopping.aborted, true)
    const [response] = (await answered) as [IncomingMessage]
    assert.equal((await readAnswer(response)).content, 'nothing new')
    await stopped
    host.close()
  })
})

function bodyOf(words: readonly string[]): ReadableStream {
  const start = (controller: ReadableStreamDefaultController) => words.forEach((word) => controller.enqueue(new TextEncoder().encode(word)))
  return new ReadableStream({ start, pull: hanging })
}

/** Says nothing, and hears nothing. */
const hanging = () => new Promise<never>(() => undefined)

async function* producer(first: readonly string[]) {
  yield* first
  yield await hanging()
}

describe('an endless stream whose server stops', () => {
  const routes: Record<string, (first: readonly string[]) => Route> = {
    stream: (first) => get('/', { responses: { 200: stream('text/plain', { endless: true }) } }, () => producer(first)),
    jsonl: (first) => get('/', { responses: { 200: jsonl(z.string(), { endless: true }) } }, () => producer(first)),
    raw: (first) => get('/', { responses: { 200: raw({ endless: true }) } }, () => new Response(bodyOf(first))),
  }
  for (const [name, routeOf] of Object.entries(routes)) {
    for (const [state, first, expected] of [
      ['before its first item', [], ''],
      ['while its producer hangs', ['first'], name === 'jsonl' ? '"first"\n' : 'first'],
    ] as const) {
      test(`${name}: ${state}, it ends in order at once`, async () => {
        const logger = new RecordingLogger()
        const server = await listen(appOf(logger, routeOf(first)), { stopTimeoutMs: 60_000 })
        const response = await openAnswer(server)
        const answer = readAnswer(response)
        if (first.length > 0) await once(response, 'data')
        const stopped = server.stop()
        assert.deepEqual(await answer, { content: expected, isWhole: true })
        await stopped
        assert.deepEqual(logger.takeMessages(), [])
      })
    }
  }

  test('an error before the first item is an ordinary error response', async () => {
    const route = get('/', { responses: { 200: stream('text/plain', { endless: true }) } }, async function* () {
      yield* []
      throw new Error('SECRET')
    })
    assert.equal((await appOf(new RecordingLogger(), route).request('/')).status, 500)
  })

  test('an error after the head cuts it', async () => {
    const later = deferred()
    const route = get('/', { responses: { 200: stream('text/plain', { endless: true }) } }, async function* () {
      yield* []
      await later.promise
      throw new Error('SECRET')
    })
    const logger = new RecordingLogger()
    await using server = await listen(appOf(logger, route))
    const response = await openAnswer(server)
    later.resolve()
    assert.deepEqual(await readAnswer(response), { content: '', isWhole: false })
    assert.deepEqual(await logger.waitForMessages(), ['GET /: while the response was sent: Error: SECRET'])
  })

  test('many items leave nothing behind: each is read in its turn', async () => {
    const route = get('/', { responses: { 200: stream('text/plain', { endless: true }) } }, async function* () {
      for (let n = 0; n < 5_000; n++) yield 'x'
    })
    await using server = await listen(appOf(new RecordingLogger(), route))
    assert.deepEqual(await readAnswer(await openAnswer(server)), { content: 'x'.repeat(5_000), isWhole: true })
  })
})
