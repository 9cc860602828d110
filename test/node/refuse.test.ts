import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { aborted, fakeApp, replyWith, sourceOf } from '../support/fake-app.ts'
import { listen } from '../support/listen.ts'
import { Wire } from '../support/wire.ts'
import { deferred } from '../support/deferred.ts'

const app = fakeApp(async (incoming) => {
  for await (const _chunk of incoming.body()) continue
  return replyWith(`answer ${incoming.path}`)
})

const HOST = 'Host: x\r\n'

describe('refused without the app', () => {
  for (const [name, request, status] of [
    ['no request at all', 'SECRET\r\n\r\n', '400'],
    ['a request without a target', `GET\r\n${HOST}\r\n`, '400'],
    ['a request line in another version', `SECRET / HTP/1.1\r\n${HOST}\r\n`, '400'],
    ['a request line with one word too many', `SECRET / a HTTP/1.1\r\n${HOST}\r\n`, '400'],
    ['a method that is not a token', `(SECRET) / HTTP/1.1\r\n${HOST}\r\n`, '400'],
    ['the first bytes of TLS', '\x16\x03\x01\x02SECRET', '400'],
    ['a version that is not spoken', `GET /SECRET HTTP/2.0\r\n${HOST}\r\n`, '505'],
    ['a version that no parser knows', `GET /SECRET HTTP/3.0\r\n${HOST}\r\n`, '505'],
    ['a version that is not a number', `GET /SECRET HTTP/x.y\r\n${HOST}\r\n`, '400'],
    ['HTTP/0.9', 'GET /SECRET\r\n\r\n', '505'],
    ['no Host', 'GET /SECRET HTTP/1.1\r\n\r\n', '400'],
    ['two Hosts', `GET / HTTP/1.1\r\n${HOST}Host: SECRET\r\n\r\n`, '400'],
    ['a Host that is not a host', 'GET / HTTP/1.1\r\nHost: SECRET/a\r\n\r\n', '400'],
    ['a port that no URL has', 'GET / HTTP/1.1\r\nHost: SECRET:99999\r\n\r\n', '400'],
    ['an address that is not valid', 'GET / HTTP/1.1\r\nHost: 1.2.3.999\r\n\r\n', '400'],
    ['a target that is not a path', `GET http://SECRET@x/ HTTP/1.1\r\n${HOST}\r\n`, '400'],
    ['a fragment', `GET /a#SECRET HTTP/1.1\r\n${HOST}\r\n`, '400'],
    ['a method that no one knows', `SECRET / HTTP/1.1\r\n${HOST}\r\n`, '501'],
    ['a method in lower case', `get /SECRET HTTP/1.1\r\n${HOST}\r\n`, '501'],
    ['a method that no one knows, after an empty line', `\r\nSECRET / HTTP/1.1\r\n${HOST}\r\n`, '501'],
    ['the beginning of a method that no one knows', 'SECRET', '501'],
    ['CONNECT', `CONNECT SECRET:80 HTTP/1.1\r\n${HOST}\r\n`, '501'],
    ['an expectation that no one knows', `POST / HTTP/1.1\r\n${HOST}Expect: SECRET\r\nContent-Length: 1\r\n\r\n`, '417'],
    ['a space before a colon', `GET / HTTP/1.1\r\n${HOST}SECRET : a\r\n\r\n`, '400'],
    ['a folded line', `GET / HTTP/1.1\r\n${HOST}A: b\r\n SECRET\r\n\r\n`, '400'],
    ['a head that is too large', `GET / HTTP/1.1\r\n${HOST}A: ${'SECRET'.repeat(5_000)}\r\n\r\n`, '431'],
    ['a target that is too large', `GET /${'SECRET'.repeat(5_000)} HTTP/1.1\r\n${HOST}\r\n`, '414'],
    ['two Hosts, far apart', `GET / HTTP/1.1\r\n${HOST}${'a:\r\n'.repeat(2_100)}Host: SECRET\r\n\r\n`, '400'],
    ['length and coding', `POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\nSECRET`, '400'],
    ['two lengths', `POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\nContent-Length: 5\r\n\r\nSECRET`, '400'],
    ['a length that is not a number', `POST / HTTP/1.1\r\n${HOST}Content-Length: +6\r\n\r\nSECRET`, '400'],
    ['a coding that is not spoken', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n`, '501'],
    ['a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', '400'],
    ['a chunk size that is not a number', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nSECRET\r\n`, '400'],
    ['chunk extensions without end', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;a=${'SECRET'.repeat(5_000)}`, '413'],
  ] as const) {
    test(name, async () => {
      await using server = await listen(app)
      using wire = new Wire(server.port)
      const answer = await wire.send(request).whole()
      assert.match(answer, new RegExp(`^HTTP/1.1 (?:${status}) [A-Z][^\\r]+\\r\\n`))
      assert.match(answer, /connection: close/i)
      assert.match(answer, /\r\ndate: \w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT\r\n/i)
      assert.match(answer, /content-length: 0/i)
      assert.doesNotMatch(answer, /SECRET/)
      assert.match(answer, /\r\n\r\n$/)
    })
  }
})

test('an empty line before a request is ignored', async () => {
  await using server = await listen(app)
  using wire = new Wire(server.port)
  await wire.send(`\r\n\r\nGET /a HTTP/1.1\r\n${HOST}\r\n`).until('answer /a')
})

test('no field is lost behind many others', async () => {
  const echo = fakeApp(async (incoming) => replyWith(await incoming.collect(100, (bytes) => bytes!)))
  await using server = await listen(echo)
  using wire = new Wire(server.port)
  await wire.send(`POST / HTTP/1.1\r\n${HOST}${'a:\r\n'.repeat(2_100)}Content-Length: 5\r\n\r\nhello`).until('\r\n\r\nhello')
})

test('a protocol that the client would rather speak is not spoken, and what it sent along is not waited for', async () => {
  await using server = await listen(app)
  using wire = new Wire(server.port)
  const upgrade = `GET /a HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`
  assert.match(
    await wire.send(`${upgrade}GET /b HTTP/1.1\r\n${HOST}\r\n`).whole(),
    /^HTTP\/1.1 200 OK\r\n[^]*Connection: close\r\n[^]*answer \/a$/,
  )
})

describe('what comes behind a request', () => {
  test('malformed bytes are refused after the response was sent', async () => {
    const arrived = deferred()
    const release = deferred()
    const slow = fakeApp(async () => {
      arrived.resolve()
      await release.promise
      return replyWith('answer')
    })
    await using server = await listen(slow)
    using wire = new Wire(server.port)
    wire.send(`GET / HTTP/1.1\r\n${HOST}\r\nA B C D\r\n\r\n`)
    await arrived.promise
    wire.send('and more of it\r\n\r\n')
    release.resolve()
    assert.match(await wire.whole(), /^HTTP\/1.1 200 OK\r\n[^]*answerHTTP\/1.1 (?:400|501) [^]*\r\n\r\n$/)
  })

  for (const [name, request] of [
    ['after Connection: close', `GET /a HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`],
    ['after HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n'],
  ]) {
    test(`${name} it is nothing, also behind an answer that is made at once`, async () => {
      await using server = await listen(app)
      await using prompt = await listen(fakeApp(({ path }) => replyWith(`answer ${path}`)))
      for (const { port } of [server, prompt]) {
        using wire = new Wire(port)
        const answer = await wire.send(`${request}GET /b HTTP/1.1\r\n${HOST}\r\n`).whole()
        assert.match(answer, /^HTTP\/1.1 200 OK\r\n[^]*answer \/a$/)
      }
    })
  }

  test('garbage in content is a 400 in the packet of its head, and is not answered after the response', async () => {
    await using server = await listen(fakeApp(() => replyWith('answer')))
    const head = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`
    using together = new Wire(server.port)
    assert.match(await together.send(`${head}zz\r\n`).whole(), /^HTTP\/1.1 400 Bad Request\r\n[^]*\r\n\r\n$/)
    using apart = new Wire(server.port)
    await apart.send(head).until('answer')
    assert.match(await apart.send('zz\r\n').whole(), /^HTTP\/1.1 200 OK\r\n[^]*answer$/)
  })

  test('garbage in the content of a request that waits for its turn spoils no answer before it', async () => {
    const release = deferred()
    const slow = fakeApp(async (incoming) => {
      if (incoming.path === '/slow') await release.promise
      for await (const _chunk of incoming.body()) continue
      return replyWith(`answer ${incoming.path}`)
    })
    await using server = await listen(slow)
    using wire = new Wire(server.port)
    wire.send(`GET /slow HTTP/1.1\r\n${HOST}\r\nPOST /b HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nzz\r\n`)
    setImmediate(release.resolve)
    assert.match(await wire.whole(), /^HTTP\/1.1 200 OK\r\n[^]*answer \/slowHTTP\/1.1 400 Bad Request\r\n[^]*\r\n\r\n$/)
  })

  test('CONNECT is refused when the answer is out', async () => {
    const release = deferred()
    const slow = fakeApp(async () => {
      await release.promise
      return replyWith('answer')
    })
    await using server = await listen(slow)
    using wire = new Wire(server.port)
    wire.send(`GET / HTTP/1.1\r\n${HOST}\r\nCONNECT x:80 HTTP/1.1\r\n${HOST}\r\n`)
    setImmediate(release.resolve)
    assert.match(await wire.whole(), /^HTTP\/1.1 200 OK\r\n[^]*answerHTTP\/1.1 501 [^]*\r\n\r\n$/)
  })

  test('garbage in the content of a request whose answer has begun cuts it', async () => {
    const begun = deferred()
    const echo = fakeApp((incoming) =>
      replyWith(
        sourceOf(() => {
          begun.resolve()
          return incoming.body()[Symbol.asyncIterator]()
        }),
      ),
    )
    await using server = await listen(echo)
    using wire = new Wire(server.port)
    wire.send(`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n`)
    await wire.until('1\r\na\r\n')
    const answer = await wire.send('zz\r\n').whole()
    assert.match(answer, /1\r\na\r\n$/)
  })
})

test('a head that does not come is not waited for', async () => {
  await using server = await listen(app, { headTimeoutMs: 40 })
  using wire = new Wire(server.port)
  assert.match(await wire.send('GET / HTTP/1.1\r\n').whole(), /^HTTP\/1.1 408 Request Timeout\r\n[^]*\r\n\r\n$/)
})

test('content that does not come is not waited for', async () => {
  await using server = await listen(app, { headTimeoutMs: 40, requestTimeoutMs: 80 })
  using wire = new Wire(server.port)
  wire.send(`POST / HTTP/1.1\r\n${HOST}Content-Length: 6\r\n\r\nabc`)
  assert.match(await wire.whole(), /^HTTP\/1.1 408 Request Timeout\r\n[^]*\r\n\r\n$/)
})

test('a client that resets the connection after CONNECT does not end the process', async () => {
  const uncaught: unknown[] = []
  const hear = (error: unknown) => uncaught.push(error)
  process.on('uncaughtException', hear)
  try {
    await using server = await listen(app)
    for (let count = 0; count < 50; count += 1) {
      const wire = new Wire(server.port)
      await new Promise((resolve) => wire.socket.write(`CONNECT x:80 HTTP/1.1\r\n${HOST}\r\n`, resolve))
      wire.socket.resetAndDestroy()
    }
    using last = new Wire(server.port)
    await last.send(`GET /last HTTP/1.1\r\n${HOST}\r\n`).until('answer /last')
    assert.deepEqual(uncaught, [])
  } finally {
    process.off('uncaughtException', hear)
  }
})

describe('a request behind a refused one is not handled', () => {
  const publish = `POST /publish HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\na`
  for (const [name, refused] of [
    ['a Host that is not a host', 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n'],
    ['a Host that no URL has', 'GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['a coding that is not implemented', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['an unknown expectation', `POST / HTTP/1.1\r\n${HOST}Expect: what\r\nContent-Length: 1\r\n\r\na`],
    ['a fragment in the target', `GET /a#b HTTP/1.1\r\n${HOST}\r\n`],
    ['CONNECT', `CONNECT x:80 HTTP/1.1\r\n${HOST}\r\n`],
  ]) {
    test(name, async () => {
      const paths: string[] = []
      const recording = fakeApp(({ path }) => {
        paths.push(path)
        return replyWith('answer')
      })
      await using server = await listen(recording)
      using wire = new Wire(server.port)
      const all = await wire.send(`GET /before HTTP/1.1\r\n${HOST}\r\n${refused}${publish.repeat(3)}`).whole()
      assert.deepEqual(paths, ['/before'])
      assert.equal(all.split('HTTP/1.1 ').length, 3, all)
    })
  }
})

describe('a client that leaves within a message behind the one that is answered', () => {
  for (const [name, half] of [
    ['in a head', `GET /late HTTP/1.1\r\n${HOST}`],
    ['in content', `POST /late HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nabc`],
  ]) {
    test(`${name} aborts the signal of the answer`, async () => {
      const left = deferred()
      const hanging = fakeApp(async ({ signal }) => {
        await aborted(signal)
        left.resolve()
        return replyWith('')
      })
      await using server = await listen(hanging)
      using wire = new Wire(server.port)
      wire.send(`GET / HTTP/1.1\r\n${HOST}\r\n${half}`).socket.end()
      await left.promise
      assert.equal(await wire.whole(), '')
    })
  }
})
