/** The document of an app: what its author adds, errors at declaration, and how it is served. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import {
  createApp,
  createRouter,
  defineError,
  defineMiddleware,
  dependency,
  described,
  errorBody,
  get,
  jsonl,
  post,
  sse,
  text,
} from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { findProblems } from './validate.ts'
import { silent } from '../support/recording-logger.ts'

const User = z.object({ id: z.int(), name: z.string() }).meta({ id: 'User' })
const user = { id: 1, name: 'Ada' }

test('the keys of routes are the ids of their operations', async () => {
  const listUsers = get('/users', { responses: { 200: z.array(User) } }, () => [user])
  const getUser = get('/users/{id}', { summary: 'One user', responses: { 200: User } }, () => user)
  const createUser = post('/users', { operationId: 'addUser', responses: { 201: User } }, () => user)
  const app = createApp().add({ users: { listUsers, getUser }, createUser })
  app.get('/health', { responses: { 200: text() } }, () => 'ok')
  const { paths } = await app.document()
  const told = Object.values(paths).flatMap((item) => Object.values(item).map(({ operationId, summary }) => [operationId, summary]))
  assert.deepEqual(told, [
    ['listUsers', 'List users'],
    ['addUser', 'Create user'],
    ['getUser', 'One user'],
    ['getHealth', undefined],
  ])
})

test('every keyword of meta() and every x-* is kept', async () => {
  const Secret = z.string().meta({ format: 'password', writeOnly: true, 'x-mask': true })
  const Body = z.object({ secret: Secret }).meta({ id: 'Login', minProperties: 1, externalDocs: { url: 'https://example.com' } })
  const app = createApp()
  app.post(
    '/login',
    { body: Body, responses: { 204: {} }, 'x-internal': true, externalDocs: { url: 'https://example.com/login' } },
    () => undefined,
  )
  const { paths, components } = await app.document()
  assert.deepEqual(components.schemas!['Login'], {
    type: 'object',
    properties: { secret: { type: 'string', format: 'password', writeOnly: true, 'x-mask': true } },
    required: ['secret'],
    minProperties: 1,
    externalDocs: { url: 'https://example.com' },
  })
  const operation = paths['/login']!['post']!
  assert.deepEqual([operation['x-internal'], operation.externalDocs], [true, { url: 'https://example.com/login' }])
})

test('bodies and responses have descriptions and named examples, in the form in which they are sent', async () => {
  const Visit = z.object({ at: z.date() })
  const at = new Date('2024-05-01T00:00:00Z')
  const examples = { first: { summary: 'The first of May', value: { at } } }
  const sent = { first: { summary: 'The first of May', value: { at: '2024-05-01T00:00:00.000Z' } } }
  const app = createApp()
  const Documented = described(Visit, { description: 'The visit', examples })
  app.post('/visits', { body: Documented, responses: { 200: Documented } }, ({ body }) => body)
  const { requestBody, responses } = (await app.document()).paths['/visits']!['post']!
  assert.equal(requestBody!.description, 'The visit')
  assert.deepEqual(requestBody!.content['application/json']!.examples, sent)
  assert.deepEqual((responses['200'] as { content: object }).content, {
    'application/json': { ...requestBody!.content['application/json'] },
  })
  assert.deepEqual(await findProblems(await app.document()), [])
})

test('an error response that several operations share is a component', async () => {
  const NotFound = defineError('USER_NOT_FOUND', { status: 404, detail: 'User not found' })
  const app = createApp()
  for (const path of ['/a', '/b']) app.get(path, { responses: { 200: User }, errors: [NotFound] }, () => user)
  app.get('/c', { responses: { 200: User, 409: User } }, () => user)
  const { paths, components } = await app.document()
  assert.deepEqual(Object.keys(components.responses!), ['InternalServerError', 'UserNotFound'])
  assert.deepEqual(paths['/a']!['get']!.responses['404'], { $ref: '#/components/responses/UserNotFound' })
  assert.deepEqual(paths['/b']!['get']!.responses['404'], { $ref: '#/components/responses/UserNotFound' })
  assert.ok('content' in paths['/c']!['get']!.responses['409']!)
})

async function pathsOf(url: string, ...routes: string[]) {
  const served = createApp({ servers: [{ url }] })
  for (const path of routes) served.get(path, { responses: { 200: text() } }, () => '')
  const { paths } = await served.document()
  return Object.entries(paths).map(([path, item]) => [path, (item['servers'] as unknown as { url: string }[] | undefined)?.[0]!.url])
}

test('the path of the servers is removed from the paths that begin with it', async () => {
  assert.deepEqual(await pathsOf('https://api.example.com/v1', '/v1/users', '/v1', '/health'), [
    ['/users', undefined],
    ['/', undefined],
    ['/health', 'https://api.example.com'],
  ])
  assert.deepEqual(await pathsOf('/v1/', '/v1/users', '/v10'), [
    ['/users', undefined],
    ['/v10', '/'],
  ])
  // A proxy adds the path.
  assert.deepEqual(await pathsOf('https://example.com/svc', '/users'), [['/users', undefined]])
})

test('webhooks describe the requests that the API sends', async () => {
  const Event = z.object({ user: User, tries: z.int().default(1) }).meta({ id: 'Event' })
  const app = createApp({
    webhooks: {
      userCreated: { summary: 'A user was created', headers: { 'X-Signature': z.string() }, body: Event, responses: { 204: {} } },
    },
  })
  const document = await app.document()
  const { post: operation } = document.webhooks!['userCreated']!
  assert.equal(operation!.operationId, 'userCreated')
  assert.deepEqual(operation!.requestBody, {
    required: true,
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Event' } } },
  })
  assert.deepEqual(document.components.schemas!['Event']!.required, ['user', 'tries'])
  assert.deepEqual(await findProblems(document), [])
})

test('the headers of a webhook are documented as its receiver gets them', async () => {
  const models = {
    'X-Attempt': z.int().default(1),
    'X-Filled': z.string().optional().default('a'),
    'X-Sent-At': z.date(),
    'X-Caught': z.int().catch(0),
    'X-Trace': z.string().optional(),
    'X-Text': z.string().default('7').transform(Number).pipe(z.int()),
  }
  for (const headers of [models, z.object(models), z.object(models).refine(() => true)]) {
    const app = createApp({ webhooks: { paid: { headers, responses: { 204: {} } } } })
    const document = await app.document()
    assert.deepEqual(document.webhooks!['paid']!['post']!.parameters, [
      { name: 'X-Attempt', in: 'header', required: true, schema: { type: 'integer', default: 1 } },
      { name: 'X-Filled', in: 'header', required: true, schema: { type: 'string', default: 'a' } },
      { name: 'X-Sent-At', in: 'header', required: true, schema: { type: 'string', format: 'date-time' } },
      { name: 'X-Caught', in: 'header', required: true, schema: { type: 'integer' } },
      { name: 'X-Trace', in: 'header', schema: { type: 'string' } },
      { name: 'X-Text', in: 'header', required: true, schema: { type: 'integer' } },
    ])
    assert.deepEqual(await findProblems(document), [])
  }
})

test('the document that a hook returns is served, shown and printed', async () => {
  const app = createApp({ document: (made) => ({ ...made, info: { ...made.info, title: 'Mine' }, 'x-team': 'core' }) })
  assert.equal((await app.document()).info.title, 'Mine')
  const served = (await (await app.request('/openapi.json')).json()) as Record<string, unknown>
  assert.equal(served['x-team'], 'core')
  assert.match(await (await app.request('/docs')).text(), /Mine/)
})

test('Accept, Authorization and Content-Type are not header parameters, because tools ignore them', async () => {
  const guard = dependency({ headers: { Authorization: z.string() } }, () => 1)
  const app = createApp()
  const headers = { accept: z.string().optional(), 'Content-Type': z.string().optional(), 'X-Trace': z.string().optional() }
  app.get(
    '/a',
    { dependencies: { guard }, headers, responses: { 200: { body: text(), headers: { 'Content-Type': z.string().optional() } } } },
    () => '',
  )
  const { parameters, responses } = (await app.document()).paths['/a']!['get']!
  assert.deepEqual(
    parameters!.map(({ name }) => name),
    ['X-Trace'],
  )
  assert.equal((responses['200'] as { headers?: object }).headers, undefined)
})

function documentStreams(openapi: '3.1' | '3.2') {
  const app = createApp({ openapi })
  app.get('/lines', { responses: { 200: jsonl(User) } }, () => [user])
  app.get('/events', { responses: { 200: sse(User) } }, () => [user])
  app.post('/run', { responses: { 200: sse({ user: User, tick: z.int() }) } }, () => [])
  return app.document()
}

test('a stream is described by its item, or by the data of its events', async () => {
  const contentOf = (document: Awaited<ReturnType<typeof documentStreams>>, path: string, method = 'get') =>
    Object.values(
      (document.paths[path]![method]!.responses['200'] as { content: Record<string, { schema?: object; itemSchema?: object }> }).content,
    )[0]!
  const older = await documentStreams('3.1')
  const ref = { $ref: '#/components/schemas/User' }
  assert.deepEqual(contentOf(older, '/lines'), { schema: ref, 'x-itemSchema': { allOf: [ref] } })
  assert.deepEqual(contentOf(older, '/events').schema, ref)
  assert.deepEqual(contentOf(older, '/run', 'post').schema, { anyOf: [ref, { type: 'integer' }] })
  assert.deepEqual(
    older.paths['/events']!['get']!.parameters!.map(({ name }) => name),
    ['Last-Event-ID'],
  )
  assert.equal(older.paths['/run']!['post']!.parameters, undefined)
  assert.deepEqual(contentOf(await documentStreams('3.2'), '/lines'), { itemSchema: ref })
  assert.deepEqual(await findProblems(older), [])
})

test('events with text data beside JSON are in the document', async () => {
  const Problem = z.object({ detail: z.string() })
  const app = createApp({ openapi: '3.2' })
  app.get('/free', { responses: { 200: sse(User, { end: '[DONE]', error: errorBody(Problem, () => ({ detail: '' })) }) } }, () => [])
  app.get('/named', { responses: { 200: sse({ user: User, word: text() }, { end: '[DONE]' }) } }, () => [])
  const { paths } = await app.document()
  interface Item {
    readonly oneOf?: readonly object[]
    readonly properties?: { readonly data: object }
  }
  const itemOf = (path: string) => {
    const { content } = paths[path]!['get']!.responses['200'] as { readonly content: Record<string, object> }
    return (content['text/event-stream'] as { readonly itemSchema: Item }).itemSchema
  }
  const ofModel = { type: 'string', contentMediaType: 'application/json', contentSchema: { $ref: '#/components/schemas/User' } }
  const end = { type: 'string', const: '[DONE]' }
  assert.deepEqual(itemOf('/free').properties!.data, {
    anyOf: [
      ofModel,
      { type: 'string', description: 'Text beside the events of JSON' },
      {
        type: 'string',
        contentMediaType: 'application/json',
        contentSchema: { type: 'object', properties: { detail: { type: 'string' } }, required: ['detail'] },
      },
      end,
    ],
  })
  const data = itemOf('/named').oneOf!.map((event) => (event as { properties: { data: object } }).properties.data)
  assert.deepEqual(data, [ofModel, { type: 'string' }, end])
})

function addSecond(second: Parameters<ReturnType<typeof createApp>['get']>[1] & object, path = '/b') {
  return createApp()
    .add({ first: get('/a/{id}', { operationId: 'one', responses: { 200: User } }, () => user) })
    .add({ second: get(path as '/b', { ...second }, (() => undefined) as never) })
}

test('a duplicate id is an error when the second route is added, and both routes are named', () => {
  const Other = z.object({ other: z.string() }).meta({ id: 'User' })
  assert.throws(() => addSecond({ responses: { 200: Other } }), {
    name: 'DeclarationError',
    message: /^DUPLICATE_MODEL: GET \/b: .* User .* GET \/a\/\{id\}\. /,
  })
  assert.throws(
    () => addSecond({ responses: { 200: z.array(z.object({ nested: Other })) } }),
    /^DeclarationError: DUPLICATE_MODEL: GET \/b: .*GET \/a/,
  )
  assert.throws(
    () => addSecond({ query: z.object({ q: Other.shape.other.meta({ id: 'User' }) }), responses: { 204: {} } }),
    /DUPLICATE_MODEL: GET \/b/,
  )
  for (const id of ['Problem', 'ValidationProblem'])
    assert.throws(
      () => addSecond({ responses: { 200: Other.meta({ id }) } }),
      new RegExp(`^DeclarationError: DUPLICATE_MODEL: GET /b: .* ${id} .* the error body\\. `),
    )
  assert.throws(() => addSecond({ operationId: 'one', responses: { 204: {} } }), /DUPLICATE_OPERATION: GET \/b: .* one .* GET \/a/)
  assert.throws(() => addSecond({ responses: { 204: {} } }, '/a/{+rest}'), /DUPLICATE_OPERATION: GET \/a\/\{\+rest\}: .*GET \/a\/\{id\}/)
  assert.doesNotThrow(() =>
    addSecond({ responses: { 200: z.object({ id: z.int(), name: z.string() }).meta({ id: 'User', title: 'Another' }) } }),
  )
  assert.doesNotThrow(() => addSecond({ inDocument: false, operationId: 'one', responses: { 200: Other } }))
  assert.throws(
    () =>
      createApp().add(
        createRouter({ prefix: '/r' }).add({
          a: get('/a', { responses: { 200: User } }, () => user),
          b: get('/b', { responses: { 200: Other } }, () => ({ other: '' })),
        }),
      ),
    /DUPLICATE_MODEL: GET \/r\/b/,
  )
})

test('a duplicate id in middleware, an error handler or a webhook is an error when it is added', () => {
  const Other = z.object({ other: z.string() }).meta({ id: 'User' })
  const responses = { 503: Other }
  const pass = defineMiddleware({ responses }, (_context, next) => next())
  const failing = defineMiddleware({ errors: [defineError('CLOSED', { status: 503, detail: 'Closed', data: Other })] }, (_context, next) =>
    next(),
  )
  const reading = defineMiddleware({ requestHeaders: { 'x-a': z.string().meta({ id: 'User' }) } }, (_context, next) => next())
  const withRoute = (app = createApp()) => app.add({ first: get('/a', { responses: { 200: User } }, () => user) })
  const router = createRouter({ prefix: '/r' })
  router.get('/a', { responses: { 200: User } }, () => user)
  for (const layer of [pass, failing, reading]) {
    assert.throws(() => withRoute().use(layer), /^DeclarationError: DUPLICATE_MODEL: GET \/a middleware: .* User .* GET \/a\. /)
    assert.throws(() => withRoute(createApp().use(layer)), /DUPLICATE_MODEL: GET \/a middleware: .* User .* GET \/a\. /)
  }
  createApp().add(router)
  assert.throws(() => router.use(pass), /DUPLICATE_MODEL: GET \/r\/a middleware/)
  assert.throws(
    () => withRoute().onError(RangeError, { responses: { 400: Other } }, (_error, { reply }) => reply(400, { other: '' })),
    /DUPLICATE_MODEL: onError\(RangeError\): .* User .* GET \/a\. /,
  )
  const webhooks = { changed: { body: Other, responses: { 204: {} } } }
  assert.throws(() => withRoute(createApp({ webhooks })), /DUPLICATE_MODEL: GET \/a: .* User .* webhook changed\. /)
  const hidden = createApp().add({ first: get('/a', { inDocument: false, responses: { 200: User } }, () => user) })
  assert.doesNotThrow(() => hidden.use(pass))
})

const app = createApp({ logger: silent })
app.get('/users', { responses: { 200: z.array(User) } }, () => [user])

matrix('the document has an entity tag, and a client that has it gets a 304', app, async (request) => {
  const first = await request('/openapi.json')
  assert.equal(first.headers.get('content-type'), 'application/json')
  const etag = first.headers.get('etag')!
  assert.match(etag, /^"[\w+/]+"$/)
  assert.deepEqual(await first.json(), JSON.parse(JSON.stringify(await app.document())))
  const second = await request('/openapi.json', { headers: { 'if-none-match': etag } })
  assert.deepEqual([second.status, second.headers.get('etag'), await second.text()], [304, etag, ''])
  const changed = await request('/openapi.json', { headers: { 'if-none-match': '"other"' } })
  assert.equal(changed.status, 200)
})

test('the document is created and serialized once, until a route is added', async () => {
  let made = 0
  let written = 0
  const toJSON = function (this: object) {
    written += 1
    return Object.fromEntries(Object.entries(this).filter(([key]) => key !== 'toJSON'))
  }
  const amended = createApp({
    logger: silent,
    document: (document) => {
      made += 1
      return { ...document, toJSON } as typeof document
    },
  })
  amended.get('/a', { responses: { 204: {} } }, () => undefined)
  const first = await (await amended.request('/openapi.json')).text()
  assert.equal(await (await amended.request('/openapi.json')).text(), first)
  assert.deepEqual([made, written], [1, 1])
  amended.get('/b', { responses: { 204: {} } }, () => undefined)
  assert.match(await (await amended.request('/openapi.json')).text(), /"\/b"/)
  assert.deepEqual([made, written], [2, 2])
})

test('header names of parameters and responses are as declared', async () => {
  const tenants = createApp()
  tenants.get(
    '/a',
    { headers: { 'X-Tenant-ID': z.string() }, responses: { 200: { body: text(), headers: { 'X-Total': z.int() } } } },
    ({ reply }) => reply(200, '', { headers: { 'X-Total': 1 } }),
  )
  const { parameters, responses } = (await tenants.document()).paths['/a']!['get']!
  assert.deepEqual(
    parameters!.map(({ name }) => name),
    ['X-Tenant-ID'],
  )
  assert.deepEqual(Object.keys((responses['200'] as { headers: object }).headers), ['X-Total'])
})

test('a failure to create the document is not cached', async () => {
  let fails = 1
  const failing = createApp({
    logger: silent,
    document: (made) => {
      if (fails-- > 0) throw new Error('no descriptor')
      return made
    },
  })
  assert.equal((await failing.request('/openapi.json')).status, 500)
  assert.equal((await failing.request('/openapi.json')).status, 200)
  assert.equal((await failing.request('/docs')).status, 200)
})
