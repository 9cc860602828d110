/** The recipes of the guide, used by clients that are honest and by some that are not. */
import assert from 'node:assert/strict'
import * as crypto from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { runInThisContext } from 'node:vm'
import * as betterAuth from 'better-auth'
import * as betterAuthMemory from 'better-auth/adapters/memory'
import * as betterAuthPlugins from 'better-auth/plugins'
import { transform } from 'esbuild'
import * as jose from 'jose'
import * as zod from 'zod'
import * as riposte from '../../src/index.ts'
import * as security from '../../src/security/index.ts'
import { findProblems } from '../openapi/validate.ts'
import { listen } from '../support/listen.ts'

const { SignJWT, UnsecuredJWT } = jose
type App = riposte.App

const ROOT = join(import.meta.dirname, '../..')
const SECTION = /^## (.*)\n[\s\S]*?```ts\n([\s\S]*?)```/gm
const recipes = new Map(
  [...readFileSync(join(ROOT, 'docs/security.md'), 'utf8').matchAll(SECTION)].map(([, title, code]) => [title!, code!]),
)

const modules: Readonly<Record<string, object>> = {
  'better-auth': betterAuth,
  'better-auth/adapters/memory': betterAuthMemory,
  'better-auth/plugins': betterAuthPlugins,
  jose,
  'node:crypto': crypto,
  riposte,
  'riposte/security': security,
  zod,
}

/** What the block of a section declares at its top level, by name. */
async function load(title: string, ...names: readonly string[]): Promise<object> {
  const source = `${recipes.get(title)}\nexport { ${names.join(', ')} }\n`
  const { code } = await transform(source, { loader: 'ts', format: 'cjs' })
  const module = { exports: {} }
  runInThisContext(`(require, module) => {${code}\n}`)((name: string) => modules[name], module)
  return module.exports
}

describe('tokens for a name and a password', async () => {
  const { app, key } = (await load('Name and password for a token', 'app', 'key')) as { app: App; key: Uint8Array }
  const login = (fields: Record<string, string>) => app.request('/token', { method: 'POST', body: new URLSearchParams(fields) })
  const me = (token: string) => app.request('/me', { headers: { authorization: `Bearer ${token}` } })
  const claims = { sub: 'ada', iss: 'my-api', aud: 'my-api' }
  const signed = (payload: object, secret = key, alg = 'HS256') =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg }).setExpirationTime('1m').sign(secret)

  test('a token of the password flow is taken', async () => {
    const response = await login({ grant_type: 'password', username: 'ada', password: 'lovelace' })
    const token = (await response.json()) as { access_token: string; token_type: string; expires_in: number }
    assert.equal(token.token_type, 'bearer')
    assert.equal(response.headers.get('cache-control'), 'no-store')
    assert.equal(token.expires_in, 900)
    assert.deepEqual(await (await me(token.access_token)).json(), { name: 'ada' })
  })

  test('a wrong password, or another grant, gets none', async () => {
    assert.equal((await login({ username: 'ada', password: 'x' })).status, 400)
    assert.equal((await login({ grant_type: 'refresh_token', username: 'ada', password: 'lovelace' })).status, 422)
  })

  const forged: readonly (readonly [name: string, token: () => Promise<string> | string])[] = [
    ['that is no JWT', () => 'abc'],
    ['of another key', () => signed(claims, new Uint8Array(32))],
    ['of another algorithm', () => signed(claims, key, 'HS384')],
    ['without a signature', () => new UnsecuredJWT(claims).encode()],
    ['that has expired', () => new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime(1).sign(key)],
    ['for another audience', () => signed({ ...claims, aud: 'other' })],
    ['of another issuer', () => signed({ ...claims, iss: 'other' })],
    ['without a subject', () => signed({ iss: 'my-api', aud: 'my-api' })],
  ]
  for (const [name, token] of forged) {
    test(`a token ${name} is refused`, async () => {
      const { status, headers } = await me(await token())
      assert.equal(status, 401)
      assert.equal(headers.get('www-authenticate'), 'Bearer error="invalid_token"')
    })
  }
})

describe('sessions in a cookie', async () => {
  const { app } = (await load('Sessions in a cookie', 'app')) as { app: App }
  const send = (path: string, method: string, cookie?: string, body?: object) =>
    app.request(path, {
      method,
      headers: { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })

  test('a session lasts from login to logout', async () => {
    assert.equal((await send('/me', 'GET')).status, 401)
    const line = (await send('/login', 'POST', undefined, { name: 'Ada' })).headers.get('set-cookie')!
    assert.match(line, /^session_id=[^;]+;.*HttpOnly/)
    const cookie = line.split(';', 1)[0]!
    assert.deepEqual(await (await send('/me', 'GET', cookie)).json(), { name: 'Ada' })
    const logout = await send('/logout', 'POST', cookie)
    assert.equal(logout.status, 204)
    assert.match(logout.headers.get('set-cookie')!, /^session_id=;.*Max-Age=0/)
    assert.equal((await send('/me', 'GET', cookie)).status, 401)
  })
})

describe('name and password with each request', async () => {
  const { app } = (await load('Name and password with each request', 'app')) as { app: App }
  const send = (password: string) => app.request('/metrics', { headers: { authorization: `Basic ${btoa(`scraper:${password}`)}` } })

  test('only the right password gets in', async () => {
    assert.equal(await (await send('for tests alone')).text(), 'up 1\n')
    const refused = await send('guess')
    assert.equal(refused.status, 401)
    assert.equal(refused.headers.get('www-authenticate'), 'Basic realm="Metrics", charset="UTF-8"')
  })
})

const cookieOf = ({ headers }: Response) => headers.getSetCookie()[0]!.split(';', 1)[0]!

describe('a library that has its own routes', async () => {
  const { app } = (await load('A library that has its own routes', 'app')) as { app: App }
  const user = { email: 'ada@example.com', password: 'analytical engine', name: 'Ada' }

  test('signs up, in and out over a connection, and its session lets in', async () => {
    await using server = await listen(app)
    const send = (path: string, cookie?: string, body?: object) =>
      fetch(server.url + path, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { origin: 'http://localhost:8000', 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })

    assert.equal((await send('/me')).status, 401)
    const signedUp = await send('/api/auth/sign-up/email', undefined, user)
    assert.equal(signedUp.status, 200)
    assert.deepEqual(await (await send('/me', cookieOf(signedUp))).json(), { name: 'Ada' })

    assert.equal((await send('/api/auth/sign-in/email', undefined, { ...user, password: 'guess' })).status, 401)
    const signedIn = await send('/api/auth/sign-in/email', undefined, user)
    assert.equal(signedIn.status, 200)
    const cookie = cookieOf(signedIn)
    assert.notEqual(cookie, cookieOf(signedUp))
    assert.deepEqual(await (await send('/me', cookie)).json(), { name: 'Ada' })

    assert.equal((await send('/api/auth/sign-out', cookie, {})).status, 200)
    assert.equal((await send('/me', cookie)).status, 401)
    assert.equal((await send('/me', cookieOf(signedUp))).status, 200)
    assert.equal((await send('/api/auth/nowhere', cookie)).status, 404)
  })

  test('stands in the document under names of its own', async () => {
    const document = await app.document()
    const { paths, components } = document
    assert.ok(['/me', '/api/auth/sign-up/email', '/api/auth/sign-in/email', '/api/auth/sign-out'].every((path) => path in paths))
    assert.deepEqual(Object.keys(components.securitySchemes!), ['api_auth_apiKeyCookie', 'api_auth_bearerAuth'])
    assert.ok('api_auth_User' in components.schemas!)
    // better-auth writes `nullable`, of OpenAPI 3.0, into its document of OpenAPI 3.1.
    assert.deepEqual(
      (await findProblems(document)).filter((problem) => !problem.includes('`nullable`')),
      [],
    )
  })
})

const sign = (content: string, secret = 'for tests alone') => crypto.createHmac('sha256', secret).update(content).digest('hex')

describe('a signed webhook', async () => {
  const { app, events } = (await load('A signed webhook', 'app', 'events')) as { app: App; events: Map<string, object> }
  const send = (body: string, signature: string, type = 'application/json') =>
    app.request('/webhooks/payments', { method: 'POST', headers: { 'content-type': type, 'x-signature': signature }, body })
  const event = { id: 'e1', type: 'paid', sent_at: '2026-01-01T00:00:00Z' }

  test('content with its signature is taken, whatever its white space', async () => {
    for (const content of [JSON.stringify(event), JSON.stringify(event, undefined, 4), `${JSON.stringify(event)}\n`]) {
      events.clear()
      assert.equal((await send(content, sign(content))).status, 204)
      assert.deepEqual(events.get('e1'), event)
    }
  })

  test('another signature is refused before the content is parsed', async () => {
    events.clear()
    const content = JSON.stringify(event)
    const wrong = [sign(content, 'another secret'), sign(`${content} `), sign(content).slice(2), `${sign(content)}00`, 'no hex', '']
    for (const signature of wrong) assert.equal((await send(content, signature)).status, 403, signature)
    assert.equal((await send('{', sign(content))).status, 403)
    assert.equal(events.size, 0)
  })

  test('signed content that is no event is a 400, and another media type a 415', async () => {
    for (const content of ['{', '{}', '[]', '']) assert.equal((await send(content, sign(content))).status, 400, content)
    assert.equal((await send('x', sign('x'), 'text/plain')).status, 415)
  })
})
