/** Other applications below a path: what they see, what holds for them, and what the document says. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, createRouter, dependency, text } from '../../src/index.ts'
import { secureHeaders } from '../../src/middleware/index.ts'
import { bearer } from '../../src/security/index.ts'
import { matrix } from '../support/matrix.ts'

/** Answers with what it sees of a request, as the handlers of better-auth, Hono or tRPC get it. */
async function echo(request: Request): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  if (pathname.endsWith('/missing')) return Response.json({ code: 'NOT_FOUND' }, { status: 404 })
  const headers = new Headers({ 'x-handler': 'echo' })
  headers.append('set-cookie', 'a=1')
  headers.append('set-cookie', 'b=2')
  return new Response(`${request.method} ${pathname}${search} ${await request.text()}`, { status: 201, headers })
}

const DOCUMENT = {
  openapi: '3.1.0',
  info: { title: 'Auth', version: '1' },
  security: [{ cookie: [] }],
  tags: [{ name: 'auth', description: 'Signing in' }],
  paths: {
    '/sign-in': {
      post: {
        operationId: 'signIn',
        tags: ['auth'],
        requestBody: {
          content: {
            'application/json': { schema: { $ref: '#/components/schemas/User' }, example: { $ref: '#/components/schemas/User' } },
          },
        },
        responses: { 200: { $ref: '#/components/responses/SignedIn' } },
      },
    },
    '/status': { get: { security: [], responses: { 200: { description: 'OK' } } } },
  },
  components: {
    schemas: {
      User: {
        type: 'object',
        properties: {
          pet: { $ref: '#/components/schemas/Pet' },
          security: { type: 'string' },
          example: { $ref: '#/components/schemas/Pet' },
        },
      },
      Pet: {
        oneOf: [{ $ref: '#/components/schemas/Cat' }],
        discriminator: { propertyName: 'kind', mapping: { cat: 'Cat', old: '#/components/schemas/Cat' } },
      },
      Cat: { type: 'object', default: { $ref: 'data' } },
    },
    responses: { SignedIn: { description: 'OK', links: { next: { operationId: 'signIn' } } } },
    securitySchemes: { cookie: { type: 'apiKey', in: 'cookie', name: 'session' } },
  },
}

describe('a mount', () => {
  const app = createApp().use(secureHeaders())
  app.mount('/auth', echo)
  app.mount('/api/auth', echo, { keepPath: true, bodyLimitBytes: 10 })
  app.get('/auth/own', { responses: { 200: text() } }, () => 'own')

  matrix('gives the handler every method, the path below it, the query and the body', app, async (request) => {
    for (const [method, path, body, expected] of [
      ['GET', '/auth', undefined, 'GET / '],
      ['GET', '/auth/sign-in/a%20b?x=1&y=%2F', undefined, 'GET /sign-in/a%20b?x=1&y=%2F '],
      ['POST', '/auth/sign-in', 'é', 'POST /sign-in é'],
      ['PUT', '/auth/a', '', 'PUT /a '],
      ['PATCH', '/auth/a', '', 'PATCH /a '],
      ['DELETE', '/auth/a', undefined, 'DELETE /a '],
      ['OPTIONS', '/auth/a', undefined, 'OPTIONS /a '],
      ['POST', '/api/auth/sign-in', 'x', 'POST /api/auth/sign-in x'],
    ] as const) {
      const response = await request(path, { method, ...(body !== undefined && { body }) })
      assert.deepEqual([response.status, await response.text()], [201, expected])
      assert.deepEqual(response.headers.getSetCookie(), ['a=1', 'b=2'])
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff', 'the layers of the app are around it')
    }
  })

  matrix('passes on errors and HEAD, and has a body limit', app, async (request) => {
    const missing = await request('/auth/missing')
    assert.deepEqual([missing.status, await missing.json()], [404, { code: 'NOT_FOUND' }])
    const head = await request('/auth/a', { method: 'HEAD' })
    assert.deepEqual([head.status, head.headers.get('x-handler'), await head.text()], [201, 'echo', ''])
    assert.equal((await request('/api/auth/a', { method: 'POST', body: 'x'.repeat(11) })).status, 413)
  })

  matrix('gives way to declared routes, and takes no path beside it', app, async (request) => {
    assert.equal(await (await request('/auth/own')).text(), 'own')
    assert.equal((await request('/authority')).status, 404)
  })

  matrix('is behind the guards of its router, with the parameters of its prefix', createGuarded(), async (request) => {
    assert.equal((await request('/tenants/7/files/a')).status, 401)
    const response = await request('/tenants/7/files/a/b', { headers: { authorization: 'Bearer t' } })
    assert.equal(await response.text(), 'GET /a/b ')
  })

  test('is not at a path with a slash at its end', () => {
    for (const path of ['', '/', 'auth', '/auth/'])
      assert.throws(() => createApp().mount(path, echo), /^DeclarationError: PATH_TEMPLATE: /, path)
  })
})

function createGuarded() {
  const client = dependency({ security: bearer() }, ({ credentials }) => credentials)
  const tenants = createRouter({ prefix: '/tenants/{tenant}', dependencies: { client } })
  tenants.mount('/files', echo, { document: DOCUMENT })
  return createApp().add(tenants)
}

const refuse = (document: object, prepare = (app: ReturnType<typeof createApp>) => app) =>
  assert.rejects(
    prepare(createApp().mount('/auth', echo, { document })).document(),
    /^DeclarationError: MOUNT_DOCUMENT: mount\(\/(?:auth|other)\) document: /,
  )

describe('the document of a mount', () => {
  test('is merged: paths below it, and components, operations and schemes under its name', async () => {
    const User = z.object({ id: z.int() }).meta({ id: 'User' })
    const app = createApp()
    app.get('/users', { responses: { 200: User } }, () => ({ id: 1 }))
    app.mount('/auth', echo, { document: () => Promise.resolve(DOCUMENT) })
    const { paths, components, tags } = await app.document()
    assert.deepEqual(Object.keys(paths), ['/users', '/auth/sign-in', '/auth/status'])
    const { operationId, requestBody, responses, security } = paths['/auth/sign-in']!['post']!
    const schema = { $ref: '#/components/schemas/auth_User' }
    assert.deepEqual([operationId, security], ['auth_signIn', [{ auth_cookie: [] }]])
    assert.deepEqual(requestBody, { content: { 'application/json': { schema, example: { $ref: '#/components/schemas/User' } } } })
    assert.deepEqual(responses, { 200: { $ref: '#/components/responses/auth_SignedIn' } })
    assert.deepEqual(paths['/auth/status']!['get']!.security, [])
    assert.deepEqual(Object.keys(components.schemas!), ['Problem', 'User', 'auth_User', 'auth_Pet', 'auth_Cat'])
    assert.deepEqual(components.schemas!['auth_User'], {
      type: 'object',
      properties: {
        pet: { $ref: '#/components/schemas/auth_Pet' },
        security: { type: 'string' },
        example: { $ref: '#/components/schemas/auth_Pet' },
      },
    })
    const { mapping } = (components.schemas!['auth_Pet'] as { discriminator: { mapping: object } }).discriminator
    assert.deepEqual(mapping, { cat: 'auth_Cat', old: '#/components/schemas/auth_Cat' })
    assert.deepEqual(components.schemas!['auth_Cat'], { type: 'object', default: { $ref: 'data' } })
    assert.match(JSON.stringify(components.responses), /"operationId":"auth_signIn"/)
    assert.deepEqual(Object.keys(components.securitySchemes!), ['auth_cookie'])
    assert.deepEqual(tags, [{ name: 'auth', description: 'Signing in' }])
  })

  test('has the guards of its router', async () => {
    const { paths, components } = await createGuarded().document()
    assert.deepEqual(paths['/tenants/{tenant}/files/sign-in']!['post']!.security, [{ bearer: [], files_cookie: [] }])
    assert.deepEqual(paths['/tenants/{tenant}/files/status']!['get']!.security, [{ bearer: [] }])
    assert.deepEqual(Object.keys(components.securitySchemes!).sort(), ['bearer', 'files_cookie'])
  })

  test('of another Riposte app is merged with its models', async () => {
    const inner = createApp({ title: 'Inner' })
    const Note = z.object({ text: z.string() }).meta({ id: 'Note' })
    inner.post('/notes', { body: Note, responses: { 200: Note } }, ({ body }) => body)
    const app = createApp().mount('/v2', inner.fetch, { document: () => inner.document(), name: 'v2' })
    const { paths, components } = await app.document()
    assert.deepEqual(Object.keys(paths), ['/v2/notes'])
    assert.ok('v2_Note' in components.schemas!)
    const response = await app.request('/v2/notes', {
      method: 'POST',
      body: '{"text":"a"}',
      headers: { 'content-type': 'application/json' },
    })
    assert.deepEqual(await response.json(), { text: 'a' })
  })

  test('that does not fit in is refused', async () => {
    await refuse({ swagger: '2.0' })
    await refuse({ ...DOCUMENT, openapi: '3.0.3' })
    await refuse(DOCUMENT, (app) => app.mount('/other', echo, { document: DOCUMENT, name: 'auth' }))
    await refuse(DOCUMENT, (app) => {
      app.get('/auth/status', { responses: { 200: text() } }, () => 'x')
      return app
    })
  })
})
