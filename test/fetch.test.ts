import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { describe, test } from 'node:test'
import type { Reply, Source } from '../src/index.ts'
import { ModelError, RequestError } from '../src/index.ts'
import { fromRequest, toResponse } from '../src/fetch.ts'
import { aborted, replyWith, sourceOf } from './support/fake-app.ts'
import { deferred } from './support/deferred.ts'

interface Fetched {
  readonly response: Response
  /** Each call of `afterwards`, with its error. */
  readonly ends: unknown[]
  readonly ended: Promise<void>
}

function fetched(reply: Reply, init: RequestInit = {}): Fetched {
  const ends: unknown[] = []
  const { promise: ended, resolve: open } = deferred()
  reply.afterwards = (cut) => {
    ends.push(cut?.error)
    open()
  }
  return { response: toResponse(reply, fromRequest(new Request('http://x/', init))), ends, ended }
}

function streamed(source: Source, init?: RequestInit): Fetched {
  return fetched(replyWith(source), init)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  const all: Uint8Array[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

function sized(length: number, ...parts: string[]): Fetched {
  return streamed(sourceOf(() => parts[Symbol.iterator](), { length }))
}

function partsOf(url: string): [path: string, search: string] {
  const { path, search } = fromRequest(new Request(url))
  return [path, search]
}

describe('a request', () => {
  test('its target is taken unchanged', () => {
    assert.deepEqual(partsOf('http://x'), ['/', ''])
    assert.deepEqual(partsOf('http://x/a%2Fb?c=%20&d?e#f?g'), ['/a%2Fb', 'c=%20&d?e'])
    assert.deepEqual(partsOf('http://x/a#b?c'), ['/a', ''])
    assert.deepEqual(partsOf('http://x:81//a?'), ['//a', ''])
  })

  test('its fields and its content', async () => {
    const request = new Request('http://x/', { method: 'POST', headers: { 'X-A': '1', cookie: 'a=b' }, body: 'abc' })
    const incoming = fromRequest(request)
    assert.equal(incoming.method, 'POST')
    assert.equal(incoming.header('x-a'), '1')
    assert.equal(incoming.header('x-b'), undefined)
    assert.deepEqual(Object.fromEntries(incoming.headers()), {
      host: 'x',
      'content-type': 'text/plain;charset=UTF-8',
      cookie: 'a=b',
      'x-a': '1',
    })
    assert.equal(incoming.hasBody, true)
    assert.equal(Buffer.concat(await collect(incoming.body())).toString(), 'abc')
    await assert.rejects(incoming.body().next(), /^Error: BODY_READ/)
    assert.equal(fromRequest(new Request('http://x/')).hasBody, false)
  })

  test('content that breaks off is the request’s fault', async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error('gone'))
      },
    })
    const incoming = fromRequest(new Request('http://x/', { method: 'POST', body, duplex: 'half' }))
    await assert.rejects(incoming.body().next(), (error) => error instanceof RequestError && error.status === 400)
  })
})

describe('a response', () => {
  test('text, bytes and nothing: their length is said', async () => {
    for (const [body, length, text] of [
      ['hello', '5', 'hello'],
      [new TextEncoder().encode('é'), '2', 'é'],
      ['', '0', ''],
      [null, '0', ''],
    ] as const) {
      const { response, ended, ends } = fetched(replyWith(body, ['x-a', '1', 'set-cookie', 'a=1', 'set-cookie', 'b=2']))
      assert.equal(response.headers.get('content-length'), length)
      assert.equal(response.headers.get('content-type'), null)
      assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
      assert.equal(await response.text(), text)
      await ended
      assert.deepEqual(ends, [undefined])
    }
  })

  test('HEAD has the fields and no content, and opens no producer', async () => {
    const text = fetched(replyWith('hello'), { method: 'HEAD' })
    assert.equal(text.response.headers.get('content-length'), '5')
    assert.equal(text.response.body, null)
    const source = sourceOf(() => assert.fail('opened'), { length: 7 })
    const stream = fetched(replyWith(source), { method: 'HEAD' })
    assert.equal(stream.response.headers.get('content-length'), '7')
    assert.equal(stream.response.body, null)
    await stream.ended
  })

  test('statuses without content', async () => {
    for (const status of [204, 205, 304]) {
      const { response, ended } = fetched(replyWith('content', ['content-type', 'a/b', 'content-length', '7'], status))
      assert.equal(response.status, status)
      assert.equal(response.body, null)
      assert.equal(response.headers.get('content-type'), null)
      assert.equal(response.headers.get('content-length'), status === 205 ? '0' : null)
      await ended
    }
  })

  test('a reply that cannot be sent is a 500 without details', async () => {
    for (const reply of [
      replyWith('SECRET', ['a b', '1']),
      replyWith('SECRET', ['a', '\u0100']),
      replyWith('SECRET', [], 100),
      replyWith('SECRET', [], 700),
    ]) {
      const { response, ends } = fetched(reply)
      assert.equal(response.status, 500)
      assert.equal(await response.text(), '')
      assert.equal(ends.length, 1)
      assert.ok(ends[0] instanceof Error)
    }
  })
})

describe('a stream', () => {
  test('chunks as they are asked for, and not before', async () => {
    let made = 0
    const { response, ends } = streamed(
      sourceOf(function* () {
        while (made < 3) yield `${(made += 1)}`
      }),
    )
    assert.equal(made, 0)
    const reader = response.body!.getReader()
    for (const n of [1, 2, 3]) {
      const { value } = await reader.read()
      assert.equal(Buffer.from(value).toString(), `${n}`)
      assert.equal(made, n)
    }
    assert.deepEqual(ends, [])
    assert.equal((await reader.read()).done, true)
    assert.deepEqual(ends, [undefined])
  })

  test('empty chunks are no chunks', async () => {
    const { response } = streamed(sourceOf(() => ['', 'a', new Uint8Array(0), 'é', ''][Symbol.iterator]()))
    const chunks = await collect(response.body!)
    assert.deepEqual(
      chunks.map((chunk) => Buffer.from(chunk).toString()),
      ['a', 'é'],
    )
  })

  test('an error comes after what was made before it', async () => {
    const failure = new Error('x')
    const { response, ends } = streamed(
      sourceOf(async function* () {
        yield 'a'
        throw failure
      }),
    )
    const reader = response.body!.getReader()
    assert.equal((await reader.read()).done, false)
    await assert.rejects(reader.read(), failure)
    assert.deepEqual(ends, [failure])
  })

  test('a source that fails to open', async () => {
    const failure = new Error('x')
    const { response, ends } = streamed(
      sourceOf(() => {
        throw failure
      }),
    )
    await assert.rejects(response.text(), failure)
    assert.deepEqual(ends, [failure])
  })

  test('a reader that cancels aborts the signal and closes the producer once', async () => {
    const events: string[] = []
    let signal: AbortSignal | undefined
    const { response, ends } = streamed(
      sourceOf(async function* (given) {
        signal = given
        try {
          yield 'a'
          await aborted(given)
        } finally {
          events.push('finally')
        }
      }),
    )
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()
    assert.deepEqual(events, ['finally'])
    assert.equal(signal?.aborted, true)
    assert.deepEqual(ends, [undefined])
  })

  test('a producer that has begun is closed although nobody reads', async () => {
    let closed = 0
    const source = sourceOf(() => ({ next: () => assert.fail('asked'), return: () => ({ done: true, value: (closed += 1) }) }))
    await streamed(source).response.body!.cancel()
    assert.equal(closed, 1)
    const { ended } = streamed(source, { signal: AbortSignal.abort() })
    await ended
    assert.equal(closed, 2)
  })

  test('a request that is aborted ends the stream with its reason, while a chunk is waited for', async () => {
    const controller = new AbortController()
    const waiting = deferred()
    const reason = new Error('gone')
    const events: string[] = []
    const { response, ends, ended } = streamed(
      sourceOf(async function* (signal) {
        try {
          yield 'a'
          waiting.resolve()
          await aborted(signal)
          events.push('told')
          signal.throwIfAborted()
        } finally {
          events.push('finally')
        }
      }),
      { signal: controller.signal },
    )
    const reader = response.body!.getReader()
    await reader.read()
    const rejected = assert.rejects(reader.read(), reason)
    await waiting.promise
    controller.abort(reason)
    await rejected
    await ended
    assert.deepEqual(events, ['told', 'finally'])
    assert.deepEqual(ends, [undefined])
  })

  test('an error of a clean-up is reported', async () => {
    const failure = new Error('x')
    const { response, ends } = streamed(sourceOf(() => ({ next: () => ({ done: false, value: 'a' }), return: () => assert.fail(failure) })))
    await response.body!.cancel()
    assert.deepEqual(ends, [failure])
  })

  test('a reader that pauses for too long is disconnected', async () => {
    let closed = 0
    const { response, ends, ended } = streamed({
      slowClient: { bytes: 1, ms: 5 },
      open: () => ({ next: () => ({ done: false, value: 'a' }), return: () => ({ done: true, value: (closed += 1) }) }),
    })
    const reader = response.body!.getReader()
    await reader.read()
    // The limit's own timer keeps no process alive.
    const alive = setInterval(() => undefined, 1_000)
    await ended
    clearInterval(alive)
    await assert.rejects(reader.read(), /^Error: SLOW_CLIENT: /)
    assert.equal(closed, 1)
    assert.equal(ends.length, 1)
  })

  test('a declared length is sent and enforced', async () => {
    const right = sized(3, 'a', 'bc')
    assert.equal(right.response.headers.get('content-length'), '3')
    assert.equal(await right.response.text(), 'abc')
    for (const { response, ends } of [sized(3, 'a'), sized(3, 'a', 'bcd'), sized(3, 'abc', 'd')]) {
      await assert.rejects(response.text(), ModelError)
      assert.ok(ends[0] instanceof ModelError)
    }
  })
})

describe('the signal of a request', () => {
  test('has no listener after the response is complete, so that Node can collect it', async () => {
    const request = new Request('http://x/')
    for (const body of ['whole', sourceOf(() => ['a'][Symbol.iterator]())]) {
      const incoming = fromRequest(request)
      incoming.signal.addEventListener('abort', () => undefined)
      assert.equal(getEventListeners(request.signal, 'abort').length, 1)
      const { promise: opened, resolve: open } = deferred<unknown>()
      const reply = replyWith(body)
      reply.afterwards = open
      await toResponse(reply, incoming).text()
      await opened
      assert.equal(getEventListeners(request.signal, 'abort').length, 0)
    }
  })

  test('gets no listener when a background task reads the signal after the response', async () => {
    const request = new Request('http://x/')
    const incoming = fromRequest(request)
    const { promise: opened, resolve: open } = deferred<unknown>()
    const reply = replyWith('whole')
    reply.afterwards = () => open(incoming.signal)
    await toResponse(reply, incoming).text()
    assert.equal(((await opened) as AbortSignal).aborted, false)
    assert.equal(getEventListeners(request.signal, 'abort').length, 0)
  })

  test('aborts the signal of the handler, for its reason', () => {
    const controller = new AbortController()
    const incoming = fromRequest(new Request('http://x/', { signal: controller.signal }))
    const { signal } = incoming
    controller.abort(new Error('gone'))
    assert.equal(signal.reason.message, 'gone')
    assert.equal(fromRequest(new Request('http://x/', { signal: controller.signal })).signal.aborted, true)
  })
})

function hostOf(url: string, headers: Record<string, string> = {}): readonly unknown[] {
  const incoming = fromRequest(new Request(url, { headers }))
  return [incoming.header('host'), Object.fromEntries(incoming.headers())['host']]
}

describe('the host', () => {
  test('is the Host field', () => assert.deepEqual(hostOf('http://inner:8000/', { host: 'api.example' }), ['api.example', 'api.example']))
  test('is that of the URL without the field, with a port that is not the default', () => {
    assert.deepEqual(hostOf('http://api.example:8000/a?b'), ['api.example:8000', 'api.example:8000'])
    assert.deepEqual(hostOf('https://api.example:443/'), ['api.example', 'api.example'])
    assert.deepEqual(hostOf('http://[::1]:8000/'), ['[::1]:8000', '[::1]:8000'])
  })
})
