/** Middleware that allows or refuses requests: csrf, allowedHosts and rateLimit. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, text } from '../../src/index.ts'
import { allowedHosts, csrf, rateLimit, type Limiter } from '../../src/middleware/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Text = { responses: { 200: text() } }

describe('csrf', () => {
  const app = createApp().use(csrf({ origins: ['https://admin.example'] }))
  app.get('/', Text, () => 'x')
  app.post('/', Text, () => 'x')
  const CASES: readonly (readonly [status: number, headers: Record<string, string>])[] = [
    [200, {}],
    [200, { 'sec-fetch-site': 'same-origin' }],
    [200, { 'sec-fetch-site': 'none' }],
    [403, { 'sec-fetch-site': 'same-site' }],
    [403, { 'sec-fetch-site': 'cross-site' }],
    [403, { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    [200, { 'sec-fetch-site': 'cross-site', origin: 'https://admin.example' }],
    [403, { origin: 'https://evil.example' }],
    [403, { origin: 'null' }],
    [200, { origin: 'https://admin.example' }],
  ]

  matrix('allows writes from its own origin, from listed origins, and from clients that are not browsers', app, async (request) => {
    for (const [status, headers] of CASES) {
      const response = await request('/', { method: 'POST', headers })
      assert.equal(response.status, status, JSON.stringify(headers))
      if (status === 403) assert.match(await response.text(), /"code":"CROSS_ORIGIN_REQUEST"/)
      assert.equal((await request('/', { headers })).status, 200)
    }
  })

  test('compares Origin with Host if the browser sends no Sec-Fetch-Site', async () => {
    for (const [origin, status] of [
      ['https://api.example:8000', 200],
      ['https://api.example', 403],
    ] as const) {
      const headers = { origin, host: 'api.example:8000' }
      assert.equal((await app.request('/', { method: 'POST', headers })).status, status, origin)
    }
  })

  test('in memory, the host is that of the URL', async () => {
    for (const [origin, status] of [
      ['https://api.example:8000', 200],
      ['https://evil.example', 403],
    ] as const)
      assert.equal((await app.request('https://api.example:8000/', { method: 'POST', headers: { origin } })).status, status, origin)
  })

  test('an origin that no browser sends is refused at declaration', () => {
    for (const origin of ['https://app.example/', 'app.example', 'https://*.app.example'])
      assert.throws(() => csrf({ origins: [origin] }), /^DeclarationError: ORIGINS: csrf\(\) origins: expected a list of origins, got /)
  })

  test('the document contains the 403', async () => assert.ok('403' in (await app.document()).paths['/']!['post']!.responses))
})

describe('allowedHosts', () => {
  test('a text that is not a host is refused at declaration', () => {
    for (const host of ['*', 'localhost:8000', 'https://api.example', '::1', ''])
      assert.throws(() => allowedHosts([host]), /^DeclarationError: ALLOWED_HOSTS: allowedHosts\(\): expected a host, got /)
    for (const host of ['API.example', '*.app.example', '[::1]', '127.0.0.1', 'my_host']) allowedHosts([host])
  })

  const app = createApp().use(allowedHosts(['api.example', '*.app.example']))
  app.get('/', Text, () => 'x')

  test('in memory, the host is that of the URL', async () => {
    for (const [url, status] of [
      ['https://api.example/', 200],
      ['https://a.app.example:8000/', 200],
      ['https://evil.example/', 421],
      ['/', 421],
    ] as const)
      assert.equal((await app.request(url)).status, status, url)
    assert.equal((await app.request('https://api.example/', { headers: { host: 'evil.example' } })).status, 421)
  })

  test('answers 421 to other hosts', async () => {
    for (const [host, status] of [
      ['api.example', 200],
      ['API.example:8000', 200],
      ['a.app.example', 200],
      ['app.example', 421],
      ['.app.example', 421],
      ['api.example.evil.example', 421],
      ['evilapi.example', 421],
    ] as const)
      assert.equal((await app.request('/', { headers: { host } })).status, status, host)
  })

  matrix('refuses a path without a route with a 421 too', app, async (request) => {
    assert.equal((await request('/nowhere')).status, 421)
  })
})

/** Rejects with a result if the limit is exceeded, like the limiters of rate-limiter-flexible. */
function limiterOf(points: number): Limiter {
  const counts = new Map<string, number>()
  return {
    points,
    duration: 60,
    consume(key) {
      if (key === 'broken') return Promise.reject(new Error('the store is gone'))
      const used = (counts.get(key) ?? 0) + 1
      counts.set(key, used)
      const result = { remainingPoints: Math.max(0, points - used), msBeforeNext: 29_500 }
      // oxlint-disable-next-line prefer-promise-reject-errors -- the library does the same
      return used > points ? Promise.reject(result) : Promise.resolve(result)
    },
  }
}

function createLimited() {
  const logger = new RecordingLogger()
  const app = createApp({ logger }).use(rateLimit({ limiter: limiterOf(2), key: ({ header }) => header('x-client') ?? 'all' }))
  app.get('/', Text, () => 'x')
  return app
}

function createInMemory() {
  const app = createApp().use(rateLimit({ points: 100, duration: 3600, key: ({ header }) => header('x-client')! }))
  app.use(rateLimit({ points: 2, duration: 1000, name: 'burst', key: ({ header }) => header('x-client')! }))
  app.get('/', Text, () => 'x')
  return app
}

describe('rateLimit', () => {
  const limited = createLimited()

  matrix('counts each client by its key, and sends a 429 beyond the limit', limited, async (request) => {
    const client = `client-${Math.random()}`
    const seen = []
    for (const path of ['/', '/nowhere', '/', '/']) {
      const { status, headers } = await request(path, { headers: { 'x-client': client } })
      seen.push([status, headers.get('ratelimit'), headers.get('ratelimit-policy'), headers.get('retry-after')])
    }
    assert.deepEqual(seen, [
      [200, '"default";r=1;t=30', '"default";q=2;w=60', null],
      [404, '"default";r=0;t=30', '"default";q=2;w=60', null],
      [429, '"default";r=0;t=30', '"default";q=2;w=60', '30'],
      [429, '"default";r=0;t=30', '"default";q=2;w=60', '30'],
    ])
  })

  matrix('a store that fails causes a 500, and no request is allowed without being counted', limited, async (request) => {
    assert.equal((await request('/', { headers: { 'x-client': 'broken' } })).status, 500)
  })

  test('counts by the address of the client, and fails if the runtime does not know it', async () => {
    const logger = new RecordingLogger()
    const app = createApp({ logger }).use(rateLimit({ limiter: limiterOf(1) }))
    app.get('/', Text, () => 'x')
    const send = async (clientAddress?: string) => (await app.request('/', {}, { clientAddress })).status
    assert.deepEqual([await send('192.0.2.1'), await send('192.0.2.2'), await send('192.0.2.1'), await send()], [200, 200, 429, 500])
    assert.match(logger.takeMessages().join(), /RATE_LIMIT_KEY: /)
  })

  test('counts a request of a test, which has an address', async () => {
    const app = createApp().use(rateLimit({ limiter: limiterOf(1) }))
    app.get('/', Text, () => 'x')
    const statuses = [(await app.request('/')).status, (await app.request('/', {}, { clientAddress: '127.0.0.1' })).status]
    assert.deepEqual(statuses, [200, 429])
  })

  matrix('counts in memory by default, and several limits have separate members in the headers', createInMemory(), async (request) => {
    const client = { 'x-client': crypto.randomUUID() }
    const seen = []
    for (let i = 0; i < 3; i += 1) {
      const { status, headers } = await request('/', { headers: client })
      seen.push([status, headers.get('ratelimit')?.replaceAll(/t=\d+/g, 't'), headers.get('ratelimit-policy')])
    }
    assert.deepEqual(seen, [
      [200, '"burst";r=1;t, "default";r=99;t', '"burst";q=2;w=1000, "default";q=100;w=3600'],
      [200, '"burst";r=0;t, "default";r=98;t', '"burst";q=2;w=1000, "default";q=100;w=3600'],
      [429, '"burst";r=0;t, "default";r=97;t', '"burst";q=2;w=1000, "default";q=100;w=3600'],
    ])
  })

  test('a window ends, and memory keeps the last 10,000 clients', async (context) => {
    context.mock.timers.enable({ apis: ['Date'] })
    const app = createApp().use(rateLimit({ points: 1, duration: 60, key: ({ header }) => header('x-client')! }))
    app.get('/', Text, () => 'x')
    const send = async (client: string) => (await app.request('/', { headers: { 'x-client': client } })).status
    assert.deepEqual([await send('a'), await send('a')], [200, 429])
    context.mock.timers.tick(60_000)
    assert.deepEqual([await send('a'), await send('a')], [200, 429])
    for (let i = 0; i < 10_000; i += 1) await send(String(i))
    assert.deepEqual([await send('a'), await send('9999')], [200, 429])
  })

  test('counts all addresses of an IPv6 network as one client', async () => {
    const app = createApp().use(rateLimit({ points: 1, duration: 60 }))
    app.get('/', Text, () => 'x')
    const send = async (clientAddress: string) => (await app.request('/', {}, { clientAddress })).status
    assert.deepEqual([await send('2001:db8:0:1::1'), await send('2001:db8:0:1:ffff::2'), await send('2001:db8:0:2::1')], [200, 429, 200])
    assert.deepEqual([await send('192.0.2.1'), await send('::ffff:192.0.2.1'), await send('192.0.2.2')], [200, 429, 200])
  })

  test('uses the client address that a trusted proxy forwards', async () => {
    const app = createApp({ trustProxy: { hops: 1 } }).use(rateLimit({ points: 1, duration: 60 }))
    app.get('/', Text, () => 'x')
    const send = async (chain: string) =>
      (await app.request('/', { headers: { 'x-forwarded-for': chain } }, { clientAddress: '10.0.0.1' })).status
    assert.deepEqual([await send('192.0.2.1'), await send('1.2.3.4, 192.0.2.1'), await send('192.0.2.2')], [200, 429, 200])
  })

  test('a store that fails may allow requests without counting them', async () => {
    const errors: unknown[] = []
    const onStoreError = (error: unknown) => {
      errors.push(error)
      return 'admit' as const
    }
    const app = createApp().use(rateLimit({ limiter: limiterOf(1), key: () => 'broken', onStoreError }))
    app.get('/', Text, () => 'x')
    const { status, headers } = await app.request('/')
    assert.deepEqual([status, headers.get('ratelimit'), errors.length], [200, null, 1])
  })

  test('a quota without requests or time is refused at declaration', () => {
    for (const options of [
      { points: 0, duration: 1 },
      { points: 1, duration: Number.NaN },
      { points: 1, duration: 1, name: 'a"b' },
    ])
      assert.throws(() => rateLimit(options), /^RangeError: RATE_LIMIT: /)
  })

  test('the document contains the 429 and its headers', async () => {
    const { responses } = (await limited.document()).paths['/']!['get']!
    const names = (status: string) => Object.keys((responses[status] as { headers?: object }).headers ?? {})
    assert.deepEqual(
      [names('200'), names('429')],
      [
        ['RateLimit', 'RateLimit-Policy'],
        ['Retry-After', 'RateLimit', 'RateLimit-Policy'],
      ],
    )
  })
})
