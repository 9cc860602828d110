/** Layers around everything: in order, unbuffered, and answered for whatever they do wrong. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { Middleware } from '../src/index.ts'
import { createRouter, defineError, defineMiddleware, dependency, fastapi, HTTPError, problem, Reply, stream, text } from '../src/index.ts'
import { Journal } from './support/journal.ts'
import { listen } from './support/listen.ts'
import { matrix, type SendRequest } from './support/matrix.ts'
import { deferred } from './support/deferred.ts'
import { createTestApp } from './support/test-app.ts'

const Limited = defineError('LIMITED', { status: 429, detail: 'Too many' })

function layered(...layers: Middleware[]) {
  const { app, logger } = createTestApp({ errors: [Limited] as never })
  for (const layer of layers) app.use(layer)
  return { app, logger }
}

const FAILED = [500, '{"detail":"Internal Server Error"}']
const Text = { responses: { 200: text() } }
const log = new Journal()

function logging(name: string): Middleware {
  return async (_context, next) => {
    log.add(`${name} in`)
    const reply = await next()
    log.add(`${name} sees ${reply.status}`)
    reply.headers.append('x-layers', name)
    return reply
  }
}

/** A body that says when its producer is closed. */
async function* chunks() {
  try {
    yield 'a'
    yield 'b'
  } finally {
    log.add('producer closed')
  }
}

describe('the order of layers', () => {
  const { app } = layered(logging('outer'), logging('middle'), logging('inner'))
  app.get('/', Text, () => {
    log.add('handler')
    return 'x'
  })
  app.get('/error', { responses: { 200: text(), 409: fastapi() } }, () => {
    throw new HTTPError(409)
  })

  matrix('the first is the outermost, and sees the reply last; each may change it before it is written', app, async (request) => {
    const response = await request('/')
    assert.equal(response.headers.get('x-layers'), 'inner, middle, outer')
    assert.equal(await response.text(), 'x')
    assert.deepEqual(log.take(), ['outer in', 'middle in', 'inner in', 'handler', 'inner sees 200', 'middle sees 200', 'outer sees 200'])
  })

  matrix('they are around errors, unknown paths, redirects and OPTIONS too', app, async (request) => {
    for (const [path, method, status] of [
      ['/error', 'GET', 409],
      ['/nowhere', 'GET', 404],
      ['/', 'PUT', 405],
      ['/', 'OPTIONS', 204],
      ['/error/', 'GET', 307],
      ['/%', 'GET', 400],
    ] as const) {
      const response = await request(path, { method })
      assert.deepEqual([response.status, response.headers.get('x-layers')], [status, 'inner, middle, outer'], path)
      assert.deepEqual(log.take().slice(3), [`inner sees ${status}`, `middle sees ${status}`, `outer sees ${status}`])
      await response.arrayBuffer()
    }
  })
})

describe('layers around a stream', () => {
  const { app } = layered(logging('outer'), logging('middle'), logging('inner'))
  let more = deferred()
  app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
    yield 'first'
    await more.promise
    yield 'second'
  })

  matrix('three layers do not buffer a body', app, async (request) => {
    more = deferred()
    const reader = (await request('/')).body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.deepEqual(await reader.read(), { done: false, value: 'first' })
    more.resolve()
    assert.deepEqual(await reader.read(), { done: false, value: 'second' })
    assert.equal((await reader.read()).done, true)
    log.take()
  })
})

/** Puts a body of its own around the one that comes. */
const shout: Middleware = async (_context, next) => {
  const reply = await next()
  const { body } = reply
  if (body === null || typeof body === 'string' || body instanceof Uint8Array) return reply
  reply.body = {
    async *open(signal) {
      const inner = body.open(signal)
      try {
        for (let item = await inner.next(); item.done !== true; item = await inner.next()) yield String(item.value).toUpperCase()
      } finally {
        await inner.return?.()
      }
    },
  }
  return reply
}

describe('a layer around a body', () => {
  const { app } = layered(shout)
  app.get('/', { responses: { 200: stream('text/plain') } }, () => chunks())

  matrix('a layer may put a body of its own around the one that comes', app, async (request) => {
    assert.equal(await (await request('/')).text(), 'AB')
    assert.deepEqual(await log.takeWhen(1), ['producer closed'])
  })
})

describe('a layer that answers by itself', () => {
  const { app, logger } = layered(
    logging('outer'),
    defineMiddleware({ responses: { 299: text() } }, ({ path }, next) => {
      switch (path) {
        case '/short':
          return new Reply(299, { headers: { 'x-own': 'yes' }, body: 'short' })
        case '/throws':
          throw new Error('in a layer')
        case '/declared':
          throw new Limited()
        case '/undeclared':
          throw new HTTPError(401, 'SECRET')
        case '/nothing':
          return undefined as never
        case '/other':
          return { status: 200, body: 'SECRET' } as never
        case '/late-other':
          return Promise.resolve(new Response('SECRET')) as never
        case '/rejects':
          // oxlint-disable-next-line prefer-promise-reject-errors -- anything may be thrown
          return Promise.reject(undefined)
        default:
          return next()
      }
    }),
  )
  app.get('/{path}', Text, () => {
    log.add('handler')
    return 'x'
  })

  matrix('a layer that does not call next sends its own reply', app, async (request) => {
    const response = await request('/short')
    assert.deepEqual([response.status, response.headers.get('x-own'), await response.text()], [299, 'yes', 'short'])
    assert.deepEqual(log.take(), ['outer in', 'outer sees 299'])
  })

  matrix('an error of a layer becomes a reply there, which the outer layers get', app, async (request) => {
    const limited = await request('/declared')
    assert.deepEqual([limited.status, await limited.text()], [429, '{"detail":"Too many"}'])
    assert.deepEqual(log.take(), ['outer in', 'outer sees 429'])
    assert.deepEqual(logger.takeMessages(), [])
    for (const path of ['/throws', '/undeclared', '/rejects']) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.text()], FAILED)
      assert.equal(response.headers.get('x-layers'), 'outer')
      assert.deepEqual(log.take(), ['outer in', 'outer sees 500'])
    }
    assert.deepEqual(logger.takeMessages(), [
      'GET /{path}: Error: in a layer',
      'UNDECLARED_ERROR: GET /{path}: HTTPError with status 401 was thrown, which is not declared. Add it to errors or responses.',
      'GET /{path}: a thrown undefined',
    ])
  })

  matrix('a result that is not a Reply is a 500', app, async (request) => {
    for (const path of ['/nothing', '/other', '/late-other']) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.text()], FAILED, path)
      assert.match(logger.takeMessages().join(), /^GET \/{path}: TypeError: MIDDLEWARE_RESULT: /)
    }
    log.take()
  })
})

describe('an error after next()', () => {
  const held = dependency({ scope: 'response' }, function* () {
    try {
      yield 1
      log.add('committed')
    } catch (error) {
      log.add(`held hears ${(error as Error).message}`)
      throw error
    }
  })
  const { app, logger } = layered(async ({ path, response }, next) => {
    const reply = await next()
    if (path === '/late') throw new Error('after next')
    if (path === '/split') reply.headers.set('x-a', 'a\r\nx-evil: 1')
    if (path === '/twice') await next()
    response.headers.set('x-too-late', 'yes')
    return reply
  })
  for (const path of ['/late', '/split', '/twice'])
    app.get(path, { dependencies: { held }, responses: { 200: stream('text/plain') } }, ({ background, response }) => {
      log.add('handler')
      background.add(() => log.add('SECRET task'))
      response.headers.set('x-lost', 'yes')
      return chunks()
    })
  app.onError(RangeError, { responses: { 400: text() } }, (_error, { reply }) => reply(400, 'handled'))

  matrix('an error after next() gives up the answer that was made: its producer, its dependencies, its tasks', app, async (request) => {
    for (const [path, message] of [
      ['/late', 'after next'],
      ['/split', 'FIELD_VALUE: x-a: a value must be one line without control characters. Remove or encode them.'],
      ['/twice', 'MIDDLEWARE_NEXT: middleware: expected one call of next(), got another. Keep the Reply that the first call returned.'],
    ] as const) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.text()], FAILED, path)
      assert.equal(response.headers.get('x-lost'), null)
      await app.drain()
      assert.deepEqual(log.take().toSorted(), ['handler', `held hears ${message}`, 'producer closed'])
      assert.match(logger.takeMessages().join(), new RegExp(`^GET ${path}: (?:Type)?Error: `))
    }
  })
})

describe('a reply that comes too late', () => {
  let slow = deferred()
  const { app } = layered(({ path }, next) => {
    void next()
    if (path === '/throws') throw new Limited()
    return new Reply(200, { body: 'impatient' })
  })
  for (const path of ['/throws', '/answers'])
    app.get(path, { responses: { 200: stream('text/plain') } }, async () => {
      await slow.promise
      return chunks()
    })

  matrix('a layer need not wait for what is inside: a reply that comes too late is closed', app, async (request) => {
    for (const [path, status] of [
      ['/throws', 429],
      ['/answers', 200],
    ] as const) {
      slow = deferred()
      const response = await request(path)
      assert.equal(response.status, status)
      await response.text()
      slow.resolve()
      assert.deepEqual(await log.takeWhen(1), ['producer closed'])
    }
  })
})

describe('next() after the layer has responded', () => {
  let slow = deferred()
  let late: Promise<unknown> = Promise.resolve()
  const opened = dependency({ scope: 'response' }, function* () {
    log.add('opened')
    yield 1
  })
  const { app } = layered(({ path }, next) => {
    late = slow.promise.then(() => next())
    if (path === '/throws') throw new Limited()
    return new Reply(200, { body: 'impatient' })
  })
  for (const path of ['/throws', '/answers']) app.get(path, { ...Text, dependencies: { opened } }, () => (log.add('handler'), 'x'))

  matrix('runs nothing: nobody would release what the request opens', app, async (request) => {
    for (const path of ['/throws', '/answers']) {
      slow = deferred()
      await (await request(path)).text()
      await app.drain()
      slow.resolve()
      await assert.rejects(late, {
        message:
          'MIDDLEWARE_NEXT: middleware: expected next() before the middleware has responded, got it later. Await it or return its promise.',
      })
      assert.deepEqual(log.take(), [], path)
    }
  })
})

describe('what a layer stages', () => {
  const { app } = layered((context, next) => {
    context.response.headers.set('x-staged', 'by a layer')
    context.response.headers.set('x-always', 'by a layer', { always: true })
    context.background.add(() => log.add(`task of ${context.path}`))
    return next()
  })
  app.get('/', { ...Text, query: { n: z.int() } }, () => 'x')

  matrix('headers that a layer stages are on the response, and on an error if marked always', app, async (request) => {
    const good = await request('/?n=1')
    assert.deepEqual([good.status, good.headers.get('x-staged'), good.headers.get('x-always')], [200, 'by a layer', 'by a layer'])
    await good.text()
    assert.deepEqual(await log.takeWhen(1), ['task of /'])
    const bad = await request('/')
    assert.deepEqual([bad.status, bad.headers.get('x-staged'), bad.headers.get('x-always')], [422, null, 'by a layer'])
    await bad.text()
    assert.deepEqual(log.take(), [])
  })
})

const around = async (request: SendRequest, path: string, init?: RequestInit) => {
  const response = await request(path, init)
  log.take()
  return response.headers.get('x-layers')
}

describe('where middleware stands', () => {
  const { app } = layered(logging('app'))
  const router = createRouter({ prefix: '/users' })
  router.get('/{id}', { ...Text, middleware: [logging('route')] }, () => 'x')
  router.post('', Text, () => 'x')
  router.use(logging('router'))
  app.add(createRouter({ prefix: '/v1' }).add(router).use(logging('parent')))
  app.use(logging('later'))

  matrix('app, then routers, then the route, however late they were added', app, async (request) => {
    assert.equal(await around(request, '/v1/users/7'), 'route, router, parent, later, app')
    assert.equal(await around(request, '/v1/users', { method: 'POST' }), 'router, parent, later, app')
  })

  matrix('the automatic answers to OPTIONS and to a wrong slash have the layers of their route', app, async (request) => {
    assert.equal(await around(request, '/v1/users/7', { method: 'OPTIONS' }), 'route, router, parent, later, app')
    assert.equal(await around(request, '/v1/users/7/'), 'route, router, parent, later, app')
  })

  matrix('404, 405 and 400 belong to no route: they have the layers of the app', app, async (request) => {
    for (const [path, method] of [
      ['/nowhere', 'GET'],
      ['/v1/users/7', 'DELETE'],
      ['/%', 'GET'],
    ] as const)
      assert.equal(await around(request, path, { method }), 'later, app')
  })
})

describe('errors that a layer throws', () => {
  const declared = { responses: { 200: text(), 403: { body: problem() }, 409: text() } }
  const { app, logger } = layered(async ({ path, header }, next) => {
    const reply = header('x-when') === 'after' ? await next() : undefined
    if (path === '/declared' || path === '/undeclared') throw new HTTPError(403, 'Not you')
    return reply ?? next()
  })
  app.get('/declared', declared, () => 'x')
  app.get('/undeclared', Text, () => 'x')

  matrix('are answered by the declaration of the route, before and after next() alike', app, async (request) => {
    for (const when of ['before', 'after']) {
      const response = await request('/declared', { headers: { 'x-when': when } })
      assert.deepEqual([response.status, response.headers.get('content-type')], [403, 'application/problem+json'], when)
      await response.text()
      const undeclared = await request('/undeclared', { headers: { 'x-when': when } })
      assert.deepEqual([undeclared.status, await undeclared.text()], FAILED, when)
      assert.match(logger.takeMessages().join(), /^UNDECLARED_ERROR: GET \/undeclared: /)
    }
  })
})

const send = (request: SendRequest, name: string) => request('/', { headers: { 'x-case': name } })

describe('a declared middleware', () => {
  const Busy = defineError('BUSY', { status: 503, detail: 'Busy', headers: { 'retry-after': '5' } })
  const maintenance = defineMiddleware(
    {
      responses: { 418: { body: z.object({ pot: z.string() }), headers: { 'X-Pot': z.int() } }, 503: problem() },
      responseHeaders: { 'Retry-After': z.int(), 'X-Kept': z.string() },
      errors: [Busy],
    },
    async ({ header, reply, fail, response }, next) => {
      response.headers.set('x-staged', 'yes')
      switch (header('x-case')) {
        case 'reply':
          return reply(503, new HTTPError(503, 'Back at 6'), { headers: { 'Retry-After': 60 } })
        case 'model':
          return reply(418, { pot: 'blue', secret: 'SECRET' } as { pot: string }, { headers: { 'X-Pot': 1 } })
        case 'throw':
          throw fail(Busy)
        case 'own':
          return new Reply(503, { body: 'später ☕' })
        case 'undeclared':
          return new Reply(504)
        case 'undeclared-reply':
          return reply(504 as 503)
        case 'changed': {
          const made = await next()
          made.status = 204
          return made
        }
        case 'header': {
          const made = await next()
          made.headers.set('retry-after', 'SECRET')
          return made
        }
        case 'replace':
          await next()
          return reply(503, new HTTPError(503, 'after all'))
        default: {
          const made = await next()
          made.headers.set('retry-after', '1')
          return made
        }
      }
    },
  )
  const { app, logger } = layered(maintenance)
  app.get('/', { responses: { 200: stream('text/plain') } }, ({ response }) => {
    response.cookies.set('sid', 'SECRET')
    return chunks()
  })

  matrix('answers with its own responses, filtered by their models', app, async (request) => {
    const reply = await send(request, 'reply')
    assert.deepEqual(
      [reply.status, reply.headers.get('retry-after'), reply.headers.get('content-type')],
      [503, '60', 'application/problem+json'],
    )
    assert.match(await reply.text(), /"detail":"Back at 6"/)
    const model = await send(request, 'model')
    assert.deepEqual([model.status, model.headers.get('x-pot'), await model.text()], [418, '1', '{"pot":"blue"}'])
    const thrown = await send(request, 'throw')
    assert.deepEqual([thrown.status, thrown.headers.get('retry-after')], [503, '5'])
    assert.match(await thrown.text(), /"code":"BUSY"/)
    assert.match(logger.takeMessages().join(), /^GET \/: BUSY: Busy/)
  })

  matrix('sends text in any language as UTF-8', app, async (request) => {
    const response = await send(request, 'own')
    assert.deepEqual(
      [response.status, response.headers.get('content-type'), await response.text()],
      [503, 'text/plain; charset=utf-8', 'später ☕'],
    )
  })

  matrix('adds its headers to what passes it', app, async (request) => {
    const response = await send(request, '')
    assert.deepEqual([response.status, response.headers.get('retry-after'), await response.text()], [200, '1', 'ab'])
    const missing = await request('/nowhere')
    assert.deepEqual([missing.status, missing.headers.get('retry-after')], [404, '1'])
    await missing.text()
    log.take()
  })

  matrix('is a 500 with what it does not declare', app, async (request) => {
    for (const [name, message] of [
      ['undeclared', /^UNDECLARED_STATUS: middleware: the middleware returned 504, /],
      ['undeclared-reply', /^UNDECLARED_STATUS: middleware: the handler returned 504, /],
      ['changed', /^UNDECLARED_STATUS: middleware: the middleware returned 204, /],
      ['header', /^RESPONSE_BREACH: middleware: Retry-After: expected text that its model reads, /],
    ] as const) {
      const response = await send(request, name)
      assert.equal(response.status, 500, name)
      assert.doesNotMatch(await response.text(), /SECRET/)
      assert.match(logger.takeMessages().join(), message)
    }
    log.take()
  })

  matrix('closes the body and drops the cookies of a reply that it replaces', app, async (request) => {
    const response = await send(request, 'replace')
    assert.deepEqual([response.status, response.headers.get('set-cookie')], [503, null])
    await response.text()
    assert.deepEqual(await log.takeWhen(1), ['producer closed'])
  })

  test('stands in the document of the routes below it', async () => {
    const { responses } = (await app.document()).paths['/']!['get']!
    assert.deepEqual(Object.keys(responses), ['200', '418', '429', '500', '503'])
    const names = (status: string) => Object.keys((responses[status] as { headers?: object }).headers ?? {})
    assert.deepEqual(names('200'), ['Retry-After', 'X-Kept'])
    assert.deepEqual(names('418'), ['X-Pot', 'Retry-After', 'X-Kept'])
    const { content } = responses['503'] as { content: object }
    assert.deepEqual(Object.keys(content), ['application/problem+json'])
  })
})

describe('a body that a layer sets', () => {
  const { app } = layered(async (_context, next) => {
    const reply = await next()
    reply.body = 'hé € 你好 🚀'
    return reply
  })
  app.get('/', Text, () => 'x')

  matrix('is UTF-8, with its length in bytes', app, async (request) => {
    const response = await request('/')
    const bytes = new Uint8Array(await response.arrayBuffer())
    assert.equal(new TextDecoder('utf-8', { fatal: true }).decode(bytes), 'hé € 你好 🚀')
    assert.equal(response.headers.get('content-length'), String(bytes.byteLength))
  })
})

describe('what a layer knows of the request', () => {
  const seen: unknown[] = []
  const { app } = layered(({ header, search, route, platform }, next) => {
    seen.push([header('X-Name'), search, route?.template, route?.operationId, route?.methods, platform.clientAddress])
    return next()
  })
  app.get('/users/{id}', { ...Text, operationId: 'readUser', headers: { 'x-name': z.string().optional() } }, () => 'x')

  test('in memory, with the platform that was given, and with the address of this machine without one', async () => {
    await app.request('/users/7?a=1', { headers: { 'x-name': 'Ada' } }, { clientAddress: '192.0.2.7' })
    await app.request('/users')
    await app.fetch(new Request('http://localhost/users'))
    assert.deepEqual(seen.splice(0), [
      ['Ada', 'a=1', '/users/{id}', 'readUser', ['GET'], '192.0.2.7'],
      [undefined, '', undefined, undefined, undefined, '127.0.0.1'],
      [undefined, '', undefined, undefined, undefined, undefined],
    ])
  })

  test('over a connection, with the address of the client', async () => {
    await using server = await listen(app)
    await (await fetch(`http://127.0.0.1:${server.port}/users/7`, { method: 'OPTIONS' })).text()
    assert.deepEqual(seen.splice(0), [[undefined, '', '/users/{id}', undefined, ['GET', 'HEAD', 'OPTIONS'], '127.0.0.1']])
  })
})

describe('onSent', () => {
  const { app } = layered(({ onSent, method }, next) => {
    onSent(({ status, bytes, aborted, error, durationMs }) => {
      assert.ok(durationMs >= 0)
      log.add(`${method} ${status} ${bytes} ${aborted} ${error === undefined ? 'whole' : 'cut'}`)
    })
    return next()
  })
  app.get('/text', Text, () => 'é')
  app.get('/stream', { responses: { 200: stream('text/plain') } }, () => ['a', 'é'])
  app.get('/cut', { responses: { 200: stream('text/plain') } }, async function* () {
    yield 'a'
    await Promise.resolve()
    throw new Error('cut')
  })

  matrix('tells status, bytes and the end of the response', app, async (request) => {
    for (const [path, method, line] of [
      ['/text', 'GET', 'GET 200 2 false whole'],
      ['/text', 'HEAD', 'HEAD 200 0 false whole'],
      ['/stream', 'GET', 'GET 200 3 false whole'],
      ['/nowhere', 'HEAD', 'HEAD 404 0 false whole'],
    ] as const) {
      await (await request(path, { method })).text()
      assert.deepEqual(await log.takeWhen(1), [line])
    }
  })

  matrix('tells that the body was cut short', app, async (request) => {
    await assert.rejects(async () => (await request('/cut')).text())
    assert.deepEqual(await log.takeWhen(1), ['GET 200 1 true cut'])
  })

  test('tells that the client left', async () => {
    const gone = layered(({ onSent }, next) => {
      onSent(({ aborted, error }) => log.add(`${aborted} ${String(error)}`))
      return next()
    }).app
    gone.get('/', { responses: { 200: stream('text/plain') } }, async function* ({ signal }) {
      yield 'a'
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
    })
    await using server = await listen(gone)
    const controller = new AbortController()
    const response = await fetch(`http://127.0.0.1:${server.port}/`, { signal: controller.signal })
    await response.body!.getReader().read()
    controller.abort()
    assert.deepEqual(await log.takeWhen(1), ['true undefined'])
  })
})

describe('a layer that answers while the handler still runs', () => {
  let slow = deferred()
  const held = dependency({ scope: 'response' }, function* () {
    try {
      yield 1
      log.add('committed')
    } catch (error) {
      log.add(`rolled back: ${(error as Error).name}`)
    }
  })
  const { app, logger } = layered(
    defineMiddleware({ responses: { 503: problem() } }, ({ reply }, next) => {
      const controller = new AbortController()
      void next({ signal: controller.signal })
      controller.abort()
      return reply(503, new HTTPError(503, 'Too slow'))
    }),
  )
  app.get('/{end}', { dependencies: { held }, responses: { 200: text() } }, async ({ params, response, background, signal }) => {
    response.cookies.set('sid', 'SECRET')
    await slow.promise
    background.add(() => log.add('SECRET task'))
    log.add(`handler ends, signal ${signal.aborted ? 'aborted' : 'open'}`)
    if (params.end === 'throws') throw new DOMException('stopped', 'AbortError')
    return 'SECRET'
  })

  matrix('what the dependencies hold is released once, when the handler has ended', app, async (request) => {
    for (const path of ['/returns', '/throws']) {
      slow = deferred()
      const response = await request(path)
      assert.deepEqual([response.status, response.headers.get('set-cookie')], [503, null])
      assert.doesNotMatch(await response.text(), /SECRET/)
      assert.deepEqual(log.take(), [])
      slow.resolve()
      assert.deepEqual(await log.takeWhen(2), ['handler ends, signal aborted', 'rolled back: AbortError'])
      await app.drain()
      assert.deepEqual(log.take(), [])
      assert.deepEqual(logger.takeMessages(), [])
    }
  })
})
