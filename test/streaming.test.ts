/** Answers that are made while they are sent, through the whole flow: in memory, and over a socket with clients that leave, sleep or see the server stop. */
import { strict as assert } from 'node:assert'
import { once } from 'node:events'
import { after, test } from 'node:test'
import { setImmediate as turn } from 'node:timers/promises'
import { z } from 'zod'
import { createApp, dependency, get, jsonl, post, sse, stream, text, type Route } from '../src/index.ts'
import { serve, type Server } from '../src/node/index.ts'
import { openAnswer, readAnswer } from './support/answer.ts'
import { Wire } from './support/wire.ts'
import { silent } from './support/recording-logger.ts'
import { deferred } from './support/deferred.ts'

const Tick = z.object({ n: z.int() })
const servers: Server[] = []
after(() => Promise.all(servers.map((server) => server.stop())))

function appOf(...routes: Route[]) {
  const app = createApp({ logger: silent })
  app.add(Object.fromEntries(routes.entries()))
  return app
}

async function start(...routes: Route[]): Promise<Server> {
  const server = await serve(appOf(...routes), { port: 0, stopOnSignals: false })
  servers.push(server)
  return server
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
}

/** Says `first`, then waits until its signal aborts; counts how often its `finally` runs. */
function waiter<Item>(first: Item) {
  const { promise, resolve } = deferred()
  const seen = { closings: 0, closed: promise }
  async function* wait({ signal }: { signal: AbortSignal }) {
    try {
      yield first
      await aborted(signal)
    } finally {
      seen.closings++
      resolve()
    }
  }
  return { wait, seen }
}

const streams: Record<string, () => { route: Route; seen: { closings: number; closed: Promise<void> } }> = {
  stream() {
    const { wait, seen } = waiter('first')
    return { route: get('/', { responses: { 200: stream('text/plain') } }, wait), seen }
  },
  jsonl() {
    const { wait, seen } = waiter({ n: 1 })
    return { route: get('/', { responses: { 200: jsonl(Tick) } }, wait), seen }
  },
  sse() {
    const { wait, seen } = waiter({ n: 1 })
    return { route: get('/', { responses: { 200: sse(Tick) } }, wait), seen }
  },
}

for (const [name, create] of Object.entries(streams)) {
  test(`${name}: a client that leaves over a socket ends the producer: its finally runs once`, async () => {
    const { route, seen } = create()
    const response = await openAnswer(await start(route))
    await once(response, 'data')
    response.destroy()
    await seen.closed
    await turn()
    assert.equal(seen.closings, 1)
  })

  test(`${name}: a reader that cancels in memory ends the producer: its finally runs once`, async () => {
    const { route, seen } = create()
    const response = await appOf(route).request('/')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    await seen.closed
    await turn()
    assert.equal(seen.closings, 1)
  })
}

test('a synchronous generator that is left runs its finally', async () => {
  const { promise, resolve } = deferred()
  const route = get('/', { responses: { 200: stream('application/octet-stream') } }, function* () {
    try {
      for (;;) yield new Uint8Array(65_536)
    } finally {
      resolve()
    }
  })
  const response = await openAnswer(await start(route))
  await once(response, 'data')
  response.destroy()
  await promise
})

test('what was yielded before an error is sent, and the end is not clean', async () => {
  const routes: Route[] = [
    get('/', { responses: { 200: sse(text()) } }, async function* () {
      yield* ['one', 'two']
      throw new Error('SECRET')
    }),
    get('/', { responses: { 200: stream('text/plain') } }, function* () {
      yield* ['one', 'two']
      throw new Error('SECRET')
    }),
    get('/', { responses: { 200: jsonl(z.string()) } }, () => ['one', 'two', 3 as unknown as string]),
  ]
  const contents = ['data: one\n\ndata: two\n\n', 'onetwo', '"one"\n"two"\n']
  for (const [index, route] of routes.entries()) {
    assert.deepEqual(await readAnswer(await openAnswer(await start(route))), { content: contents[index], isWhole: false })
    await assert.rejects(
      appOf(route)
        .request('/')
        .then((response) => response.text()),
    )
  }
})

test('an error before the first item is an ordinary answer', async () => {
  for (const representation of [sse(z.string()), stream('text/plain'), jsonl(z.string())]) {
    const route = get('/', { responses: { 200: representation } }, async function* () {
      yield* []
      await turn()
      throw new Error('SECRET')
    })
    const response = await appOf(route).request('/')
    assert.equal(response.status, 500)
    assert.equal(response.headers.get('content-type'), 'application/problem+json')
    assert.doesNotMatch(await response.text(), /SECRET/)
  }
})

test('when the server stops, events end cleanly with a farewell, and the stop does not wait for their clients', async () => {
  const { wait, seen } = waiter({ n: 1 })
  const server = await start(get('/', { responses: { 200: sse(Tick) } }, wait))
  const response = await openAnswer(server)
  const content = readAnswer(response)
  await server.stop()
  const { content: wire, isWhole } = await content
  assert.match(wire, /^data: \{"n":1\}\n\nretry: \d+\n\n$/)
  assert.equal(isWhole, true)
  assert.equal(seen.closings, 1)
})

test('the head and a first byte do not wait for the first event', async () => {
  const { promise, resolve } = deferred()
  const route = get('/', { responses: { 200: sse(Tick) } }, async function* () {
    await promise
    yield { n: 1 }
  })
  const response = await openAnswer(await start(route))
  const [first] = (await once(response, 'data')) as [Buffer]
  assert.equal(first.toString(), ':\n\n')
  resolve()
  assert.equal((await readAnswer(response)).content, 'data: {"n":1}\n\n')
})

test('events that are ready together leave together', async (t) => {
  // On a machine that is busy, a tick may take longer than a turn, and the first event longer than the head waits for it.
  t.mock.method(performance, 'now', () => 0)
  const { promise, resolve } = deferred()
  const route = get('/', { responses: { 200: sse(Tick, { awaitFirstMs: Infinity }) } }, async function* ({ signal }) {
    yield { n: 0 }
    await promise
    for (let n = 1; n <= 3; n++) yield { n }
    await aborted(signal)
  })
  const response = await openAnswer(await start(route))
  await once(response, 'data')
  resolve()
  const [chunk] = (await once(response, 'data')) as [Buffer]
  assert.equal(chunk.toString(), 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n')
  response.destroy()
})

test('a client that takes nothing is cut off', async () => {
  const { promise, resolve } = deferred()
  const route = get('/', { responses: { 200: sse(text(), { slowClientMs: 20 }) } }, async function* () {
    try {
      for (;;) yield 'x'.repeat(65_536)
    } finally {
      resolve()
    }
  })
  const response = await openAnswer(await start(route))
  const closed = new Promise((resolve) => response.once('close', resolve).once('error', () => undefined))
  await promise
  response.resume()
  await closed
  assert.equal(response.complete, false)
})

test('events by POST, resumed after the id that the client saw last', async () => {
  const route = post('/', { body: Tick, responses: { 200: sse(Tick) } }, function* ({ body, event, lastEventId }) {
    for (let n = Number(lastEventId ?? 0) + 1; n <= body.n; n++) yield event.message({ n }, { id: n })
  })
  const response = await appOf(route).request('/', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'last-event-id': '1' },
    body: '{"n":3}',
  })
  assert.equal(await response.text(), 'data: {"n":2}\nid: 2\n\ndata: {"n":3}\nid: 3\n\n')
})

function routeOf(length: string): Route {
  return get('/', { responses: { 200: stream('text/plain') } }, async function* ({ response }) {
    response.headers.set('content-length', length)
    yield 'abc'
  })
}

test('a length that the handler sets is held: as set before the first chunk, neither more nor less', async () => {
  const response = await openAnswer(await start(routeOf('3')))
  assert.equal(response.headers['content-length'], '3')
  assert.equal(response.headers['transfer-encoding'], undefined)
  assert.deepEqual(await readAnswer(response), { content: 'abc', isWhole: true })
  for (const length of ['2', '4']) assert.equal((await readAnswer(await openAnswer(await start(routeOf(length))))).isWhole, false)
  assert.equal((await appOf(routeOf('x')).request('/')).status, 500)
})

test('a producer whose answer is never sent is closed', async () => {
  const { wait, seen } = waiter('first')
  const headless = get('/', { responses: { 200: { body: stream('text/plain'), headers: { 'X-Missing': z.string() } } } }, wait as never)
  assert.equal((await appOf(headless).request('/')).status, 500)
  await seen.closed

  const second = waiter('first')
  const failing = dependency(function* () {
    yield 1
    throw new Error('SECRET')
  })
  const route = get('/', { dependencies: { failing }, responses: { 200: stream('text/plain') } }, second.wait)
  assert.equal((await appOf(route).request('/')).status, 500)
  await second.seen.closed
})

test('of 500 clients that are killed in the middle of a stream, no producer is left', async () => {
  let alive = 0
  let opened = 0
  const allClosed = deferred()
  async function* produce({ signal }: { signal: AbortSignal }) {
    const number = ++opened
    alive++
    try {
      yield 'first'
      // Most are killed while their producer waits, some while it makes more than they take.
      if (number % 25 !== 0) await aborted(signal)
      for (;;) yield 'x'.repeat(65_536)
    } finally {
      if (--alive === 0 && opened === 500) allClosed.resolve()
    }
  }
  const responses = { 200: stream('text/plain') }
  const server = await start(get('/', { responses }, produce))
  const wires = Array.from({ length: 500 }, () => new Wire(server.port).send('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'))
  await Promise.all(wires.map(async (wire) => (await wire.until('first'), wire.stall())))
  assert.equal(alive, 500)
  for (const [client, { socket }] of wires.entries()) {
    if (client % 2 === 0) socket.resetAndDestroy()
    else socket.destroy()
  }
  await allClosed.promise
  assert.equal(alive, 0)
})
