/** Routers: what they share holds for each of their routes. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, defineError, dependency, errorBody, fastapi, HTTPError, text } from '../../src/index.ts'
import { createRouter } from '../../src/routing/router.ts'
import { del, get, head, options, patch, post, put, query } from '../../src/routing/route.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { createTestApp } from '../support/test-app.ts'

const Text = { responses: { 200: text() } }
const pathsOf = ({ routes }: { readonly routes: readonly { method: string; path: string }[] }) =>
  routes.map(({ method, path }) => `${method} ${path}`)

test('every method, as a value and as a statement', () => {
  const values = { get, head, post, put, patch, del, options, query }
  const app = createTestApp().app
  for (const define of Object.values(values)) app.add(define('/values', Text as never, (() => '') as never))
  for (const name of ['get', 'head', 'post', 'put', 'patch', 'delete', 'options', 'query'] as const)
    app[name]('/statements', Text, () => '')
  const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'QUERY']
  assert.deepEqual(pathsOf(app), [...methods.map((method) => `${method} /values`), ...methods.map((method) => `${method} /statements`)])
})

test('routes are taken from a route, a router, and objects of both, however deep', () => {
  const one = get('/one', Text, () => '')
  const router = createRouter({ prefix: '/router' }).add(one)
  const app = createTestApp().app.add({ one, deep: { deeper: { two: get('/two', Text, () => '') }, router } })
  app.add(get('/three', Text, () => ''))
  assert.deepEqual(pathsOf(app), ['GET /one', 'GET /two', 'GET /router/one', 'GET /three'])
  assert.equal(one.path, '/one')
})

test("the empty path is a router's prefix itself, '/' is the prefix with a slash", () => {
  const inner = createRouter({ prefix: '/{post_id}/comments' }).add({ list: get('', Text, () => ''), one: get('/{id}', Text, () => '') })
  const outer = createRouter({ prefix: '/posts' }).add({
    list: get('', Text, () => ''),
    slash: get('/', Text, () => ''),
    folder: get('/folder/', Text, () => ''),
    inner,
  })
  // An app takes one of the two: the other is redirected.
  assert.throws(() => createTestApp().app.add(outer), { code: 'DUPLICATE_ROUTE' })
  assert.deepEqual(pathsOf(outer), [
    'GET /posts',
    'GET /posts/',
    'GET /posts/folder/',
    'GET /posts/{post_id}/comments',
    'GET /posts/{post_id}/comments/{id}',
  ])
  assert.deepEqual(pathsOf(createRouter().add(get('/', Text, () => ''))), ['GET /'])
  assert.throws(() => createTestApp().app.get('', Text, () => ''), { code: 'PATH_TEMPLATE', message: /^PATH_TEMPLATE: '': / })
})

test('an invalid prefix is refused at declaration', () => {
  for (const prefix of ['users', '/users/', '/', '/a//b', '/{+rest}/', '/a b'])
    assert.throws(() => createRouter({ prefix }), { code: 'PATH_TEMPLATE' }, prefix)
  const router = createRouter({ prefix: '/users' })
  for (const path of ['me', '//me']) assert.throws(() => router.get(path, Text, () => ''), { code: 'PATH_TEMPLATE' }, path)
  assert.throws(() => createTestApp().app.add(createRouter({ prefix: '/{id}' }).add(get('/{id}', Text, () => ''))), {
    code: 'PATH_TEMPLATE',
  })
  assert.throws(() => createTestApp().app.add(createRouter({ prefix: '/{+rest}' }).add(get('/more', Text, () => ''))), {
    code: 'PATH_TEMPLATE',
  })
})

const Forbidden = defineError('FORBIDDEN', { status: 403, detail: 'Not for you' })
const Gone = defineError('GONE', { status: 410, detail: 'Gone' })
const seen: string[] = []
const guard = dependency({ headers: { 'x-user': z.string().optional() }, errors: [Forbidden] }, ({ headers, fail }) => {
  seen.push('guard')
  if (headers['x-user'] === undefined) throw fail(Forbidden)
  return headers['x-user']
})
const named = errorBody(z.object({ oops: z.string() }), (error) => ({ oops: String(error.detail) }))

const inner = createRouter({ prefix: '/inner', dependencies: { extra: dependency(() => 'extra') }, tags: ['inner'] })
inner.get('', { tags: ['own'], ...Text }, ({ extra }) => extra)
const outer = createRouter({
  prefix: '/outer',
  dependencies: { user: guard },
  responses: { 200: z.object({ by: z.literal('router') }), 409: fastapi() },
  errors: [Gone],
  errorBody: named,
  tags: ['outer'],
})
outer.get('/user', Text, ({ user }) => user)
outer.get(
  '/own',
  { dependencies: { mine: dependency({ dependencies: { guard } }, ({ guard }) => `mine of ${guard}`) }, ...Text },
  ({ user, mine }) => `${user} ${mine}`,
)
outer.get('/same', { dependencies: { user: guard }, ...Text }, ({ user }) => user)
outer.get('/of-router', { responses: {} }, (() => ({ by: 'router' })) as never)
outer.get('/gone', Text, () => {
  throw new Gone()
})
outer.get('/conflict', Text, () => {
  throw new HTTPError(409, 'Taken')
})
outer.add(inner)
const app = createTestApp().app.add(outer)
const user = { headers: { 'x-user': 'ann' } }

matrix('what a router uses is resolved for each of its routes, also those of a router inside', app, async (request) => {
  assert.equal(await (await request('/outer/user', user)).text(), 'ann')
  assert.equal(await (await request('/outer/own', user)).text(), 'ann mine of ann')
  assert.equal(await (await request('/outer/same', user)).text(), 'ann')
  assert.equal(await (await request('/outer/inner', user)).text(), 'extra')
  assert.equal(seen.splice(0).length, 4)
  const refused = await request('/outer/inner')
  assert.deepEqual([refused.status, await refused.json()], [403, { oops: 'Not for you' }])
  seen.splice(0)
})

matrix("its responses, errors and error body hold; a route's own responses win", app, async (request) => {
  const answers: [path: string, status: number, body: string][] = [
    ['/outer/of-router', 200, '{"by":"router"}'],
    ['/outer/gone', 410, '{"oops":"Gone"}'],
    ['/outer/conflict', 409, '{"detail":"Taken"}'],
  ]
  for (const [path, status, body] of answers) {
    const response = await request(path, user)
    assert.deepEqual([response.status, await response.text()], [status, body], path)
  }
  seen.splice(0)
})

describe('a router that grows', () => {
  const Ok = z.object({ ok: z.boolean() })
  const late = createRouter({ prefix: '/late', dependencies: { user: guard }, tags: ['late'] })
  const around = createRouter({ prefix: '/around', responses: { 409: fastapi() } }).add({ late })
  const grown = createTestApp().app.add(around)
  const other = createTestApp().app.add(late)
  const documented = (of: typeof grown) => of.document().then(({ paths }) => Object.keys(paths))

  test('routes that are added to a router later are included, wherever the router was added', async () => {
    assert.deepEqual(await documented(grown), [])
    late.get('/user', Text, ({ user }) => user)
    around.add(get('/value', { responses: { 200: Ok } }, () => ({ ok: true })))
    late.add(createRouter({ prefix: '/deep' }).add(get('', Text, () => 'deep')))
    const later = createRouter({ prefix: '/later' })
    late.add(later)
    later.get('', Text, () => 'later')
    assert.deepEqual(pathsOf(grown), ['GET /around/late/user', 'GET /around/value', 'GET /around/late/deep', 'GET /around/late/later'])
    assert.deepEqual(pathsOf(other), ['GET /late/user', 'GET /late/deep', 'GET /late/later'])
    assert.deepEqual(grown.routes[0]?.contract.tags, ['late'])
    assert.deepEqual(Object.keys(grown.routes[0]?.contract.responses ?? {}), ['200', '409'])
    assert.deepEqual((await documented(grown)).length, 4)
    assert.throws(() => late.get('/user', Text, () => ''), { code: 'DUPLICATE_ROUTE' })
  })

  matrix('such a route has everything that its routers share', grown, async (request) => {
    assert.equal(await (await request('/around/late/user', user)).text(), 'ann')
    assert.equal((await request('/around/late/later')).status, 403)
    assert.equal(await (await request('/around/late/later', user)).text(), 'later')
    seen.splice(0)
  })
})

test('its tags stand before those of the route', () => {
  assert.deepEqual(app.routes.find(({ path }) => path === '/outer/inner')?.contract.tags, ['outer', 'inner', 'own'])
})

test('a route cannot replace a dependency of its router', () => {
  const other = dependency(() => 'anyone')
  const refused = { code: 'DEPENDENCY_NAME', message: /dependencies\.user: its router has another dependency of this name/ }
  assert.throws(
    () => createRouter({ dependencies: { user: guard } }).get('/', { dependencies: { user: other }, ...Text }, () => ''),
    refused,
  )
  const router = createRouter({ dependencies: { user: other } }).add(get('/', Text, () => ''))
  assert.throws(() => createRouter({ dependencies: { user: guard } }).add(router), refused)
})

test('a router cannot contain itself', () => {
  const outer = createRouter({ prefix: '/outer' })
  const inner = createRouter({ prefix: '/inner' })
  outer.add(inner)
  const refused = { code: 'ROUTER_CYCLE', message: 'ROUTER_CYCLE: add(/outer): a router would contain itself. Add it to another router.' }
  assert.throws(() => inner.add(outer), refused)
  assert.throws(() => outer.add(outer), refused)
})

describe('a child router', () => {
  const order: string[] = []
  const step = (name: string) =>
    dependency(() => {
      order.push(name)
      return name
    })
  const Taken = defineError('TAKEN', { status: 409, detail: 'Taken' })
  const parent = createApp({
    logger: new RecordingLogger(),
    dependencies: { ofApp: step('app') },
    errors: [Gone],
    responses: { 202: z.object({ queued: z.boolean() }) },
  })
  const orgs = parent.router({ prefix: '/orgs/{org}', dependencies: { ofRouter: step('router') }, errors: [Taken] })
  const members = orgs.router({ prefix: '/members', responses: { 403: {} } })
  members.get('/{id}', { params: { id: z.int() }, dependencies: { own: step('route') }, ...Text }, ({ params, ofApp, ofRouter, own }) =>
    [params.org, params.id, ofApp, ofRouter, own].join(' '),
  )
  members.post('', { responses: { 201: text() } }, ({ params, reply, fail }) => {
    if (params.org === 'gone') throw fail(Gone)
    if (params.org === 'taken') throw fail(Taken)
    if (params.org === 'secret') return reply(403)
    return reply(202, { queued: true })
  })

  matrix('a child router knows what the app and its parents share, and runs their dependencies first', parent, async (request) => {
    assert.equal(await (await request('/orgs/acme/members/7')).text(), 'acme 7 app router route')
    assert.deepEqual(order.splice(0), ['app', 'router', 'route'])
    const statuses = ['gone', 'taken', 'secret', 'acme'].map(
      async (org) => (await request(`/orgs/${org}/members`, { method: 'POST' })).status,
    )
    assert.deepEqual(await Promise.all(statuses), [410, 409, 403, 202])
    order.splice(0)
    assert.equal((await request('/openapi.json')).status, 200)
    assert.deepEqual(order, [])
  })

  test('what parents share is in the document of a route of their child', async () => {
    const { paths } = await parent.document()
    const operation = paths['/orgs/{org}/members']?.post
    assert.deepEqual(Object.keys(operation?.responses ?? {}), ['201', '202', '400', '403', '409', '410', '422', '500'])
  })
})
