import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { createServer } from 'node:net'
import { describe, test } from 'node:test'
import { serve } from '../../src/node/index.ts'
import { ServerClosing } from '../../src/reply/stream-ending.ts'
import { aborted, fakeApp, gatedSource, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { matrix } from '../support/matrix.ts'
import { fieldsOf, Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const GET = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'

describe('where it listens', () => {
  const app = fakeApp(() => replyWith('answer'))

  test('at a free port of this machine', async () => {
    await using server = await listen(app)
    assert.equal(server.url, `http://127.0.0.1:${server.port}`)
    assert.equal(await (await fetch(server.url)).text(), 'answer')
  })

  test('at all addresses, under a name that works', async () => {
    await using server = await listen(app, { host: '0.0.0.0' })
    assert.equal(server.url, `http://localhost:${server.port}`)
  })

  test('a port that is in use is PORT_IN_USE', async () => {
    const other = createServer()
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
    const { port } = other.address() as { port: number }
    await assert.rejects(serve(app, { port, stopOnSignals: false }), {
      message: `PORT_IN_USE: serve: another process listens on port ${port} of 127.0.0.1. Stop it or choose another port.`,
    })
    other.close()
  })

  test('an address that is not of this machine is an error of its own', async () => {
    await assert.rejects(listen(app, { host: '192.0.2.1' }), { code: 'EADDRNOTAVAIL' })
  })
})

describe('stop', () => {
  test('waits for a response, sends Connection: close with it, and accepts no new connection', async () => {
    const arrived = deferred()
    const release = deferred()
    const app = fakeApp(async () => {
      arrived.resolve()
      await release.promise
      return replyWith('answer')
    })
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    using wire = new Wire(server.port).send(GET)
    await arrived.promise
    const stopped = server.stop()
    using late = new Wire(server.port)
    assert.equal(await late.ended, 'ECONNREFUSED')
    release.resolve()
    const answer = await wire.whole()
    assert.equal(fieldsOf(answer).get('connection'), 'close')
    assert.match(answer, /answer$/)
    await stopped
    await server.stopped
    assert.deepEqual(app.logged, [])
  })

  test('closes connections that wait for nothing: those used before, and those never used', async () => {
    const app = fakeApp(() => replyWith('answer'))
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    using used = new Wire(server.port)
    await used.send(GET).until('answer')
    using fresh = new Wire(server.port)
    // The server has the fresh one when it has one that was opened after it.
    using later = new Wire(server.port)
    await later.send(GET).until('answer')
    await server.stop()
    await Promise.all([used.ended, fresh.ended, later.ended])
  })

  test('a connection that was announced as kept closes after its stream', async () => {
    const release = deferred()
    const app = fakeApp(() => replyWith(gatedSource(release)))
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    using wire = new Wire(server.port)
    await wire.send(GET).until('first')
    const stopped = server.stop()
    release.resolve()
    assert.match(await wire.whole(), /last\r\n0\r\n\r\n$/)
    await stopped
  })

  test('two hundred endless streams end at once, and every client gets the last event', async () => {
    let opened = 0
    let finished = 0
    const reasons: unknown[] = []
    const app = fakeApp(() =>
      replyWith(
        sourceOf(
          async function* (signal) {
            opened += 1
            try {
              yield 'hello'
              await aborted(signal)
              reasons.push(signal.reason)
              yield 'farewell'
            } finally {
              finished += 1
            }
          },
          { endless: true },
        ),
      ),
    )
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    const wires = Array.from({ length: 200 }, () => new Wire(server.port).send(GET))
    await Promise.all(wires.map((wire) => wire.until('hello')))
    assert.equal(opened, 200)
    await server.stop()
    for (const wire of wires) assert.match(await wire.whole(), /farewell\r\n0\r\n\r\n$/)
    assert.equal(finished, 200)
    assert.ok(reasons.every((reason) => reason instanceof ServerClosing))
    assert.deepEqual(app.logged, [])
  })

  test('an endless stream that opens while the server stops ends at once', async () => {
    const arrived = deferred()
    const release = deferred()
    const app = fakeApp(async () => {
      arrived.resolve()
      await release.promise
      return replyWith(
        sourceOf(
          async function* (signal) {
            yield signal.reason instanceof ServerClosing ? 'told' : 'not told'
          },
          { endless: true },
        ),
      )
    })
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    using wire = new Wire(server.port).send(GET)
    await arrived.promise
    const stopped = server.stop()
    release.resolve()
    assert.match(await wire.whole(), /told\r\n0\r\n\r\n$/)
    await stopped
  })

  test('connections that exceed the timeout are closed: signals abort, clean-ups run, and the log has STOP_TIMEOUT', async () => {
    let cleaned = 0
    const reasons: unknown[] = []
    const app = fakeApp(({ path, signal }) => {
      if (path === '/handler') return new Promise(() => {})
      return replyWith(
        sourceOf(async function* () {
          try {
            yield 'first'
            await aborted(signal)
            reasons.push(signal.reason)
          } finally {
            cleaned += 1
          }
        }),
      )
    })
    const server = await listen(app, { stopTimeoutMs: 20 })
    using streaming = new Wire(server.port)
    await streaming.send(GET).until('first')
    using hanging = new Wire(server.port).send('GET /handler HTTP/1.1\r\nHost: x\r\n\r\n')
    await server.stop()
    assert.doesNotMatch(await streaming.whole(), /0\r\n\r\n$/)
    await hanging.ended
    assert.equal(cleaned, 1)
    assert.ok(reasons[0] instanceof ServerClosing)
    assert.match(app.logged[0]!, /^STOP_TIMEOUT: /)
  })

  test('waits for background tasks, within the same time', async () => {
    const order: string[] = []
    const quick = fakeApp(
      () => replyWith(''),
      async () => {
        await new Promise((resolve) => setImmediate(resolve))
        order.push('drained')
      },
    )
    const server = await listen(quick)
    await server.stop()
    order.push('stopped')
    assert.deepEqual(order, ['drained', 'stopped'])

    const never = fakeApp(
      () => replyWith(''),
      () => new Promise(() => {}),
    )
    await (await listen(never, { stopTimeoutMs: 20 })).stop()
    assert.match(never.logged[0]!, /^STOP_TIMEOUT: /)
  })

  test('without a time limit, waits as long as it takes', async () => {
    const app = fakeApp(
      () => replyWith(''),
      () => new Promise((resolve) => setTimeout(resolve, 20)),
    )
    await (await listen(app, { stopTimeoutMs: Infinity })).stop()
    assert.deepEqual(app.logged, [])
  })

  test('producers have ended before background tasks are waited for', async () => {
    const order: string[] = []
    const left = deferred()
    const app = fakeApp(
      () => {
        const reply = replyWith(
          sourceOf(async function* (signal) {
            try {
              yield 'first'
              await aborted(signal)
            } finally {
              left.resolve()
              await new Promise((resolve) => setTimeout(resolve, 20))
              order.push('cleaned')
            }
          }),
        )
        reply.afterwards = () => void order.push('afterwards')
        return reply
      },
      async () => void order.push('drained'),
    )
    const server = await listen(app, { stopTimeoutMs: 60_000 })
    const wire = new Wire(server.port)
    await wire.send(GET).until('first')
    wire.leave()
    await left.promise
    await server.stop()
    assert.deepEqual(order, ['cleaned', 'afterwards', 'drained'])
  })

  test('by a signal, by the end of a block, and more than once', async () => {
    const app = fakeApp(() => replyWith(''))
    const controller = new AbortController()
    const server = await listen(app, { signal: controller.signal })
    controller.abort()
    await server.stopped
    await Promise.all([server.stop(), server.stop()])
    const aborted = await listen(app, { signal: controller.signal })
    await aborted.stopped
    let inBlock
    {
      await using scoped = await listen(app)
      inBlock = scoped
    }
    await inBlock.stopped
  })

  test('a stopped server leaves no listener on its signal, which may outlive many servers', async () => {
    const { signal } = new AbortController()
    const server = await listen(
      fakeApp(() => replyWith('')),
      { signal },
    )
    assert.equal(getEventListeners(signal, 'abort').length, 1)
    await server.stop()
    assert.equal(getEventListeners(signal, 'abort').length, 0)
  })
})

matrix(
  'an answer is the same in memory and over a connection',
  fakeApp(({ path, method }) => replyWith(`${method} ${path}`, ['x-a', '1'])),
  async (request) => {
    const response = await request('/a?b', { method: 'PUT', body: 'c' })
    assert.equal(response.status, 200)
    assert.equal(response.headers.get('x-a'), '1')
    assert.equal(response.headers.get('content-length'), '6')
    assert.equal(await response.text(), 'PUT /a')
  },
)

describe('a request that is sent while the server stops', () => {
  test('is answered on a connection that was not told to close, and the answer tells it', async () => {
    const app = fakeApp(({ path }) => replyWith(`answer ${path}`))
    const server = await listen(app, { stopIdleMs: 60_000, stopTimeoutMs: 60_000 })
    using used = new Wire(server.port)
    await used.send(GET).until('answer /')
    using fresh = new Wire(server.port)
    using later = new Wire(server.port)
    await later.send(GET).until('answer /')
    const stopped = server.stop()
    const wires = [used, fresh, later]
    for (const wire of wires) wire.send('GET /late HTTP/1.1\r\nHost: x\r\n\r\n')
    for (const wire of wires) assert.match(await wire.whole(), /connection: close\r\n[^]*answer \/late$/i)
    await stopped
    assert.deepEqual(app.logged, [])
  })

  test('is answered over a new connection while the server waits before it stops to listen', async () => {
    const server = await listen(
      fakeApp(() => replyWith('answer')),
      { stopDelayMs: 200 },
    )
    const stopped = server.stop()
    using wire = new Wire(server.port)
    assert.match(await wire.send(GET).whole(), /connection: close\r\n[^]*answer$/i)
    await stopped
  })
})
