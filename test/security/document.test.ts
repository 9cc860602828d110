/** What the document says of security: the schemes, the requirements of each operation, and the responses of a refusal. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, createRouter, dependency, text, type OpenAPIDocument } from '../../src/index.ts'
import { anyOf, apiKey, basic, bearer, oauth2, openIdConnect, type SecurityScheme } from '../../src/security/index.ts'
import { findProblems } from '../openapi/validate.ts'

const guard = (security: SecurityScheme) => dependency({ security }, ({ scopes }) => scopes.length)
const responses = { 200: text() }

const oauth = guard(
  oauth2({
    flows: {
      password: { tokenUrl: '/token', scopes: { 'items:read': 'Read', admin: 'All' } },
      authorizationCode: { authorizationUrl: 'https://login.example/authorize', tokenUrl: 'https://login.example/token', scopes: {} },
    },
  }),
)
const token = guard(bearer({ format: 'JWT', description: 'A token of **ours**' }))
const maybeToken = guard(bearer({ format: 'JWT', description: 'A token of **ours**', optional: true }))
const key = guard(apiKey({ in: 'header', name: 'X-API-Key' }))
const maybeKey = guard(apiKey({ in: 'header', name: 'X-API-Key', optional: true }))
const password = guard(basic())
const alternatives = { token: bearer(), key: apiKey({ in: 'header', name: 'X-API-Key' }) }
const either = guard(anyOf(alternatives))
const maybeEither = guard(anyOf(alternatives, { optional: true }))
const provider = guard(openIdConnect('https://login.example/.well-known/openid-configuration'))

type Guards = Readonly<Record<string, ReturnType<typeof guard>>>

async function documentOf(dependencies: Guards, scopes: readonly string[] = []): Promise<OpenAPIDocument> {
  const app = createApp()
  app.get('/', { summary: 'Read', dependencies, scopes, responses }, () => '')
  return app.document()
}

const cases: readonly (readonly [name: string, guards: Guards, scopes: readonly string[], security: unknown])[] = [
  ['no security', {}, [], undefined],
  ['one scheme', { token }, [], [{ bearer: [] }]],
  ['two schemes are both required', { token, key }, [], [{ bearer: [], 'X-API-Key': [] }]],
  ['an optional scheme', { maybeToken }, [], [{ bearer: [] }, {}]],
  ['a required and an optional scheme', { key, maybeToken }, [], [{ 'X-API-Key': [], bearer: [] }, { 'X-API-Key': [] }]],
  ['two optional schemes', { maybeToken, maybeKey }, [], [{ bearer: [], 'X-API-Key': [] }, { 'X-API-Key': [] }, { bearer: [] }, {}]],
  ['one scheme, required by one dependency and optional for another', { maybeToken, token }, [], [{ bearer: [] }]],
  ['one of two schemes', { either }, [], [{ bearer: [] }, { 'X-API-Key': [] }]],
  ['one of two schemes or none', { maybeEither }, [], [{ bearer: [] }, { 'X-API-Key': [] }, {}]],
  [
    'one of two schemes, required by one dependency and optional for another',
    { maybeEither, either },
    [],
    [{ bearer: [] }, { 'X-API-Key': [] }],
  ],
  ['scopes of OAuth', { oauth, key }, ['items:read'], [{ oauth2: ['items:read'], 'X-API-Key': [] }]],
  [
    'scopes that one of two schemes knows',
    { oauth, provider },
    ['items:read', 'profile'],
    [{ oauth2: ['items:read'], openIdConnect: ['items:read', 'profile'] }],
  ],
  ['scopes as roles', { password }, ['admin'], [{ basic: ['admin'] }]],
]

for (const [name, guards, scopes, security] of cases) {
  test(`the security of an operation: ${name}`, async () => {
    const document = await documentOf(guards, scopes)
    assert.deepEqual(document.paths['/']!['get']!.security, security)
    assert.deepEqual(await findProblems(document), [])
  })
}

test('the security schemes stand in the components, once each, by name', async () => {
  const { components } = await documentOf({ oauth, token, maybeToken, key, password, provider })
  assert.deepEqual(components.securitySchemes, {
    'X-API-Key': { type: 'apiKey', in: 'header', name: 'X-API-Key' },
    basic: { type: 'http', scheme: 'basic' },
    bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'A token of **ours**' },
    oauth2: {
      type: 'oauth2',
      flows: {
        password: { tokenUrl: '/token', scopes: { 'items:read': 'Read', admin: 'All' } },
        authorizationCode: { authorizationUrl: 'https://login.example/authorize', tokenUrl: 'https://login.example/token', scopes: {} },
      },
    },
    openIdConnect: { type: 'openIdConnect', openIdConnectUrl: 'https://login.example/.well-known/openid-configuration' },
  })
})

test('the 401 is in the document with its challenge; the 403 where scopes are required', async () => {
  const app = createApp()
  const router = createRouter({ prefix: '/items', dependencies: { oauth }, scopes: ['items:read'] })
  router.get('', { summary: 'List', responses }, () => '')
  router.post('', { summary: 'Create', scopes: ['admin', 'items:read'], responses }, () => '')
  app.add(router)
  app.get('/me', { summary: 'Me', dependencies: { oauth }, responses }, () => '')
  const document = await app.document()
  const { get, post } = document.paths['/items']!
  assert.deepEqual(get!.security, [{ oauth2: ['items:read'] }])
  assert.deepEqual(post!.security, [{ oauth2: ['items:read', 'admin'] }])
  assert.deepEqual(Object.keys(get!.responses), ['200', '401', '403', '500'])
  assert.deepEqual(Object.keys(document.paths['/me']!['get']!.responses), ['200', '401', '500'])
  const { Unauthorized, InsufficientScope } = document.components.responses as Record<string, { headers?: object }>
  const header = { description: 'How to authenticate (RFC 9110 §11.6.1)', schema: { type: 'string' } }
  assert.deepEqual(Unauthorized!.headers, { 'WWW-Authenticate': { ...header, required: true } })
  assert.deepEqual(InsufficientScope!.headers, { 'WWW-Authenticate': header })
  assert.deepEqual(await findProblems(document), [])
})
