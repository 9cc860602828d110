/** Layers around everything: in order, unbuffered, and answered for whatever they do wrong. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { createApp } from '../src/app.ts'
import { dependency } from '../src/contract/dependency.ts'
import { defineError } from '../src/errors/define-error.ts'
import { HTTPError } from '../src/errors/http-error.ts'
import { HeaderList } from '../src/http/header-list.ts'
import type { Middleware } from '../src/middleware.ts'
import { isSource, Reply } from '../src/reply/reply.ts'
import { fastapi } from '../src/index.ts'
import { stream } from '../src/representation/stream.ts'
import { text } from '../src/representation/text.ts'
import { gate } from './support/fake-app.ts'
import { Journal } from './support/journal.ts'
import { matrix } from './support/matrix.ts'
import { RecordingLogger } from './support/recording-logger.ts'

const Limited = defineError('LIMITED', { status: 429, detail: 'Too many' })

function createTestApp(...layers: Middleware[]) {
  const logger = new RecordingLogger()
  const app = createApp({ errorBody: fastapi(), errors: [Limited], logger, openapiPath: false, docsPath: false })
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

{
  const { app } = createTestApp(logging('outer'), logging('middle'), logging('inner'))
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
}

{
  const { app } = createTestApp(logging('outer'), logging('middle'), logging('inner'))
  let more = gate()
  app.get('/', { responses: { 200: stream('text/plain') } }, async function* () {
    yield 'first'
    await more.opened
    yield 'second'
  })

  matrix('nothing of a body is held back by three layers', app, async (request) => {
    more = gate()
    const reader = (await request('/')).body!.pipeThrough(new TextDecoderStream()).getReader()
    assert.deepEqual(await reader.read(), { done: false, value: 'first' })
    more.open()
    assert.deepEqual(await reader.read(), { done: false, value: 'second' })
    assert.equal((await reader.read()).done, true)
    log.take()
  })
}

/** Puts a body of its own around the one that comes. */
const shout: Middleware = async (_context, next) => {
  const reply = await next()
  const { body } = reply
  if (!isSource(body)) return reply
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

{
  const { app } = createTestApp(shout)
  app.get('/', { responses: { 200: stream('text/plain') } }, () => chunks())

  matrix('a layer may put a body of its own around the one that comes', app, async (request) => {
    assert.equal(await (await request('/')).text(), 'AB')
    assert.deepEqual(await log.takeWhen(1), ['producer closed'])
  })
}

{
  const { app, logger } = createTestApp(logging('outer'), ({ path }, next) => {
    switch (path) {
      case '/short':
        return new Reply(299, HeaderList.from(['x-own', 'yes']), 'short')
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
  })
  app.get('/{path}', Text, () => {
    log.add('handler')
    return 'x'
  })

  matrix('a layer that does not call next answers alone', app, async (request) => {
    const response = await request('/short')
    assert.deepEqual([response.status, response.headers.get('x-own'), await response.text()], [299, 'yes', 'short'])
    assert.deepEqual(log.take(), ['outer in', 'outer sees 299'])
  })

  matrix('what a layer throws is answered there: the layers around it see a reply', app, async (request) => {
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
      'outside any route: Error: in a layer',
      'UNDECLARED_ERROR: outside any route: HTTPError with status 401 was thrown, which is not declared. Add it to errors or responses.',
      'outside any route: a thrown undefined',
    ])
  })

  matrix('what is no Reply is a 500', app, async (request) => {
    for (const path of ['/nothing', '/other', '/late-other']) {
      const response = await request(path)
      assert.deepEqual([response.status, await response.text()], FAILED, path)
      assert.match(logger.takeMessages().join(), /^outside any route: TypeError: MIDDLEWARE_RESULT: /)
    }
    log.take()
  })
}

{
  const held = dependency({ scope: 'response' }, function* () {
    try {
      yield 1
      log.add('committed')
    } catch (error) {
      log.add(`held hears ${(error as Error).message}`)
      throw error
    }
  })
  const { app, logger } = createTestApp(async ({ path, response }, next) => {
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
}

{
  let slow = gate()
  const { app } = createTestApp(({ path }, next) => {
    void next()
    if (path === '/throws') throw new Limited()
    return new Reply(200, HeaderList.from([]), 'impatient')
  })
  for (const path of ['/throws', '/answers'])
    app.get(path, { responses: { 200: stream('text/plain') } }, async () => {
      await slow.opened
      return chunks()
    })

  matrix('a layer need not wait for what is inside: whoever comes too late is closed', app, async (request) => {
    for (const [path, status] of [
      ['/throws', 429],
      ['/answers', 200],
    ] as const) {
      slow = gate()
      const response = await request(path)
      assert.equal(response.status, status)
      await response.text()
      slow.open()
      assert.deepEqual(await log.takeWhen(1), ['producer closed'])
    }
  })
}

{
  const { app } = createTestApp((context, next) => {
    context.response.headers.set('x-staged', 'by a layer')
    context.response.headers.set('x-always', 'by a layer', { always: true })
    context.background.add(() => log.add(`task of ${context.path}`))
    return next()
  })
  app.get('/', { ...Text, query: { n: z.int() } }, () => 'x')

  matrix('what a layer stages beforehand is on the answer, on an error where it is marked', app, async (request) => {
    const good = await request('/?n=1')
    assert.deepEqual([good.status, good.headers.get('x-staged'), good.headers.get('x-always')], [200, 'by a layer', 'by a layer'])
    await good.text()
    assert.deepEqual(await log.takeWhen(1), ['task of /'])
    const bad = await request('/')
    assert.deepEqual([bad.status, bad.headers.get('x-staged'), bad.headers.get('x-always')], [422, null, 'by a layer'])
    await bad.text()
    assert.deepEqual(log.take(), [])
  })
}
