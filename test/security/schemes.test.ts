/** Each security scheme reads its credentials, and refuses a request without them with its challenge before anything else runs. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, defineError, dependency, text, type Dependency } from '../../src/index.ts'
import { apiKey, basic, bearer, InsufficientScope, oauth2, openIdConnect, Unauthorized } from '../../src/security/index.ts'
import { z } from 'zod'
import { matrix } from '../support/matrix.ts'

interface Case {
  readonly name: string
  readonly guard: Dependency<string, unknown>
  readonly challenge: string
  /** What a refusal of credentials that were given adds. */
  readonly invalid: string
  readonly accepted: readonly (readonly [headers: Record<string, string>, value: string, search?: string])[]
  readonly missing: readonly Record<string, string>[]
  readonly malformed: readonly Record<string, string>[]
}

const flows = { password: { tokenUrl: 'token', scopes: { 'items:read': 'Read items' } } }
const discovery = 'https://login.example/.well-known/openid-configuration'
const base64 = (plain: string) => Buffer.from(plain).toString('base64')

const tokenCases: Pick<Case, 'accepted' | 'missing' | 'malformed'> = {
  accepted: [
    [{ authorization: 'Bearer abc.DEF-_~+/==' }, 'abc.DEF-_~+/=='],
    [{ authorization: 'bearer abc' }, 'abc'],
    [{ authorization: 'BEARER   1|abc' }, '1|abc'],
  ],
  missing: [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearerabc' }, { authorization: '' }],
  malformed: [
    { authorization: 'Bearer' },
    { authorization: 'Bearer a b' },
    { authorization: 'Bearer a, Bearer b' },
    { authorization: 'Bearer\ta' },
  ],
}

const cases: readonly Case[] = [
  {
    name: 'bearer()',
    guard: dependency({ security: bearer({ realm: 'the "best"' }) }, ({ credentials }) => credentials),
    challenge: String.raw`Bearer realm="the \"best\""`,
    invalid: ', error="invalid_token"',
    ...tokenCases,
    malformed: tokenCases.malformed.slice(0, 3),
  },
  {
    name: 'oauth2()',
    guard: dependency({ security: oauth2({ flows }) }, ({ credentials }) => credentials),
    challenge: 'Bearer',
    invalid: ' error="invalid_token"',
    ...tokenCases,
    malformed: tokenCases.malformed.slice(0, 3),
  },
  {
    name: 'openIdConnect()',
    guard: dependency({ security: openIdConnect(discovery) }, ({ credentials }) => credentials),
    challenge: 'Bearer',
    invalid: ' error="invalid_token"',
    ...tokenCases,
    malformed: tokenCases.malformed.slice(0, 3),
  },
  {
    name: 'basic()',
    guard: dependency({ security: basic() }, ({ credentials: { username, password } }) => `${username}|${password}`),
    challenge: 'Basic realm="Restricted", charset="UTF-8"',
    invalid: '',
    accepted: [
      [{ authorization: `Basic ${base64('ada:pass:word')}` }, 'ada|pass:word'],
      [{ authorization: `basic ${base64('ä€:')}` }, 'ä€|'],
    ],
    missing: [{}, { authorization: 'Bearer abc' }],
    malformed: ['!', base64('no colon'), base64('a:\u0000'), Buffer.from([0x61, 0x3a, 0xff]).toString('base64')].map((token) => ({
      authorization: `Basic ${token}`,
    })),
  },
  {
    name: 'apiKey() in a header',
    guard: dependency({ security: apiKey({ in: 'header', name: 'X-API-Key' }) }, ({ credentials }) => credentials),
    challenge: 'APIKey in="header", name="X-API-Key"',
    invalid: '',
    accepted: [[{ 'x-api-key': 'k1' }, 'k1']],
    missing: [{}, { 'x-api-key': '' }],
    malformed: [],
  },
  {
    name: 'apiKey() in the query',
    guard: dependency({ security: apiKey({ in: 'query', name: 'key' }) }, ({ credentials }) => credentials),
    challenge: 'APIKey in="query", name="key"',
    invalid: '',
    accepted: [[{}, 'k 1', '?key=k%201']],
    missing: [{}],
    malformed: [],
  },
  {
    name: 'apiKey() in a cookie',
    guard: dependency({ security: apiKey({ in: 'cookie', name: 'session_id' }) }, ({ credentials }) => credentials),
    challenge: 'APIKey in="cookie", name="session_id"',
    invalid: '',
    accepted: [[{ cookie: 'a=b; session_id=s1' }, 's1']],
    missing: [{}, { cookie: 'a=b' }],
    malformed: [],
  },
]

for (const { name, guard, challenge, invalid, accepted, missing, malformed } of cases) {
  let ran = 0
  const app = createApp()
  const after = dependency(() => ran++)
  app.post(
    '/',
    { dependencies: { value: guard, after }, body: z.object({ never: z.never() }).optional(), responses: { 200: text() } },
    ({ value }) => value,
  )

  matrix(name, app, async (request) => {
    for (const [headers, value, search = ''] of accepted) {
      const response = await request(`/${search}`, { method: 'POST', headers })
      assert.equal(await response.text(), value)
      assert.equal(response.headers.get('www-authenticate'), null)
    }
    ran = 0
    for (const [refused, expected] of [
      ...missing.map((headers) => [headers, challenge] as const),
      ...malformed.map((headers) => [headers, challenge + invalid] as const),
    ]) {
      const response = await request('/', { method: 'POST', headers: { ...refused, 'content-type': 'application/json' }, body: '{' })
      assert.equal(response.status, 401, JSON.stringify(refused))
      assert.equal(response.headers.get('www-authenticate'), expected)
      assert.equal(((await response.json()) as { code: string }).code, 'UNAUTHORIZED')
    }
    assert.equal(ran, 0, 'nothing after the guard runs')
  })
}

const Expired = defineError('EXPIRED', { status: 401, detail: 'The token has expired' })
const Busy = defineError('BUSY', { status: 503, detail: 'Try later' })
const Own = defineError('OWN', { status: 401, detail: 'Own', headers: { 'WWW-Authenticate': 'Own' } })

const judged = dependency(
  {
    security: oauth2({ flows: { clientCredentials: { tokenUrl: 'token', scopes: { 'items:read': 'Read', 'items:write': 'Write' } } } }),
    errors: [Expired, Busy, Own],
    responses: { 401: text() },
  },
  async function* ({ credentials, scopes, fail, reply }) {
    await Promise.resolve()
    if (credentials === 'unknown') throw fail(Unauthorized)
    if (credentials === 'expired') throw fail(Expired)
    if (credentials === 'busy') throw fail(Busy)
    if (credentials === 'own') throw fail(Own)
    if (credentials === 'reply') {
      yield reply(401, 'no')
      return
    }
    if (scopes.some((scope) => !credentials.includes(scope))) throw fail(InsufficientScope)
    yield credentials
  },
)

const judging = createApp()
judging.get(
  '/',
  { dependencies: { judged }, scopes: ['items:read', 'items:write'], responses: { 200: text() } },
  ({ judged: value }) => value,
)

matrix('a dependency that refuses credentials', judging, async (request) => {
  const send = (token: string) => request('/', { headers: { authorization: `Bearer ${token}` } })
  const outcomes = await Promise.all(
    ['unknown', 'expired', 'reply', 'busy', 'own', 'items:read', 'items:read,items:write'].map(async (token) => {
      const { status, headers } = await send(token)
      return [token, status, headers.get('www-authenticate')]
    }),
  )
  assert.deepEqual(outcomes, [
    ['unknown', 401, 'Bearer error="invalid_token"'],
    ['expired', 401, 'Bearer error="invalid_token"'],
    ['reply', 401, 'Bearer error="invalid_token"'],
    ['busy', 503, null],
    ['own', 401, 'Own'],
    ['items:read', 403, 'Bearer error="insufficient_scope", scope="items:read items:write"'],
    ['items:read,items:write', 200, null],
  ])
})

describe('what a guard uses', () => {
  test('starts after the request has been let in', async () => {
    const started: string[] = []
    const first = dependency(() => started.push('first'))
    const db = dependency(() => started.push('db'))
    const user = dependency({ security: bearer(), dependencies: { db } }, () => started.push('user'))
    const admin = dependency({ security: apiKey({ in: 'header', name: 'X-Key' }), dependencies: { user } }, () => started.push('admin'))
    const app = createApp({ dependencies: { first } })
    app.get('/', { dependencies: { admin }, responses: { 200: text() } }, () => 'in')
    const send = async (headers: Record<string, string>) => {
      started.length = 0
      const response = await app.request('/', { headers })
      return [response.status, response.headers.get('www-authenticate'), ...started]
    }
    const authorization = 'Bearer a'
    assert.deepEqual(await send({ authorization }), [401, 'APIKey in="header", name="X-Key"', 'first'])
    assert.deepEqual(await send({ 'x-key': 'k' }), [401, 'Bearer', 'first'])
    assert.deepEqual(await send({ authorization, 'x-key': 'k' }), [200, null, 'first', 'db', 'user', 'admin'])
  })
})

const optional = dependency({ security: bearer({ optional: true }) }, ({ credentials, fail }) => {
  if (credentials === 'wrong') throw fail(Unauthorized)
  return credentials ?? 'nobody'
})
const open = createApp()
open.get('/', { dependencies: { optional }, responses: { 200: text() } }, ({ optional: value }) => value)

matrix('an optional scheme lets nobody in as nobody, but not wrong credentials', open, async (request) => {
  const send = (authorization?: string) => request('/', authorization === undefined ? {} : { headers: { authorization } })
  assert.equal(await (await send()).text(), 'nobody')
  assert.equal(await (await send('Basic YTpi')).text(), 'nobody')
  assert.equal(await (await send('Bearer ada')).text(), 'ada')
  assert.equal((await send('Bearer')).status, 401)
  assert.equal((await send('Bearer wrong')).status, 401)
})

describe('scopes that nothing reads', () => {
  test('make the response a 500: they would protect nothing', async () => {
    const messages: string[] = []
    const app = createApp({ logger: { error: (_facts, message) => messages.push(message), warn() {}, info() {} } })
    const careless = dependency({ security: bearer() }, ({ credentials }) => credentials)
    app.get('/', { dependencies: { careless }, scopes: ['admin'], responses: { 200: text() } }, ({ careless: value }) => value)
    const { status } = await app.request('/', { headers: { authorization: 'Bearer a' } })
    assert.equal(status, 500)
    assert.match(messages.join('\n'), /^SCOPES_NOT_READ: GET \/ scopes: /)
  })
})

describe('a declaration that cannot be kept', () => {
  const token = oauth2({ flows })
  const user = dependency({ security: token }, ({ credentials, scopes }) => [credentials, scopes])
  const route = { responses: { 200: text() } } as const
  const rejected: readonly (readonly [name: string, declare: () => unknown, message: RegExp])[] = [
    [
      'scopes without security',
      () => createApp().get('/', { ...route, scopes: ['a'] }, () => ''),
      /^SCOPES: GET \/ scopes: expected a scope of a dependency with security, got a route without one\. Add/,
    ],
    [
      'an unknown scope',
      () => createApp().get('/', { ...route, dependencies: { user }, scopes: ['items:red'] }, () => ''),
      /^SCOPES: GET \/ scopes: expected .*, got "items:red", which none/,
    ],
    ['no flow', () => oauth2({ flows: {} }), /^OAUTH_FLOWS: /],
    ['a name that is no header', () => apiKey({ in: 'header', name: 'my key' }), /^API_KEY_NAME: /],
    ['a realm that is no header value', () => bearer({ realm: 'a\nb' }), /^FIELD_VALUE: WWW-Authenticate: /],
    [
      'one name for two schemes',
      () => {
        const other = dependency({ security: bearer({ schemeName: 'oauth2' }) }, () => 1)
        const app = createApp()
        app.get('/a', { ...route, dependencies: { user } }, () => '')
        app.get('/b', { ...route, dependencies: { other } }, () => '')
      },
      /^DUPLICATE_SECURITY: GET \/b: the name oauth2 is already used by a different security scheme in GET \/a\. Set schemeName of one of them\.$/,
    ],
    [
      'a dependency named credentials',
      () =>
        createApp().get(
          '/',
          { ...route, dependencies: { x: dependency({ security: token, dependencies: { credentials: user } }, () => 1) } },
          () => '',
        ),
      /^DEPENDENCY_NAME: GET \/ dependencies\.credentials: /,
    ],
  ]
  for (const [name, declare, message] of rejected) test(name, () => assert.throws(declare, { message }))
})
