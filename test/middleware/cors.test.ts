/** CORS: its headers are on every response, and responses to preflights are derived from the contracts. */
import assert from 'node:assert/strict'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, createRouter, DeclarationError, dependency, empty, file, HTTPError, json, redirect, text } from '../../src/index.ts'
import { conditional, cors, type CORSOptions } from '../../src/middleware/index.ts'
import { compression, directory } from '../../src/node/index.ts'
import { anyOf, apiKey, bearer } from '../../src/security/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const ORIGIN = 'https://app.example'
const folder = mkdtempSync(join(tmpdir(), 'cors-'))
writeFileSync(join(folder, 'a.txt'), 'all work and no play '.repeat(100))

function openCORS(options: CORSOptions) {
  const app = createApp({ logger: new RecordingLogger(), bodyLimitBytes: 100 })
  app.use(cors(options)).use(compression())
  app.get('/text', { responses: { 200: [text(), json(z.string())] } }, () => 'x')
  app.get('/file', { responses: { 200: file({ root: directory(folder) }) } }, () => ({ path: 'a.txt' }))
  app.get('/redirect', { responses: { 302: redirect() } }, () => '/text')
  app.get('/fails', { responses: { 200: text() } }, () => {
    throw new Error('SECRET')
  })
  app.get('/refused', { responses: { 200: text(), 403: {} } }, () => {
    throw new HTTPError(403)
  })
  app.get(
    '/{id}/number',
    { params: { id: z.int() }, headers: { 'X-Tenant': z.string().optional() }, responses: { 204: empty() } },
    () => undefined,
  )
  app.put(
    '/body',
    {
      body: z.object({ n: z.int() }),
      headers: { 'X-Tenant': z.string().optional() },
      responses: { 200: { body: text(), headers: { 'X-Total': z.int() } } },
    },
    ({ reply }) => reply(200, 'x', { headers: { 'X-Total': 1 } }),
  )
  return app
}

const CASES: readonly (readonly [status: number, path: string, init: RequestInit])[] = [
  [200, '/text', {}],
  [200, '/text', { method: 'HEAD' }],
  [200, '/file', { headers: { 'accept-encoding': 'gzip' } }],
  [200, '/body', { method: 'PUT', body: '{"n":1}', headers: { 'content-type': 'application/json' } }],
  [204, '/7/number', {}],
  [206, '/file', { headers: { range: 'bytes=0-3' } }],
  [302, '/redirect', {}],
  [304, '/file', { headers: { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' } }],
  [307, '/text/', {}],
  [400, '/%', {}],
  [403, '/refused', {}],
  [404, '/nowhere', {}],
  [405, '/text', { method: 'DELETE' }],
  [406, '/text', { headers: { accept: 'image/png' } }],
  [412, '/file', { headers: { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' } }],
  [413, '/body', { method: 'PUT', body: `{"n":${'1'.repeat(200)}}`, headers: { 'content-type': 'application/json' } }],
  [415, '/body', { method: 'PUT', body: 'n', headers: { 'content-type': 'text/plain' } }],
  [416, '/file', { headers: { range: 'bytes=99999-' } }],
  [422, '/x/number', {}],
  [500, '/fails', {}],
  [204, '/text', { method: 'OPTIONS' }],
]

function varyOf({ headers }: Response): readonly string[] {
  return (headers.get('vary') ?? '').split(', ')
}

describe('the origins of a list', () => {
  const app = openCORS({ origins: [ORIGIN, /https:\/\/[a-z]+\.pages\.example/], credentials: true, exposedHeaders: ['X-Extra'] })

  matrix('a script of an allowed origin may read a response of any status', app, async (request) => {
    for (const [status, path, init] of CASES) {
      const response = await request(path, {
        ...init,
        headers: { ...(init.headers as Record<string, string> | undefined), origin: ORIGIN },
      })
      const place = `${init.method ?? 'GET'} ${path} ${status}`
      assert.equal(response.status, status, place)
      assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN, place)
      assert.equal(response.headers.get('access-control-allow-credentials'), 'true', place)
      assert.ok(varyOf(response).includes('Origin'), place)
      assert.match(response.headers.get('access-control-expose-headers') ?? '', /x-extra$/, place)
      await response.arrayBuffer()
    }
  })

  matrix('a script of another origin may not read the response, and Vary contains Origin', app, async (request) => {
    for (const origin of [
      undefined,
      'https://evil.example',
      'https://app.example.evil.example',
      'https://a.pages.example.evil.example',
      'null',
    ]) {
      for (const [status, path, init] of CASES) {
        const response = await request(path, {
          ...init,
          headers: { ...(init.headers as Record<string, string> | undefined), ...(origin && { origin }) },
        })
        assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [status, null], `${origin} ${path}`)
        assert.ok(varyOf(response).includes('Origin'), path)
        await response.arrayBuffer()
      }
    }
  })

  matrix('a pattern must match the whole origin', app, async (request) => {
    const response = await request('/text', { headers: { origin: 'https://abc.pages.example' } })
    assert.equal(response.headers.get('access-control-allow-origin'), 'https://abc.pages.example')
    await response.text()
  })

  matrix('scripts may read the response headers that a contract declares', app, async (request) => {
    const body = { method: 'PUT', body: '{"n":1}', headers: { origin: ORIGIN, 'content-type': 'application/json' } }
    const response = await request('/body', body)
    assert.equal(response.headers.get('access-control-expose-headers'), 'x-total, x-extra')
    await response.text()
  })

  const preflight = (method: string) => ({ method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': method } })

  matrix('the response to a preflight lists the methods and headers of the routes at the path', app, async (request) => {
    const response = await request('/body', preflight('PUT'))
    assert.deepEqual(
      ['origin', 'credentials', 'methods', 'headers'].map((name) => response.headers.get(`access-control-allow-${name}`)),
      [ORIGIN, 'true', 'PUT, OPTIONS', 'x-tenant, content-type, authorization'],
    )
    assert.equal(response.status, 204)
    assert.equal(response.headers.get('access-control-max-age'), '600')
    assert.deepEqual(varyOf(response), ['Access-Control-Request-Method', 'Access-Control-Request-Headers', 'Origin'])
  })

  matrix('a preflight for a path without a route is allowed, so that the script sees the 404', app, async (request) => {
    const response = await request('/nowhere', preflight('PATCH'))
    assert.deepEqual([response.status, response.headers.get('access-control-allow-methods')], [204, 'PATCH'])
  })

  matrix('a preflight of another origin is refused', app, async (request) => {
    const response = await request('/body', {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example', 'access-control-request-method': 'PUT' },
    })
    assert.deepEqual(
      [response.headers.get('access-control-allow-origin'), response.headers.get('access-control-allow-methods')],
      [null, null],
    )
  })
})

describe('headers of security schemes and middleware', () => {
  const app = createApp()
    .use(cors({ origins: [ORIGIN] }))
    .use(conditional())
  const either = anyOf({ key: apiKey({ in: 'header', name: 'X-API-Key' }), token: bearer() })
  const caller = dependency({ security: either }, () => 'x')
  app.get('/guarded', { dependencies: { caller }, responses: { 200: text() } }, () => 'x')
  app.get('/open', { responses: { 200: text() } }, () => 'x')

  matrix('a script may send the header of an API key and If-None-Match', app, async (request) => {
    const headers = { origin: ORIGIN, 'access-control-request-method': 'GET' }
    const response = await request('/guarded', { method: 'OPTIONS', headers })
    assert.equal(response.headers.get('access-control-allow-headers'), 'x-api-key, authorization, if-none-match, content-type')
  })

  matrix('a script may read the ETag that its next condition needs', app, async (request) => {
    const response = await request('/open', { headers: { origin: ORIGIN } })
    assert.equal(response.headers.get('access-control-expose-headers'), 'etag')
    await response.text()
  })
})

describe('a function of the origin', () => {
  const tenants = new Set([ORIGIN])
  for (const [name, origins] of [
    ['at once', (origin: string) => tenants.has(origin)],
    ['later', async (origin: string) => tenants.has(origin)],
  ] as const) {
    const app = openCORS({ origins, credentials: true })

    matrix(`decides ${name}`, app, async (request) => {
      for (const [origin, allowed] of [
        [ORIGIN, ORIGIN],
        ['https://evil.example', null],
      ] as const) {
        const response = await request('/text', { headers: { origin } })
        assert.deepEqual([response.headers.get('access-control-allow-origin'), varyOf(response).includes('Origin')], [allowed, true])
        await response.text()
        const preflight = await request('/body', { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'PUT' } })
        assert.equal(preflight.headers.get('access-control-allow-methods') !== null, allowed !== null)
      }
    })
  }
})

describe('every origin', () => {
  const app = openCORS({ origins: '*', headers: ['X-Requested-With'], maxAge: 5 })

  matrix('is allowed with the same header value for all origins', app, async (request) => {
    const response = await request('/text')
    assert.deepEqual([response.headers.get('access-control-allow-origin'), varyOf(response).includes('Origin')], ['*', false])
    await response.text()
    const preflight = await request('/text', { method: 'OPTIONS', headers: { origin: ORIGIN, 'access-control-request-method': 'GET' } })
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'content-type, authorization, x-requested-with')
    assert.equal(preflight.headers.get('access-control-max-age'), '5')
  })
})

describe('on a router', () => {
  const router = createRouter({ prefix: '/open' }).use(cors({ origins: '*' }))
  router.get('/x', { responses: { 200: text() } }, () => 'x')
  const app = createApp().add(router)
  app.get('/closed', { responses: { 200: text() } }, () => 'x')

  matrix('only preflights of its routes get a CORS response', app, async (request) => {
    const headers = { origin: ORIGIN, 'access-control-request-method': 'GET' }
    for (const [path, allowed] of [
      ['/open/x', '*'],
      ['/closed', null],
    ] as const) {
      const response = await request(path, { method: 'OPTIONS', headers })
      assert.deepEqual([response.status, response.headers.get('access-control-allow-origin')], [204, allowed])
    }
  })
})

test('origins that can never match are refused at declaration', () => {
  const wrong = [['app.example'], ['https://app.example/'], ['https://*.app.example'], ['*'], 'https://app.example', undefined]
  for (const options of [...wrong.map((origins) => ({ origins })), { origins: '*', credentials: true }])
    assert.throws(
      () => cors(options as CORSOptions), // JavaScript has no types
      (error) => error instanceof DeclarationError && /^(?:ORIGINS|CORS_CREDENTIALS): cors\(\) origins: /.test(error.message),
    )
})
