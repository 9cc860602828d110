import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { fakeApp, gate, gatedSource, replyWith } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { fieldsOf, Wire } from '../support/wire.ts'

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

test('each request begins it anew', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  for (let number = 1; number <= 5; number++) {
    await wire.send(GET).until('answer', number)
    clock.pass(7_000)
  }
})

test('a connection with a request is not idle, however long its answer takes', async () => {
  using clock = stopTheClock()
  const release = gate()
  const app = fakeApp(() => replyWith(gatedSource(release)))
  await using server = await listen(app, { keepAliveTimeoutMs: 8_000 })
  using wire = new Wire(server.port)
  await wire.send(GET).until('first')
  clock.pass(80_000)
  release.open()
  await wire.until('last')
})

test('a connection over which nothing came yet is left to the time that a head may take', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: 8_000 })
  using fresh = new Wire(server.port)
  // The server has the fresh one when it has one that came after it.
  using later = new Wire(server.port)
  await later.send(GET).until('answer')
  clock.pass(80_000)
  assert.equal(await later.ended, 'end')
  await fresh.send(GET).until('answer')
})

test('clients are told how long a connection stays, where it stays', async () => {
  await using server = await listen(answering)
  using kept = new Wire(server.port)
  assert.equal(fieldsOf(await kept.send(GET).until('answer')).get('keep-alive'), 'timeout=72')
  using closed = new Wire(server.port)
  assert.equal(fieldsOf(await closed.send(CLOSING).whole()).get('keep-alive'), undefined)
})

test('for no time at all, or for months', async () => {
  for (const [keepAliveTimeoutMs, open, closed] of [
    [0, 0, 200],
    [1e10, 9e9, 2e9],
  ] as const) {
    using clock = stopTheClock()
    await using server = await listen(answering, { keepAliveTimeoutMs })
    using wire = new Wire(server.port)
    await wire.send(GET).until('answer')
    clock.pass(open)
    await wire.send(GET).until('answer', 2)
    clock.pass(60_000)
    clock.pass(open + closed)
    assert.equal(await wire.ended, 'end')
  }
})

test('for ever, if so wished', async () => {
  using clock = stopTheClock()
  await using server = await listen(answering, { keepAliveTimeoutMs: Infinity })
  using wire = new Wire(server.port)
  assert.equal(fieldsOf(await wire.send(GET).until('answer')).get('keep-alive'), undefined)
  clock.pass(1e9)
  await wire.send(GET).until('answer', 2)
})

test('a handler that closes the connection is not contradicted', async () => {
  const app = fakeApp(() => replyWith('answer', ['connection', 'close']))
  await using server = await listen(app)
  using wire = new Wire(server.port)
  assert.equal(fieldsOf(await wire.send(GET).whole()).get('keep-alive'), undefined)
})
