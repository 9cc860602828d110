/** Headers and cookies that any response of a route may have: declared by dependencies, routers and the app. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, createRouter, defineCookie, defineError, defineMiddleware, dependency, type StagedResponse } from '../../src/index.ts'
import { z } from 'zod'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Ok = z.object({ ok: z.boolean() })
const Refused = defineError('REFUSED', { status: 403, detail: 'Refused' })
const session = defineCookie('session_id', { httpOnly: true, secure: true, sameSite: 'strict', maxAge: 3600 })
const visits = defineCookie('visits', { path: '/app', model: z.int() })

function openLimited() {
  const logger = new RecordingLogger()
  const app = createApp({ logger, responseHeaders: { 'X-Version': z.int() } })
  const limited = dependency(
    {
      query: { left: z.int(), refuse: z.boolean().default(false) },
      responseHeaders: { 'RateLimit-Remaining': z.int() },
      errors: [Refused],
    },
    ({ query, response, fail }) => {
      response.headers.set('RateLimit-Remaining', query.left, { always: true })
      if (query.refuse) throw fail(Refused)
      return query.left
    },
  )
  const dates = app.router({ prefix: '/dates', responseHeaders: { Sunset: z.date() }, responseCookies: { session_id: session } })
  app.get('/limited', { dependencies: { limited }, responses: { 200: Ok } }, ({ response }) => {
    response.headers.set('X-Version', 3)
    return { ok: true }
  })
  app.get('/text', { responses: { 200: Ok }, query: { version: z.string() } }, ({ response, query }) => {
    const untyped: StagedResponse = response // for functions that take any response
    untyped.headers.set('x-version', query.version)
    return { ok: true }
  })
  app.get('/reply', { responses: { 200: Ok }, query: { version: z.string() } }, ({ reply, query }) =>
    reply(200, { ok: true }, { headers: { 'X-Version': query.version } }),
  )
  dates.get('', { responses: { 200: Ok } }, ({ response }) => {
    response.headers.set('Sunset', new Date(0))
    response.headers.set('X-Version', 4)
    response.cookies.set('session_id', 'abc')
    return { ok: true }
  })
  return { app, logger, limited }
}

describe('responseHeaders', () => {
  const { app, logger } = openLimited()

  matrix('a declared header is set to a value of its model, and may be absent', app, async (request) => {
    const limited = await request('/limited?left=7')
    assert.equal(limited.headers.get('ratelimit-remaining'), '7')
    assert.equal(limited.headers.get('x-version'), '3')
    const refused = await request('/limited?left=0&refuse=true')
    assert.equal(refused.status, 403)
    assert.equal(refused.headers.get('ratelimit-remaining'), '0')
    const dates = await request('/dates')
    assert.equal(dates.headers.get('sunset'), '1970-01-01T00:00:00.000Z')
    assert.deepEqual(dates.headers.getSetCookie(), ['session_id=abc; Max-Age=3600; Path=/; HttpOnly; Secure; SameSite=Strict'])
    assert.equal((await request('/text?version=1')).headers.get('x-version'), '1')
    assert.equal((await request('/nowhere')).headers.get('x-version'), null)
    assert.deepEqual(logger.takeMessages(), [])
  })

  matrix('a text that does not fit its model is a breach, whether it was staged or given to reply()', app, async (request) => {
    for (const path of ['/text?version=x', '/reply?version=x']) {
      assert.equal((await request(path)).status, 500)
      assert.match(String(logger.takeMessages()), /RESPONSE_BREACH: GET \/(?:text|reply).*: X-Version: expected text that its model reads/)
    }
  })
})

test('the document lists the headers and cookies for every response of the routes, as optional', async () => {
  const { app } = openLimited()
  const { paths } = (await app.document()) as unknown as {
    paths: Record<string, Record<string, { responses: Record<string, { headers?: object }> }>>
  }
  for (const [status, { headers }] of Object.entries(paths['/limited']!['get']!.responses)) {
    if (headers === undefined) continue // a shared response
    assert.deepEqual(
      headers,
      {
        'RateLimit-Remaining': { schema: { type: 'integer' } },
        'X-Version': { schema: { type: 'integer' } },
      },
      status,
    )
  }
  assert.deepEqual(Object.keys(paths['/limited']!['get']!.responses['200']!.headers!).toSorted(), ['RateLimit-Remaining', 'X-Version'])
  const { 'Set-Cookie': cookie } = paths['/dates']!['get']!.responses['200']!.headers as { 'Set-Cookie': object }
  assert.deepEqual(cookie, {
    description: 'Sets `session_id` (HttpOnly, Secure, SameSite=Strict, Max-Age=3600)',
    schema: { type: 'string' },
  })
})

describe('defineCookie()', () => {
  const logger = new RecordingLogger()
  const app = createApp({ logger })
  const Count = z.object({ count: z.int() })
  app.get('/count', { cookies: { visits }, responses: { 200: { body: Count, cookies: { visits } } } }, ({ cookies, reply }) => {
    const count = cookies.visits + 1
    return reply(200, { count }, { cookies: { visits: count } })
  })
  app.get('/short', { responses: { 200: Ok } }, ({ response }) => {
    response.cookies.set(visits, 1, { maxAge: 5 })
    return { ok: true }
  })
  app.get('/leave', { responses: { 200: Ok } }, ({ response }) => {
    response.cookies.delete(visits)
    return { ok: true }
  })
  app.get('/wrong', { responses: { 200: Ok } }, ({ response }) => {
    response.cookies.set(visits, 'SECRET' as never)
    return { ok: true }
  })

  matrix('a defined cookie is read, set and deleted with one declaration', app, async (request) => {
    const count = await request('/count', { headers: { cookie: 'visits=2' } })
    assert.deepEqual(await count.json(), { count: 3 })
    assert.deepEqual(count.headers.getSetCookie(), ['visits=3; Path=/app; SameSite=Lax'])
    assert.equal((await request('/count', { headers: { cookie: 'visits=many' } })).status, 422)
    assert.deepEqual((await request('/short')).headers.getSetCookie(), ['visits=1; Max-Age=5; Path=/app; SameSite=Lax'])
    assert.deepEqual((await request('/leave')).headers.getSetCookie(), [
      'visits=; Max-Age=0; Path=/app; Expires=Thu, 01 Jan 1970 00:00:00 GMT; SameSite=Lax',
    ])
    assert.deepEqual(logger.takeMessages(), [])
    assert.equal((await request('/wrong')).status, 500)
    assert.match(String(logger.takeMessages()), /RESPONSE_BREACH: .*visits: expected integer, got string/)
  })
})

test('defineCookie() refuses what browsers drop', () => {
  const wrong = [
    () => defineCookie('__Host-id', {}),
    () => defineCookie('__Host-id', { secure: true, path: '/app' }),
    () => defineCookie('__Http-id', { secure: true }),
    () => defineCookie('__Host-Http-id', { secure: true }),
    () => defineCookie('id', { sameSite: 'none' }),
    () => defineCookie('a b'),
  ]
  for (const define of wrong) assert.throws(define, { name: 'DeclarationError', code: 'COOKIE' })
  defineCookie('__Host-Http-id', { secure: true, httpOnly: true })
})

test('a defined cookie must have its own name as its key', () => {
  const app = createApp()
  const wrong = { name: 'DeclarationError', code: 'COOKIE_NAME' }
  assert.throws(() => app.get('/', { cookies: { session }, responses: { 200: Ok } }, () => ({ ok: true })), wrong)
  assert.throws(() => app.get('/', { responses: { 200: { body: Ok, cookies: { session } } } }, () => ({ ok: true })), wrong)
  assert.throws(() => createApp({ responseCookies: { session } }), wrong)
})

test('a router that is added keeps its responseHeaders and responseCookies', async () => {
  const router = createRouter({ responseHeaders: { 'X-Region': z.enum(['eu', 'us']) } })
  router.get('/region', { responses: { 200: Ok } }, ({ response }) => {
    response.headers.set('X-Region', 'eu')
    return { ok: true }
  })
  const response = await createApp().add(router).request('/region')
  assert.equal(response.headers.get('x-region'), 'eu')
})

describe('responseHeaders of a middleware', () => {
  const logger = new RecordingLogger()
  const app = createApp({ logger })
  const retry = defineMiddleware(
    { responses: { 503: { body: Ok } }, responseHeaders: { 'Retry-After': z.int() }, responseCookies: { visits } },
    ({ reply, response, search }, next) => {
      response.headers.set('Retry-After', 5, { always: true })
      response.cookies.set('visits', 1)
      return search === 'down' ? reply(503, { ok: false }, { headers: { 'Retry-After': 60 } }) : next()
    },
  )
  app.use(retry)
  app.get('/there', { responses: { 200: Ok } }, () => ({ ok: true }))

  matrix('a middleware sets its headers on every response, also to paths without a route', app, async (request) => {
    const there = await request('/there')
    assert.deepEqual([there.status, there.headers.get('retry-after')], [200, '5'])
    assert.deepEqual(there.headers.getSetCookie(), ['visits=1; Path=/app; SameSite=Lax'])
    const nowhere = await request('/nowhere')
    assert.deepEqual([nowhere.status, nowhere.headers.get('retry-after')], [404, '5'])
    const down = await request('/there?down')
    assert.deepEqual([down.status, down.headers.get('retry-after')], [503, '60'])
    assert.deepEqual(logger.takeMessages(), [])
  })
})
