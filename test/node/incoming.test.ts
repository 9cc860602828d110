import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { createServer, Server as HTTPServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import type { Incoming } from '../../src/index.ts'
import { RequestError } from '../../src/index.ts'
import type { NodeIncoming } from '../../src/node/incoming.ts'
import { toNodeHandler } from '../../src/node/index.ts'
import { aborted, fakeApp, replyWith } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

/** Sends a request and gives what `look` makes of it in the app. */
async function see<Seen>(request: string, look: (incoming: Incoming) => Seen | Promise<Seen>): Promise<Seen> {
  let seen: { readonly value: Seen } | undefined
  const app = fakeApp(async (incoming) => {
    seen = { value: await look(incoming) }
    return replyWith('')
  })
  await using server = await listen(app)
  using wire = new Wire(server.port)
  await wire.send(request).until('HTTP/1.1 200 OK')
  return seen!.value
}

const caught = async <Value>(act: () => Value | Promise<Value>): Promise<unknown> => {
  try {
    return await act()
  } catch (error) {
    return error
  }
}

async function textOf(incoming: Incoming): Promise<string> {
  let text = ''
  for await (const chunk of incoming.body()) text += Buffer.from(chunk).toString('latin1')
  return text
}

const textFrom = (bytes: Uint8Array | undefined) => (bytes === undefined ? 'more than the limit' : Buffer.from(bytes).toString('latin1'))
const refuse = (): never => {
  throw new RangeError('refused')
}
const GET = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'
/** Arrives in one packet. */
const SHORT = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc'
const CHUNKED = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n'
const BEGUN = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'
const headOf = (length: number) => `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n\r\n`

const partsOf = ({ method, path, search }: Incoming) => ({ method, path, search })
const hasBody = (incoming: Incoming) => incoming.hasBody

test('the parts of a target', async () => {
  assert.deepEqual(await see('GET /a%2Fb?c=%20 HTTP/1.1\r\nHost: x\r\n\r\n', partsOf), { method: 'GET', path: '/a%2Fb', search: 'c=%20' })
  assert.deepEqual(await see('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', partsOf), { method: 'OPTIONS', path: '*', search: '' })
})

test('the authority of an absolute-form target counts instead of Host', async () => {
  const request = 'GET http://right.example/a HTTP/1.1\r\nHost: wrong.example\r\n\r\n'
  assert.equal(await see(request, (incoming) => incoming.header('host')), 'right.example')
  assert.deepEqual(await see(request, (incoming) => [...incoming.headers()]), [['host', 'right.example']])
  assert.equal(await see(request, (incoming) => incoming.toRequest(() => Infinity).url), 'http://right.example/a')
})

test('repeated fields are joined, each as its own rules say', async () => {
  const fields = ['X-A: 1', 'X-A: 2', 'Accept: a', 'Accept: b', 'Content-Type: a/b', 'Content-Type: c/d', 'Cookie: a=1', 'Cookie: b=2']
  const seen = await see(`GET / HTTP/1.1\r\nHost: x\r\n${fields.join('\r\n')}\r\n\r\n`, (incoming) =>
    Object.fromEntries(incoming.headers()),
  )
  assert.deepEqual(seen, { host: 'x', 'x-a': '1, 2', accept: 'a, b', 'content-type': 'a/b, c/d', cookie: 'a=1; b=2' })
})

test('an inherited name such as constructor is not a field', async () => {
  const names = ['constructor', 'toString', '__proto__', 'hasOwnProperty', 'x-none']
  const seen = await see('GET / HTTP/1.1\r\nHost: x\r\n\r\n', (incoming) => names.map((name) => incoming.header(name)))
  assert.deepEqual(seen, [undefined, undefined, undefined, undefined, undefined])
})

test('content follows where a length or a transfer coding says so', async () => {
  assert.equal(await see('GET / HTTP/1.1\r\nHost: x\r\n\r\n', hasBody), false)
  assert.equal(await see('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n', hasBody), false)
  assert.equal(await see('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\na', hasBody), true)
  assert.equal(await see('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n', hasBody), true)
})

test('content is read unchanged', async () => {
  assert.equal(await see('POST / HTTP/1.1\r\nHost: x\r\n\r\n', textOf), '')
  assert.equal(await see('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', textOf), 'abc')
  assert.equal(
    await see('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\n\r\n', textOf),
    'abc',
  )
})

test('collect() gets all content at once, in however many chunks it arrived', async () => {
  for (const request of [CHUNKED, SHORT]) {
    assert.equal(await see(request, (incoming) => incoming.collect(3, textFrom)), 'abc')
    assert.equal(await see(request, (incoming) => incoming.collect(2, textFrom)), 'more than the limit')
  }
  assert.equal(await see('POST / HTTP/1.1\r\nHost: x\r\n\r\n', (incoming) => incoming.collect(3, textFrom)), '')
})

test('an error of the content rejects its reader', async () => {
  for (const request of [CHUNKED, SHORT])
    assert.ok((await see(request, (incoming) => caught(() => incoming.collect(3, refuse)))) instanceof RangeError)
})

test('so does an error of the message: not every one keeps its errors to itself', async () => {
  const lost = new Error('lost')
  const seen = await see(CHUNKED, (incoming) => {
    const text = caught(() => incoming.collect(3, textFrom))
    ;(incoming as NodeIncoming).message.emit('error', lost)
    return text
  })
  assert.ok(seen instanceof RequestError)
  assert.equal(seen.cause, lost)
})

test('content of a message that was destroyed without an error is not waited for', async () => {
  const failure = deferred()
  let thrown: unknown
  const app = fakeApp(async (incoming) => {
    const text = caught(() => incoming.collect(3, textFrom))
    ;(incoming as NodeIncoming).message.destroy()
    thrown = await text
    failure.resolve()
    return replyWith('')
  })
  await using server = await listen(app)
  using _wire = new Wire(server.port).send(BEGUN)
  await failure.promise
  assert.ok(thrown instanceof RequestError)
})

test('content is read once', async () => {
  for (const request of [CHUNKED, SHORT]) {
    for (const again of [textOf, (incoming: Incoming) => incoming.collect(3, textFrom)]) {
      const seen = await see(request, async (incoming) => {
        await textOf(incoming)
        return caught(() => again(incoming))
      })
      assert.match((seen as Error).message, /^BODY_READ: /)
    }
  }
})

test('content of a known length that arrived with its head is read without a promise', async () => {
  const app = fakeApp((incoming) => {
    const text = incoming.collect(20_000, textFrom)
    if (text instanceof Promise) return text.then((late) => replyWith(`late ${late.length}`))
    return replyWith(`there ${text.length}`)
  })
  await using server = await listen(app)
  using wire = new Wire(server.port)
  await wire.send(SHORT).until('there 3')
  await wire.send(`${headOf(12_000)}${'a'.repeat(12_000)}`).until('there 12000')
  await wire.send(CHUNKED).until('late 3')
})

test('an app may refuse a request before any content has arrived', async () => {
  for (const head of [
    headOf(3),
    headOf(1_000_000),
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n',
    'POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 1000000\r\n\r\n',
  ]) {
    await using server = await listen(fakeApp(() => replyWith('refused', [], 401)))
    using wire = new Wire(server.port)
    assert.match(await wire.send(head).until('refused'), /^HTTP\/1.1 401 Unauthorized\r\n/)
  }
})

test('a connection serves the next request after content that arrives behind a refusal', async () => {
  await using server = await listen(fakeApp(({ path }) => replyWith(`refused ${path}`, [], 401)))
  using wire = new Wire(server.port)
  await wire.send(headOf(3)).until('refused /')
  await wire.send('abcGET /next HTTP/1.1\r\nHost: x\r\n\r\n').until('refused /next')
})

test('only a reader waits for content that has not arrived', async () => {
  const app = fakeApp(async (incoming) => replyWith(await incoming.collect(20_000, textFrom)))
  await using server = await listen(app)
  using wire = new Wire(server.port)
  await new Promise((resolve) => wire.send(headOf(3)).socket.write('a', resolve))
  // The server has seen all that was sent until here once it has answered over another connection.
  using other = new Wire(server.port)
  await other.send(SHORT).until('abc')
  await wire.send('bc').until('abc')
})

test('what a layer in front keeps for its request is kept while content comes', async () => {
  const storage = new AsyncLocalStorage<string>()
  const app = fakeApp(async (incoming) => {
    const text = await incoming.collect(3, textFrom)
    return replyWith(`${text} in ${storage.getStore()}`)
  })
  await using server = await listen(app, { connect: [(_message, _response, next) => storage.run('the request', () => next())] })
  using wire = new Wire(server.port)
  await wire.send(SHORT).until(' in ')
  assert.match(wire.received, /abc in the request$/)
})

test('what a tracer keeps around the server is kept while content comes', async () => {
  const storage = new AsyncLocalStorage<string>()
  const app = fakeApp(async (incoming) => replyWith(`${await incoming.collect(3, textFrom)} in ${storage.getStore()}`))
  const emitter = HTTPServer.prototype as { emit: (this: unknown, ...event: unknown[]) => boolean }
  const { emit } = emitter
  emitter.emit = function (...event) {
    return event[0] === 'request' ? storage.run('the trace', () => emit.apply(this, event)) : emit.apply(this, event)
  }
  try {
    await using server = await listen(app)
    using wire = new Wire(server.port)
    await new Promise((resolve) => wire.send(SHORT.slice(0, -1)).socket.write('', resolve))
    await wire.send(SHORT.slice(-1)).until(' in ')
    assert.match(wire.received, /abc in the trace$/)
  } finally {
    emitter.emit = emit
  }
})

test('content that a body parser has read already does not count as absent', async () => {
  const app = fakeApp(async (incoming) => replyWith(await textOf(incoming).catch((error: Error) => error.message)))
  const handler = toNodeHandler(app)
  const server = createServer((message, response) => message.on('data', () => {}).once('end', () => handler(message, response)))
  await new Promise<void>((resolve) => server.listen(0, resolve))
  using wire = new Wire((server.address() as AddressInfo).port)
  await wire.send('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc').until('BODY_READ')
  server.close()
})

test('a reader that stops early does not cut the connection', async () => {
  const request = 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'
  const first = await see(request, async (incoming) => {
    for await (const chunk of incoming.body()) return Buffer.from(chunk).toString()
    return undefined
  })
  assert.equal(first, 'a')
})

for (const [way, read] of [
  ['as it comes', textOf],
  ['at once', (incoming: Incoming) => incoming.collect(30, textFrom)],
] as const) {
  for (const [when, before] of [
    ['while it is read', async () => {}],
    ['before it is read', ({ signal }: Incoming) => aborted(signal)],
  ] as const)
    test(`a client that leaves in the middle of its content, ${when}, fails who reads it ${way}, and aborts the signal`, async () => {
      const failure = deferred()
      let thrown: unknown
      const app = fakeApp(async (incoming) => {
        await before(incoming)
        thrown = await caught(() => read(incoming))
        await aborted(incoming.signal)
        failure.resolve()
        return replyWith('')
      })
      await using server = await listen(app)
      const wire = new Wire(server.port)
      await new Promise((resolve) => wire.socket.write(BEGUN, resolve))
      wire.leave()
      await failure.promise
      assert.ok(thrown instanceof RequestError)
      assert.equal(thrown.status, 400)
    })
}

test('for a client that resets the connection within its first packet, the app is not asked', async () => {
  let asked = 0
  const handler = toNodeHandler(
    fakeApp(() => {
      asked += 1
      return replyWith('')
    }),
  )
  const server = createServer((message, response) => {
    handler(message, response)
    message.socket.destroy()
  }).listen(0)
  await once(server, 'listening')
  using _wire = new Wire((server.address() as AddressInfo).port).send(SHORT.slice(0, -1))
  const [message] = (await once(server, 'request')) as [IncomingMessage]
  await once(message, 'close').catch(() => {})
  assert.equal(asked, 0)
  server.close()
})

test('a WHATWG request shows the method of a TRACE request, which the fetch standard forbids', async () => {
  const method = await see('TRACE /a HTTP/1.1\r\nHost: x\r\n\r\n', (incoming) => incoming.toRequest(() => Infinity).method)
  assert.equal(method, 'TRACE')
})

test('content that is too long is read once, also where the rest of it comes', async () => {
  const read: (number | undefined)[] = []
  const app = fakeApp((incoming) =>
    incoming.collect(5, (bytes) => {
      read.push(bytes?.byteLength)
      return replyWith('too long')
    }),
  )
  await using server = await listen(app)
  using wire = new Wire(server.port)
  await wire.send('POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n').until('too long')
  await wire.send(`0\r\n\r\n${GET}`).whole()
  assert.deepEqual(read, [undefined, 0])
})

test('the signal aborts when the client leaves before its answer, as an AbortError', async () => {
  const arrived = deferred()
  const left = deferred()
  let reason: unknown
  const app = fakeApp(async ({ signal }) => {
    arrived.resolve()
    await aborted(signal)
    reason = signal.reason
    left.resolve()
    return replyWith('')
  })
  await using server = await listen(app)
  const wire = new Wire(server.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await arrived.promise
  wire.leave()
  await left.promise
  assert.equal((reason as Error).name, 'AbortError')
})

test('the signal of a whole answer never aborts, not even when the connection closes', async () => {
  const signals: AbortSignal[] = []
  const app = fakeApp((incoming) => {
    signals.push(incoming.signal)
    return replyWith('done')
  })
  await using server = await listen(app)
  const wire = new Wire(server.port).send('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
  assert.match(await wire.whole(), /done$/)
  wire.leave()
  await server.stop()
  assert.deepEqual(
    signals.map(({ aborted }) => aborted),
    [false],
  )
})

test('a signal that is first asked for after the client has left is aborted', async () => {
  const arrived = deferred()
  const looked = deferred()
  let isAborted: boolean | undefined
  const app = fakeApp(async (incoming) => {
    arrived.resolve()
    await once((incoming as NodeIncoming).message.socket, 'close')
    isAborted = incoming.signal.aborted
    looked.resolve()
    return replyWith('')
  })
  await using server = await listen(app)
  const wire = new Wire(server.port).send('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
  await arrived.promise
  wire.leave()
  await looked.promise
  assert.equal(isAborted, true)
})

test('a WHATWG request is made of it', async () => {
  const raw = 'POST /a?b=c HTTP/1.1\r\nHost: example.com:81\r\nX-A: 1\r\nContent-Length: 3\r\n\r\nabc'
  const seen = await see(raw, async (incoming) => {
    const request = incoming.toRequest(() => Infinity)
    return { method: request.method, url: request.url, field: request.headers.get('x-a'), text: await request.text() }
  })
  assert.deepEqual(seen, { method: 'POST', url: 'http://example.com:81/a?b=c', field: '1', text: 'abc' })
})

test('a WHATWG request of GET has no content, of OPTIONS * a path', async () => {
  const get = await see('GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc', (incoming) => incoming.toRequest(() => Infinity).body)
  assert.equal(get, null)
  assert.equal(await see('OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n', (incoming) => incoming.toRequest(() => Infinity).url), 'http://x/')
  assert.equal(await see('GET /a HTTP/1.0\r\n\r\n', (incoming) => incoming.toRequest(() => Infinity).url), 'http://localhost/a')
})

test('100 Continue is sent when the content is read, and only then', async () => {
  const app = fakeApp(async (incoming) => replyWith(incoming.path === '/read' ? `read ${await textOf(incoming)}` : 'not read'))
  await using server = await listen(app)
  using reading = new Wire(server.port)
  await reading
    .send('POST /read HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n')
    .until('HTTP/1.1 100 Continue\r\n\r\n')
  assert.match(await reading.send('abc').until('read abc'), /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*read abc$/)

  using refusing = new Wire(server.port)
  refusing.send('POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n')
  const answer = await refusing.whole()
  assert.match(answer, /^HTTP\/1.1 200 OK\r\n[^]*not read$/)
  assert.match(answer, /connection: close/i)
})

test('HTTP/1.0 ignores Expect', async () => {
  const app = fakeApp(async (incoming) => replyWith(await textOf(incoming)))
  await using server = await listen(app)
  using wire = new Wire(server.port)
  wire.send('POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc')
  assert.match(await wire.whole(), /^HTTP\/1.1 200 OK\r\n[^]*abc$/)
})
