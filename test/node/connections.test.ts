import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { fakeApp, gatedSource, replyWith } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { fieldsOf, Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'
const CLOSING = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

/** Only what the server does by the clock stands still. */
function stopTheClock(): Disposable & { pass(ms: number): void } {
  mock.timers.enable({ apis: ['setInterval'] })
  return { pass: (ms) => mock.timers.tick(ms), [Symbol.dispose]: () => mock.timers.reset() }
}

const answering = fakeApp(() => replyWith('answer'))

test('a connection without a request closes after its time, and not before', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  await wire.send(GET).until('answer')
  clock.pass(1_000)
  clock.pass(7_000)
  await wire.send(GET).until('answer', 2)
  clock.pass(1_000)
  clock.pass(8_000)
  assert.equal(await wire.ended, 'end')
})

test('each request restarts this time', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  for (let number = 1; number <= 5; number++) {
    await wire.send(GET).until('answer', number)
    clock.pass(7_000)
  }
})

test('a connection with a request is not idle, however long its response takes', async () => {
  using clock = stopTheClock()
  const release = deferred()
  const app = fakeApp(() => replyWith(gatedSource(release)))
  await using server = await listen(app, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  await wire.send(GET).until('first')
  clock.pass(80_000)
  release.resolve()
  await wire.until('last')
})

test('a connection without any bytes yet is left to the time that a head may take', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
  using fresh = new Wire(server.port)
  // The server has the fresh one when it has one that was opened after it.
  using later = new Wire(server.port)
  await later.send(GET).until('answer')
  clock.pass(80_000)
  assert.equal(await later.ended, 'end')
  await fresh.send(GET).until('answer')
})

test('Keep-Alive says how long a connection stays open', async () => {
  await using server = await listen(answering)
  using kept = new Wire(server.port)
  assert.equal(fieldsOf(await kept.send(GET).until('answer')).get('keep-alive'), 'timeout=72')
  using closed = new Wire(server.port)
  assert.equal(fieldsOf(await closed.send(CLOSING).whole()).get('keep-alive'), undefined)
})

test('an answer that ends right before a look does not have it count', async () => {
  using clock = stopTheClock()
  const release = deferred()
  const app = fakeApp(({ path }) => replyWith(path === '/slow' ? gatedSource(release) : 'answer'))
  await using server = await listen(app, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  await wire.send('GET /slow HTTP/1.1\r\nHost: x\r\n\r\n').until('first')
  clock.pass(1_000)
  release.resolve()
  await wire.until('0\r\n\r\n')
  clock.pass(8_000)
  await wire.send(GET).until('answer')
  clock.pass(10_000)
  assert.equal(await wire.ended, 'end')
})

for (const [kind, head, rest] of [
  ['of a known length', 'Content-Length: 20000\r\n\r\n', 'a'.repeat(20_000)],
  ['in chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', '0\r\n\r\n'],
] as const) {
  test(`a connection is idle when the content of its last request, ${kind}, comes to its end after the response`, async () => {
    using clock = stopTheClock()
    await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
    using wire = new Wire(server.port)
    await wire.send(`POST / HTTP/1.1\r\nHost: x\r\n${head}`).until('answer')
    await new Promise((resolve) => wire.socket.write(rest, resolve))
    // The server has seen all that was sent until here once it has answered over another connection.
    using other = new Wire(server.port)
    await other.send(CLOSING).whole()
    clock.pass(10_000)
    assert.equal(await wire.ended, 'end')
  })
}

test('accepts months, which is longer than a timer can wait', async () => {
  using clock = stopTheClock()
  const started = mock.method(globalThis, 'setInterval')
  await using server = await listen(answering, { keepAliveTimeoutMs: 1e11 })
  for (const {
    arguments: [, intervalMs],
  } of started.mock.calls)
    assert.ok(intervalMs! < 2 ** 31)
  assert.ok(started.mock.callCount() > 0)
  started.mock.restore()
  using wire = new Wire(server.port)
  await wire.send(GET).until('answer')
  clock.pass(1e9)
  await wire.send(GET).until('answer', 2)
})

test('for no time at all: each connection ends with its answer', async () => {
  await using server = await listen(answering, { keepAliveTimeoutMs: 0 })
  using wire = new Wire(server.port)
  const fields = fieldsOf(await wire.send(GET).whole())
  assert.deepEqual([fields.get('connection'), fields.get('keep-alive')], ['close', undefined])
})

test('a value that is not a time is refused', async () => {
  for (const keepAliveTimeoutMs of [NaN, -1]) {
    await assert.rejects(listen(answering, { keepAliveTimeoutMs }), { name: 'RangeError', message: /^KEEP_ALIVE_TIMEOUT: / })
  }
})

test('no timer for connections is left when the server has stopped', async () => {
  const started = mock.method(globalThis, 'setInterval')
  const cleared = mock.method(globalThis, 'clearInterval')
  try {
    await using server = await listen(answering)
    await server.stop()
    const looking = started.mock.calls.map(({ result }) => result)
    assert.equal(looking.length > 0, true)
    const ended = cleared.mock.calls.map(({ arguments: [timer] }) => timer)
    assert.deepEqual(
      looking.filter((timer) => !ended.includes(timer)),
      [],
    )
  } finally {
    mock.restoreAll()
  }
})

test('indefinitely, where the option says so', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: Infinity })
  using wire = new Wire(server.port)
  assert.equal(fieldsOf(await wire.send(GET).until('answer')).get('keep-alive'), undefined)
  clock.pass(1e9)
  await wire.send(GET).until('answer', 2)
})

test('what a handler says of the connection is left unchanged, and HTTP/1.0 is told nothing', async () => {
  const app = fakeApp(() => replyWith('answer', ['keep-alive', 'timeout=5']))
  await using server = await listen(app)
  using own = new Wire(server.port)
  assert.deepEqual((await own.send(GET).until('answer')).match(/^keep-alive: .*$/gim), ['keep-alive: timeout=5'])
  await using other = await listen(fakeApp(() => replyWith(gatedSource({ promise: Promise.resolve() }))))
  using old = new Wire(other.port)
  assert.equal(fieldsOf(await old.send('GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n').whole()).get('keep-alive'), undefined)
})

test('a handler that closes the connection is not contradicted', async () => {
  const app = fakeApp(() => replyWith('answer', ['connection', 'close']))
  await using server = await listen(app)
  using wire = new Wire(server.port)
  assert.equal(fieldsOf(await wire.send(GET).whole()).get('keep-alive'), undefined)
})

for (const [name, request] of [
  ['a client that asks to close it', CLOSING],
  ['a client of HTTP/1.0', 'GET / HTTP/1.0\r\n\r\n'],
]) {
  test(`no handler keeps the connection of ${name} open`, async () => {
    for (const option of ['keep-alive', 'x-hop']) {
      await using server = await listen(fakeApp(() => replyWith('answer', ['connection', option])))
      using wire = new Wire(server.port)
      assert.equal(fieldsOf(await wire.send(request!).whole()).get('connection'), 'close')
    }
  })
}

test('empty lines do not keep a connection open for longer than a head may take', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000, headTimeoutMs: 4_000 })
  using wire = new Wire(server.port)
  await wire.send(GET).until('answer')
  const state = { isOpen: true }
  void wire.ended.then(() => {
    state.isOpen = false
  })
  for (let second = 0; state.isOpen && second < 30; second += 1) {
    await new Promise((resolve) => wire.socket.write('\r\n', resolve))
    // The server has read it once it has answered over another connection.
    using other = new Wire(server.port)
    await other.send(CLOSING).whole()
    clock.pass(1_000)
    await new Promise((resolve) => setImmediate(resolve))
  }
  assert.equal(state.isOpen, false)
})
