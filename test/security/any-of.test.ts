/** Several schemes of which a request needs one. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, createRouter, dependency } from '../../src/index.ts'
import { anyOf, apiKey, basic, bearer, InsufficientScope, oauth2, Unauthorized } from '../../src/security/index.ts'
import { matrix } from '../support/matrix.ts'

const key = apiKey({ in: 'header', name: 'X-API-Key' })
const Who = z.object({ scheme: z.string(), given: z.string() })

const client = dependency({ security: anyOf({ token: bearer(), key, password: basic() }) }, ({ credentials, fail }) => {
  // The types tell the schemes apart.
  const given = credentials.scheme === 'password' ? credentials.credentials.username : credentials.credentials
  if (given === 'wrong') throw fail(Unauthorized)
  return { scheme: credentials.scheme, given }
})
const visitor = dependency(
  { security: anyOf({ token: bearer(), key }, { optional: true }) },
  ({ credentials }) => credentials?.scheme ?? 'nobody',
)

const app = createApp()
app.get('/me', { dependencies: { client }, responses: { 200: Who } }, ({ client }) => client)
app.get('/open', { dependencies: { visitor }, responses: { 200: z.string() } }, ({ visitor }) => visitor)

describe('anyOf', () => {
  matrix('takes the credentials of any scheme, and tells which', app, async (request) => {
    const me = async (headers: Record<string, string>) => (await request('/me', { headers })).json()
    assert.deepEqual(await me({ authorization: 'Bearer t1' }), { scheme: 'token', given: 't1' })
    assert.deepEqual(await me({ 'x-api-key': 'k1' }), { scheme: 'key', given: 'k1' })
    assert.deepEqual(await me({ authorization: `Basic ${btoa('ada:x')}` }), { scheme: 'password', given: 'ada' })
    assert.deepEqual(await me({ 'x-api-key': 'k1', authorization: 'Bearer t1' }), { scheme: 'token', given: 't1' })
  })

  matrix('refuses a request with none, and challenges for all; an error is told of the scheme that was used', app, async (request) => {
    const challenge = async (headers: Record<string, string>) => {
      const { status, headers: answered } = await request('/me', { headers })
      return [status, answered.get('www-authenticate')]
    }
    const others = 'APIKey in="header", name="X-API-Key", Basic realm="Restricted", charset="UTF-8"'
    assert.deepEqual(await challenge({}), [401, `Bearer, ${others}`])
    assert.deepEqual(await challenge({ authorization: 'Bearer wrong' }), [401, `Bearer error="invalid_token", ${others}`])
    assert.deepEqual(await challenge({ 'x-api-key': 'wrong' }), [401, `Bearer, ${others}`])
    assert.equal((await challenge({ authorization: 'Bearer', 'x-api-key': 'k1' }))[0], 401, 'malformed credentials are refused')
  })

  matrix('may be optional as a whole', app, async (request) => {
    const open = async (headers: Record<string, string>) => (await request('/open', { headers })).json()
    assert.deepEqual(
      [await open({}), await open({ 'x-api-key': 'k' }), await open({ authorization: 'Bearer t' })],
      ['nobody', 'key', 'token'],
    )
  })

  test('is a list of requirements in the document', async () => {
    const { paths, components } = await app.document()
    assert.deepEqual(paths['/me']!['get']!.security, [{ bearer: [] }, { 'X-API-Key': [] }, { basic: [] }])
    assert.deepEqual(paths['/open']!['get']!.security, [{ bearer: [] }, { 'X-API-Key': [] }, {}])
    assert.deepEqual(Object.keys(components.securitySchemes!), ['X-API-Key', 'basic', 'bearer'])
  })

  test('stands beside other guards, and takes the scopes of a router', async () => {
    const tokens = oauth2({ flows: { clientCredentials: { tokenUrl: '/token', scopes: { 'items:read': '', 'items:write': '' } } } })
    const scoped = dependency({ security: anyOf({ tokens, key }) }, ({ credentials, scopes, fail }) => {
      if (credentials.scheme === 'tokens' && scopes.includes('items:write')) throw fail(InsufficientScope)
      return credentials.scheme
    })
    const tenant = dependency({ security: apiKey({ in: 'header', name: 'X-Tenant' }) }, ({ credentials }) => credentials)
    const items = createRouter({ prefix: '/items', dependencies: { scoped, tenant }, scopes: ['items:read'] })
    items.get('', { responses: { 200: z.string() } }, ({ scoped }) => scoped)
    items.post('', { scopes: ['items:write'], responses: { 200: z.string() } }, ({ scoped }) => scoped)
    const app = createApp().add(items)
    const { get, post } = (await app.document()).paths['/items']!
    assert.deepEqual(get!.security, [
      { oauth2: ['items:read'], 'X-Tenant': [] },
      { 'X-API-Key': [], 'X-Tenant': [] },
    ])
    assert.deepEqual(post!.security![0], { oauth2: ['items:read', 'items:write'], 'X-Tenant': [] })
    const send = (method: string, headers: Record<string, string>) =>
      app.request('/items', { method, headers: { 'x-tenant': 't', ...headers } })
    assert.equal((await send('GET', { authorization: 'Bearer a' })).status, 200)
    assert.equal((await send('POST', { 'x-api-key': 'k' })).status, 200)
    const refused = await send('POST', { authorization: 'Bearer a' })
    assert.deepEqual(
      [refused.status, refused.headers.get('www-authenticate')],
      [403, 'Bearer error="insufficient_scope", scope="items:read items:write"'],
    )
  })

  test('needs two schemes, none optional by itself', () => {
    assert.throws(() => anyOf({ token: bearer() }), /^DeclarationError: ANY_OF: /)
    assert.throws(() => anyOf({ token: bearer({ optional: true }), key }), /^DeclarationError: ANY_OF: /)
  })
})
