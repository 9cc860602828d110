/** The middleware and the security schemes of the conduit example, and what the document says of them. */
import assert from 'node:assert/strict'
import { request as sendRequest } from 'node:http'
import { after, before, describe, test } from 'node:test'
import type { OpenAPIDocument } from '../../src/index.ts'
import { Example, type RunningExample } from './example.ts'

const example = new Example('conduit')
const ORIGIN = 'https://conduit.example'
const METRICS_PASSWORD = 'scrape'

const basic = (password: string) => ({ authorization: `Basic ${btoa(`scraper:${password}`)}` })

const post = (body: unknown, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})

describe('around the routes of the conduit example', { skip: example.skip }, () => {
  let app: RunningExample
  let token = ''

  before(async () => {
    app = await example.start({ ORIGINS: ORIGIN, METRICS_PASSWORD })
    const user = { username: 'dora', email: 'dora@example.com', password: 'a long password' }
    const response = await send('/api/users', post({ user }))
    token = ((await response.json()) as { user: { token: string } }).user.token
  })
  after(() => app[Symbol.asyncDispose]())

  const send = (path: string, init?: RequestInit) => fetch(`${app.url}${path}`, init)

  test('every answer has the headers of security and of CORS, also those that found no route', async () => {
    const cases = [
      [200, await send('/api/tags', { headers: { origin: ORIGIN } })],
      [401, await send('/api/user', { headers: { origin: ORIGIN } })],
      [404, await send('/nowhere', { headers: { origin: ORIGIN } })],
      [422, await send('/api/users', post({}, { origin: ORIGIN }))],
    ] as const
    for (const [status, response] of cases) {
      assert.equal(response.status, status)
      assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
      assert.equal(response.headers.get('access-control-allow-origin'), ORIGIN)
      assert.match(response.headers.get('vary') ?? '', /\bOrigin\b/)
    }
  })

  test('a front end may send what the contract reads', async () => {
    const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' }
    const preflight = await send('/api/articles', { method: 'OPTIONS', headers })
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'POST, GET, HEAD, OPTIONS')
    assert.equal(preflight.headers.get('access-control-allow-headers'), 'content-type, authorization, idempotency-key, if-none-match')
  })

  test('another host is a 421', async () => {
    // `fetch` sets the host itself.
    const status = await new Promise((resolve, reject) => {
      sendRequest(`${app.url}/api/tags`, { headers: { host: 'evil.example' } }, (response) => resolve(response.resume().statusCode))
        .on('error', reject)
        .end()
    })
    assert.equal(status, 421)
  })

  test('an article that is sent twice with one key is written once', async () => {
    const article = { title: 'Twice', description: 'Once', body: 'Text.'.repeat(500) }
    const sent = post({ article }, { authorization: `Token ${token}`, 'idempotency-key': crypto.randomUUID() })
    const [first, second] = [await send('/api/articles', sent), await send('/api/articles', sent)]
    assert.deepEqual([first.status, first.headers.get('idempotency-replayed')], [201, null])
    assert.deepEqual([second.status, second.headers.get('idempotency-replayed')], [201, 'true'])
    assert.deepEqual(await second.json(), await first.json())
    const { articlesCount } = (await (await send('/api/articles?author=dora')).json()) as { articlesCount: number }
    assert.equal(articlesCount, 1)
  })

  test('what is read is compressed, and a 304 for a client that has it', async () => {
    const article = { title: 'Long', description: 'Long', body: 'Text.'.repeat(500) }
    assert.equal((await send('/api/articles', post({ article }, { authorization: `Token ${token}` }))).status, 201)
    const whole = await send('/api/articles/long', { headers: { 'accept-encoding': 'gzip' } })
    assert.equal(whole.headers.get('content-encoding'), 'gzip')
    assert.equal(((await whole.json()) as { article: { body: string } }).article.body, article.body)
    const etag = whole.headers.get('etag')!
    const again = await send('/api/articles/long', { headers: { 'accept-encoding': 'gzip', 'if-none-match': etag } })
    assert.deepEqual([again.status, again.headers.get('etag'), await again.text()], [304, etag, ''])
  })

  test('a token of the form of OAuth 2.0 is one of the specification too', async () => {
    const form = new URLSearchParams({ grant_type: 'password', username: 'dora@example.com', password: 'a long password' })
    const response = await send('/api/token', { method: 'POST', body: form })
    assert.deepEqual([response.status, response.headers.get('cache-control')], [200, 'no-store'])
    const { access_token } = (await response.json()) as { access_token: string }
    for (const scheme of ['Bearer', 'bearer', 'Token'])
      assert.equal((await send('/api/user', { headers: { authorization: `${scheme} ${access_token}` } })).status, 200, scheme)
    const none = await send('/api/user')
    assert.equal(none.headers.get('www-authenticate'), 'Bearer, APIKey in="header", name="Authorization"')
  })

  test('only the scraper reads the metrics', async () => {
    assert.match(await (await send('/metrics', { headers: basic(METRICS_PASSWORD) })).text(), /^conduit_users \d+\n/)
    const refused = await send('/metrics', { headers: basic('guess') })
    assert.deepEqual([refused.status, refused.headers.get('www-authenticate')], [401, 'Basic realm="Metrics", charset="UTF-8"'])
    assert.equal(((await refused.json()) as { code: string }).code, 'UNAUTHORIZED')
  })

  test('each request is one line of JSON, with the template and not the path', async () => {
    const id = crypto.randomUUID()
    await (await send('/api/profiles/dora', { headers: { 'x-request-id': id } })).text()
    const [line] = await app.waitFor(new RegExp(`^\\{.*"requestId":"${id}".*\\}$`, 'm'))
    const { method, route, status, bytes, aborted } = JSON.parse(line) as Record<string, unknown>
    assert.deepEqual([method, route, status, aborted], ['GET', '/api/profiles/{username}', 200, false])
    assert.ok(Number(bytes) > 0)
  })

  test('the document names who may call what, and what the middleware answers', async () => {
    const { paths, components } = (await (await send('/openapi.json')).json()) as OpenAPIDocument
    const securityOf = (path: string, method: string) => paths[path]![method]!.security
    const either = [{ password: [] }, { token: [] }]
    assert.deepEqual(Object.keys(components.securitySchemes!), ['basic', 'password', 'token'])
    assert.deepEqual(securityOf('/users/login', 'post'), undefined)
    assert.deepEqual(securityOf('/articles', 'get'), [...either, {}])
    assert.deepEqual(securityOf('/articles/{slug}', 'delete'), either)
    assert.deepEqual(securityOf('/metrics', 'get'), [{ basic: [] }])
    const answers = (path: string, method: string) => Object.keys(paths[path]![method]!.responses)
    assert.deepEqual(answers('/users/login', 'post'), ['200', '401', '413', '415', '421', '422', '429', '500', '503'])
    assert.deepEqual(answers('/tags', 'get'), ['200', '304', '412', '421', '500', '503'])
  })

  test('a client that guesses passwords is held up', async () => {
    await using limited = await example.start({ TRIES: '2' })
    const guess = () => fetch(`${limited.url}/api/users/login`, post({ user: { email: 'dora@example.com', password: 'guess' } }))
    const seen = []
    for (let i = 0; i < 3; i += 1) seen.push(await guess())
    assert.deepEqual(
      seen.map(({ status }) => status),
      [401, 401, 429],
    )
    assert.match(seen[2]!.headers.get('retry-after')!, /^\d+$/)
    assert.equal((await fetch(`${limited.url}/api/tags`)).status, 200)
  })
})
