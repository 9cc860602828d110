/** Statuses and representations: what is declared goes out, what is not is a 500 that says nothing. */
import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { Responses } from '../../src/contract/responses.ts'
import { dependency } from '../../src/contract/dependency.ts'
import {
  bytes,
  createApp,
  createRouter,
  defineMiddleware,
  defineRepresentation,
  empty,
  json,
  jsonl,
  raw,
  redirect,
  stream,
  text,
} from '../../src/index.ts'
import { Journal } from '../support/journal.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { createTestApp } from '../support/test-app.ts'

/** A handler whose types no longer matter: tests of the law break them. */
interface Free {
  readonly reply: (status: number, value?: unknown) => unknown
  readonly response: { status: number | undefined }
}

const status = (context: { request: Request }) => Number(new URL(context.request.url).searchParams.get('status'))

type TestApp = ReturnType<typeof createApp>

function add(app: TestApp, path: string, responses: Responses, handler: (context: Free) => unknown): void {
  app.get(path, { responses }, handler as never)
}

async function answerOf(request: SendRequest, path: string, headers: Record<string, string> = {}): Promise<[number, string]> {
  const response = await request(path, { headers })
  return [response.status, await response.text()]
}

const later = (item: unknown): AsyncIterable<unknown> => ({
  async *[Symbol.asyncIterator]() {
    yield item
  },
})

const FAILED: [number, string] = [500, '{"detail":"Internal Server Error"}']
const A = z.object({ a: z.int() })
const B = z.object({ b: z.int() })
const both = { a: 1, b: 2, secret: 'SECRET' }

describe('a plain return', () => {
  const { app, logger } = createTestApp()
  const defaults: [name: string, responses: Responses, status: number, body: string][] = [
    ['lowest-2xx', { 404: B, 202: B, 201: A }, 201, '{"a":1}'],
    ['200-first', { 201: B, 200: A }, 200, '{"a":1}'],
    ['2xx-before-3xx', { 302: redirect(), 203: A }, 203, '{"a":1}'],
    ['2xx-before-range', { '2XX': B, 206: A }, 206, '{"a":1}'],
    ['range', { '2XX': A, '4XX': B }, 200, '{"a":1}'],
    ['range-before-default', { default: B, '2XX': A }, 200, '{"a":1}'],
    ['default', { default: A, 404: B }, 200, '{"a":1}'],
  ]
  for (const [name, responses] of defaults) add(app, `/${name}`, responses, () => both)
  add(app, '/redirect', { 303: redirect(), 308: redirect() }, () => '/there')
  add(app, '/redirect-range', { '3XX': redirect() }, () => '/there')
  add(app, '/nothing', { 204: empty() }, () => undefined)
  add(app, '/bare', { 204: {} }, () => undefined)
  add(app, '/none', { 404: A }, () => both)

  matrix('a plain return sends the lowest declared 2xx, else a redirect', app, async (request) => {
    for (const [name, , status, body] of defaults) assert.deepEqual(await answerOf(request, `/${name}`), [status, body], name)
    assert.equal((await request('/redirect')).status, 303)
    assert.equal((await request('/redirect-range')).status, 302)
    for (const path of ['/nothing', '/bare']) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.text(), response.headers.get('content-type')], [204, '', null])
    }
  })

  matrix('a plain return is a breach if no 2xx or 3xx is declared', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/none'), FAILED)
    assert.deepEqual(logger.takeMessages(), [
      'NO_DEFAULT_RESPONSE: GET /none: the handler returned a value, but no 2xx or 3xx is declared. Return reply() with a declared status.',
    ])
  })
})

describe('the status of a response', () => {
  const { app, logger } = createTestApp()
  const C = z.object({ a: z.int(), b: z.int() })
  const responses: Responses = { 200: A, 404: B, '4XX': A, default: C }
  add(app, '/reply', responses, (context) => context.reply(status(context as never), both))
  add(app, '/staged', responses, (context) => {
    context.response.status = status(context as never)
    return both
  })
  add(app, '/narrow-reply', { 200: A, '4XX': B }, (context) => context.reply(status(context as never), both))
  add(app, '/narrow-staged', { 200: A, '4XX': B }, (context) => {
    context.response.status = status(context as never)
    return both
  })
  add(app, '/reply-over-staged', responses, ({ reply, response }) => {
    response.status = 404
    return reply(200, both)
  })

  matrix('an exact status wins over its range, a range over default', app, async (request) => {
    for (const path of ['/reply', '/staged']) {
      assert.deepEqual(await answerOf(request, `${path}?status=200`), [200, '{"a":1}'])
      assert.deepEqual(await answerOf(request, `${path}?status=404`), [404, '{"b":2}'])
      assert.deepEqual(await answerOf(request, `${path}?status=410`), [410, '{"a":1}'])
      assert.deepEqual(await answerOf(request, `${path}?status=503`), [503, '{"a":1,"b":2}'])
      assert.deepEqual(await answerOf(request, `${path}?status=299`), [299, '{"a":1,"b":2}'])
    }
    assert.deepEqual(await answerOf(request, '/reply-over-staged'), [200, '{"a":1}'])
  })

  matrix('an undeclared status is a breach, and so is an invalid one', app, async (request) => {
    for (const path of ['/narrow-reply', '/narrow-staged'])
      for (const undeclared of [201, 301, 500]) assert.deepEqual(await answerOf(request, `${path}?status=${undeclared}`), FAILED)
    for (const path of ['/reply', '/staged'])
      for (const impossible of ['99', '100', '199', '600', '1000', '200.5', '-200', 'x', 'Infinity'])
        assert.deepEqual(await answerOf(request, `${path}?status=${impossible}`), FAILED, impossible)
    // Where `default` is declared, its model is meant for the 500 too, which it can't hold here: that is logged as well.
    const messages = logger.takeMessages().filter((message) => !message.startsWith('ERROR_BODY'))
    assert.equal(messages.length, 24)
    assert.equal(messages[0], 'UNDECLARED_STATUS: GET /narrow-reply: the handler returned 201, which is not declared. Add it to responses.')
    for (const message of messages) assert.match(message, /^UNDECLARED_STATUS: /)
  })
})

describe('the body of a response', () => {
  const { app, logger } = createTestApp()
  const breaches: [name: string, responses: Responses, value: unknown, what: string][] = [
    ['field', { 200: A }, { a: 'SECRET' }, 'a: expected integer, got string'],
    ['missing', { 200: A }, { b: 'SECRET' }, 'a: expected integer, got undefined'],
    ['nested', { 200: z.object({ list: z.array(A) }) }, { list: [{ a: 1 }, { a: 'SECRET' }] }, 'list[1].a: expected integer, got string'],
    ['null', { 200: A }, null, 'the value: expected object, got null'],
    ['undefined', { 200: A }, undefined, 'the value: expected object, got undefined'],
    ['response', { 200: A }, new Response('SECRET'), 'a: expected integer, got undefined'],
    ['text', { 200: text() }, { toString: () => 'SECRET' }, 'the value: expected string, got object'],
    ['bytes', { 200: bytes() }, 'SECRET', 'the value: expected Uint8Array or ArrayBuffer, got string'],
    ['empty', { 204: empty() }, 'SECRET', 'the value: expected nothing, got string'],
    ['redirect', { 302: redirect() }, 7, 'the value: expected string or URL, got number'],
    ['lines', { 200: jsonl(A) }, [{ a: 'SECRET' }], 'a: expected integer, got string'],
    ['lines-later', { 200: jsonl(A) }, later({ a: 'SECRET' }), 'a: expected integer, got string'],
  ]
  for (const [name, responses, value] of breaches) {
    add(app, `/${name}`, responses, () => value)
    add(app, `/late/${name}`, responses, async () => value)
  }
  add(app, '/undeclared-field', { 200: A }, () => both)

  matrix(
    'a value that breaks its model is a 500 without details; the log has the expected and the actual type, but no value',
    app,
    async (request) => {
      for (const [name, responses, , what] of breaches) {
        for (const path of [`/${name}`, `/late/${name}`]) {
          assert.deepEqual(await answerOf(request, path), FAILED, path)
          assert.deepEqual(logger.takeMessages(), [`RESPONSE_BREACH: GET ${path} ${Object.keys(responses)[0]}: ${what}`])
        }
      }
    },
  )

  matrix('an undeclared field is never written', app, async (request) => {
    assert.deepEqual(await answerOf(request, '/undeclared-field'), [200, '{"a":1}'])
  })
})

describe('several representations', () => {
  const { app, logger } = createTestApp()
  const csv = defineRepresentation({ mediaType: 'text/csv', schema: A, encode: ({ a }) => `a\n${a}\n` })
  let calls = 0
  const handler = () => {
    calls++
    return { a: 1 }
  }
  add(app, '/chosen', { 200: [json(A), csv] }, handler)
  add(app, '/one', { 200: csv }, handler)
  add(app, '/created', { 201: [csv, json(A)] }, ({ reply }) => reply(201, { a: 1 }))
  add(app, '/both', { 200: [json(A), csv], 202: [text(), csv], 404: A }, handler)
  const guard = dependency(() => calls++)
  app.get('/guarded', { dependencies: { guard }, responses: { 200: [json(A), csv] } }, handler)
  add(app, '/or-redirect', { 200: [json(A), csv], 302: redirect() }, ({ reply }) => {
    calls++
    return reply(302, '/')
  })
  add(app, '/or-error', { 200: [json(A), csv], 404: A }, ({ reply }) => {
    calls++
    return reply(404, both)
  })
  const chosen: [accept: string | undefined, type: string][] = [
    [undefined, 'application/json'],
    ['', 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['text/*', 'text/csv; charset=utf-8'],
    ['text/csv', 'text/csv; charset=utf-8'],
    ['text/csv;q=0.2, application/json;q=0.1', 'text/csv; charset=utf-8'],
    ['text/csv;q=0.1, application/json;q=0.2', 'application/json'],
    ['*/*;q=0.1, text/csv', 'text/csv; charset=utf-8'],
    ['application/json;q=0, */*', 'text/csv; charset=utf-8'],
    ['image/png, text/csv;q=0.01', 'text/csv; charset=utf-8'],
  ]

  matrix('Accept chooses one of several representations, and the response has Vary', app, async (request) => {
    for (const [accept, type] of chosen) {
      const response = await request('/chosen', accept === undefined ? {} : { headers: { accept } })
      const [status, got, vary] = [response.status, response.headers.get('content-type'), response.headers.get('vary')]
      assert.deepEqual(
        [status, got, vary, await response.text()],
        [200, type, 'Accept', type.startsWith('text') ? 'a\n1\n' : '{"a":1}'],
        accept,
      )
    }
    const created = await request('/created')
    assert.deepEqual(
      [created.status, created.headers.get('content-type'), created.headers.get('vary')],
      [201, 'text/csv; charset=utf-8', 'Accept'],
    )
    await created.text()
    const head = await request('/chosen', { method: 'HEAD', headers: { accept: 'text/csv' } })
    assert.deepEqual([head.status, head.headers.get('content-type'), head.headers.get('vary')], [200, 'text/csv; charset=utf-8', 'Accept'])
  })

  matrix('a client that accepts none of them gets a 406 that lists the available media types', app, async (request) => {
    for (const accept of ['image/png', 'text/csv;q=0, application/json;q=0', '*/*;q=0']) {
      assert.deepEqual(await answerOf(request, '/chosen', { accept }), [
        406,
        '{"detail":"This resource is available as application/json, text/csv; charset=utf-8"}',
      ])
    }
    const refused = await request('/chosen', { headers: { accept: 'image/png' } })
    assert.equal(refused.headers.get('vary'), 'Accept')
    await refused.text()
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('a client that accepts no success gets its 406 after the guards and before the handler', app, async (request) => {
    const before = calls
    for (const path of ['/chosen', '/created', '/both']) {
      const [status] = await answerOf(request, path, { accept: 'image/png' })
      assert.deepEqual([status, calls], [406, before], path)
    }
    const [, said] = await answerOf(request, '/both', { accept: 'image/png' })
    assert.equal(said, '{"detail":"This resource is available as application/json, text/csv; charset=utf-8, text/plain; charset=utf-8"}')
    assert.equal((await answerOf(request, '/both', { accept: 'text/plain' }))[0], 406)
    assert.equal(calls, before + 1)
    assert.equal((await answerOf(request, '/guarded', { accept: 'image/png' }))[0], 406)
    assert.equal(calls, before + 2)
  })

  matrix('a route with a success that is not negotiated sends no 406 before its handler', app, async (request) => {
    const before = calls
    assert.deepEqual(await answerOf(request, '/or-redirect', { accept: 'image/png' }), [302, ''])
    assert.deepEqual(await answerOf(request, '/or-error', { accept: 'text/csv' }), [404, '{"a":1}'])
    assert.equal(calls, before + 2)
  })

  matrix('a single representation is sent whatever the client accepts', app, async (request) => {
    const before = calls
    const response = await request('/one', { headers: { accept: 'image/png' } })
    assert.deepEqual([response.status, response.headers.get('vary'), await response.text()], [200, null, 'a\n1\n'])
    assert.equal(calls, before + 1)
  })
})

function refused(responses: object, code: string): void {
  assert.throws(
    () => add(createTestApp().app, '/', responses, () => undefined),
    { name: 'DeclarationError', code },
    JSON.stringify(responses),
  )
}

test('a key that is not a status is refused, and the message names what declares it', () => {
  for (const [key, got] of [
    ['2000', '2000'],
    ['99', '99'],
    ['600', '600'],
    ['abc', '"abc"'],
    ['2xx', '"2xx"'],
  ] as const) {
    const responses = { 200: A, [key]: A } as Responses
    const maintenance = defineMiddleware({ responses }, async function maintenance(_context, next) {
      return next()
    })
    const nameless = defineMiddleware({ responses }, async (_context, next) => next())
    const declare: Record<string, () => unknown> = {
      'GET /users/{id} responses': () => createTestApp().app.get('/users/{id}', { responses }, () => ({ a: 1 })),
      'GET /users/{id} dependencies responses': () =>
        createTestApp().app.get(
          '/users/{id}',
          { dependencies: { user: dependency({ responses }, () => 1) }, responses: { 200: A } },
          () => ({ a: 1 }),
        ),
      'middleware maintenance responses': () => createApp().use(maintenance),
      'middleware responses': () => createApp().get('/', { responses: { 200: A }, middleware: [nameless] }, () => ({ a: 1 })),
      'webhook paid responses': () => createApp({ webhooks: { paid: { responses } } }),
      'app responses': () => createApp({ responses }),
      'router /users responses': () => createRouter({ prefix: '/users', responses }),
      'router responses': () => createApp().router({ responses }),
      'onError(404) responses': () => createApp().onError(404, { responses }, () => undefined as never),
    }
    for (const [where, run] of Object.entries(declare))
      assert.throws(run, {
        name: 'DeclarationError',
        message: `RESPONSE_STATUS: ${where}: expected a status from 200 to 599, a range such as 4XX, or default, got ${got}. Declare each response by its status.`,
      })
  }
})

test('the message for a wrong response names its route', () => {
  assert.throws(() => createApp().delete('/users/{id}', { responses: { 204: A } }, () => undefined as never), {
    message: /^RESPONSE_BODY: DELETE \/users\/\{id\} responses\.204: /,
  })
  assert.throws(() => createApp().get('/users', { responses: { 200: { body: A, version: 'v' } } }, () => ({ a: 1 })), {
    message: /^RESPONSE_VERSION: GET \/users responses\.200 version: /,
  })
})

test('a declaration that no response can satisfy is refused', () => {
  for (const key of ['0', '99', '100', '199', '600', '1XX', '6XX', '2xx', 'Default', '200.5', '']) refused({ [key]: A }, 'RESPONSE_STATUS')
  for (const status of [204, 205, 304]) refused({ [status]: A }, 'RESPONSE_BODY')
  refused({ 200: z.object({ a: z.symbol() }) }, 'SCHEMA_FORM')
  refused({ 200: json(z.promise(z.string()) as never) }, 'SCHEMA_FORM')
})

describe('a stream that a handler returned and that is not sent', () => {
  const { app, logger } = createTestApp()
  const log = new Journal()
  const closed = () => log.add('closed')
  const web = () => new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(1)), cancel: closed })
  const kinds: Readonly<Record<string, () => unknown>> = {
    web,
    response: () => new Response(web()),
    node: () => new Readable({ read: () => undefined, destroy: (error, done) => (closed(), done(error)) }),
  }
  for (const [kind, open] of Object.entries(kinds)) {
    add(app, `/${kind}/status`, { 200: text() }, ({ reply }) => reply(418, open()))
    add(app, `/${kind}/staged-status`, { 200: text() }, ({ response }) => ((response.status = 418), open()))
    add(app, `/${kind}/model`, { 200: A }, ({ reply }) => reply(200, open()))
    add(app, `/${kind}/default`, { 404: A }, open)
    add(app, `/${kind}/accept`, { 200: [stream('text/csv'), stream('text/tsv')], 201: text() }, ({ reply }) => reply(200, open()))
  }
  const headers = { 'x-broken': 'a\u0001b' }
  add(app, '/response/header', { 200: raw() }, () => new Response(web(), { headers }))
  add(app, '/response/coded', { 200: raw() }, () => new Response(web(), { headers: { ...headers, 'content-encoding': 'gzip' } }))

  matrix('is closed, so that its file or connection does not stay open', app, async (request) => {
    const ways = ['status', 'staged-status', 'model', 'default', 'accept']
    const paths = Object.keys(kinds).flatMap((kind) => ways.map((way) => `/${kind}/${way}`))
    for (const path of [...paths, '/response/header', '/response/coded']) {
      const response = await request(path, { headers: { accept: 'image/png' } })
      assert.equal(response.status, path.endsWith('accept') ? 406 : 500, path)
      assert.deepEqual(await log.takeWhen(1), ['closed'], path)
    }
    logger.takeMessages()
  })
})
