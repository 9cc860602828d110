/** Which address and URL a request has behind proxies. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { createApp, text, type AppOptions } from '../../src/index.ts'
import { allowedHosts, requestLog } from '../../src/middleware/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

type TrustProxy = NonNullable<AppOptions['trustProxy']>

function createSeen(trustProxy?: TrustProxy) {
  const app = createApp({ ...(trustProxy && { trustProxy }) })
  app.get('/seen', { responses: { 200: text() } }, ({ platform, request, header }) =>
    [platform.clientAddress ?? '-', request.url, header('host') ?? '-', request.headers.get('host') ?? '-'].join(' '),
  )
  return app
}

async function see(trustProxy: TrustProxy | undefined, headers: Record<string, string>, clientAddress = '10.0.0.9') {
  const response = await createSeen(trustProxy).request('/seen?q=1', { headers: { host: 'inner:8000', ...headers } }, { clientAddress })
  const [address, url] = (await response.text()).split(' ')
  return `${address} ${url}`
}

const FORWARDED = {
  'x-forwarded-for': '198.51.100.7, 192.0.2.1, 10.0.0.2',
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'api.example',
}

describe('x-forwarded', () => {
  test('is not trusted by default', async () => assert.equal(await see(undefined, FORWARDED), '10.0.0.9 http://localhost/seen?q=1'))

  test('is trusted for a number of proxies, but not the entries that a client added', async () => {
    assert.equal(await see({ hops: 1 }, FORWARDED), '10.0.0.2 https://api.example/seen?q=1')
    assert.equal(await see({ hops: 2 }, FORWARDED), '192.0.2.1 https://api.example/seen?q=1')
    assert.equal(await see({ hops: 9 }, FORWARDED), '198.51.100.7 https://api.example/seen?q=1')
    assert.equal(await see({ hops: 1 }, {}), '10.0.0.9 http://localhost/seen?q=1')
  })

  test('is trusted only from listed addresses, up to the first that is not listed', async () => {
    const addresses = ['10.0.0.0/8']
    assert.equal(await see({ addresses }, FORWARDED), '192.0.2.1 https://api.example/seen?q=1')
    assert.equal(await see({ addresses }, FORWARDED, '::ffff:10.0.0.9'), '192.0.2.1 https://api.example/seen?q=1')
    assert.equal(await see({ addresses }, FORWARDED, '203.0.113.5'), '203.0.113.5 http://localhost/seen?q=1')
    assert.equal(await see({ addresses }, { 'x-forwarded-for': '10.0.0.3, 10.0.0.2' }), '10.0.0.3 http://localhost/seen?q=1')
    assert.equal(
      await see({ addresses: ['fd00::/8'] }, { 'x-forwarded-for': '[2001:db8::1]:443' }, 'fd12::1'),
      '2001:db8::1 http://localhost/seen?q=1',
    )
  })

  test('a value for each hop is that of the outermost trusted proxy', async () => {
    const headers = {
      'x-forwarded-for': '1.2.3.4, 192.0.2.1, 10.0.0.2',
      'x-forwarded-proto': 'http, https, http',
      'x-forwarded-host': 'evil.example, api.example, inner',
    }
    assert.equal(await see({ hops: 2 }, headers), '192.0.2.1 https://api.example/seen?q=1')
  })

  test('an invalid address or origin is ignored', async () => {
    const odd = { 'x-forwarded-for': 'unknown', 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a/b@c' }
    assert.equal(await see({ hops: 1 }, odd), '- http://localhost/seen?q=1')
    assert.equal(await see({ hops: 1 }, { 'x-forwarded-for': '192.0.2.300' }), '- http://localhost/seen?q=1')
    assert.equal(
      await see({ hops: 1 }, { 'x-forwarded-for': '192.0.2.3:5678', 'x-forwarded-host': 'api.example:8443' }),
      '192.0.2.3 http://api.example:8443/seen?q=1',
    )
  })
})

describe('forwarded', () => {
  test('is read where it is chosen, and only then', async () => {
    const forwarded = 'for=evil, For="[2001:db8:cafe::17]:4711";proto=https;host="api.example", for=10.0.0.2;by=_x'
    assert.equal(await see({ hops: 2, fields: 'forwarded' }, { forwarded, ...FORWARDED }), '2001:db8:cafe::17 https://api.example/seen?q=1')
    assert.equal(
      await see({ addresses: ['10.0.0.0/8'], fields: 'forwarded' }, { forwarded }),
      '2001:db8:cafe::17 https://api.example/seen?q=1',
    )
    assert.equal(await see({ hops: 1 }, { forwarded }), '10.0.0.9 http://localhost/seen?q=1')
    assert.equal(await see({ hops: 1, fields: 'forwarded' }, { forwarded: 'for=_hidden' }), '- http://localhost/seen?q=1')
  })
})

describe('what follows from it', () => {
  matrix('the URL and Host of a request', createSeen({ hops: 1 }), async (request) => {
    const response = await request('/seen', { headers: FORWARDED })
    assert.equal(await response.text(), '10.0.0.2 https://api.example/seen api.example api.example')
  })

  test('allowedHosts and requestLog see the client side of the proxy', async () => {
    const logger = new RecordingLogger()
    const app = createApp({ trustProxy: { hops: 1 } })
      .use(requestLog({ logger }))
      .use(allowedHosts(['api.example']))
    app.get('/', { responses: { 200: text() } }, () => 'x')
    const send = async (headers: Record<string, string>) =>
      (await app.request('/', { headers: { host: 'inner', ...headers } }, { clientAddress: '10.0.0.9' })).status
    assert.deepEqual([await send(FORWARDED), await send({})], [200, 421])
    await app.drain()
    assert.deepEqual(
      logger.take().map(({ fields }) => fields['clientAddress']),
      ['10.0.0.2', '10.0.0.9'],
    )
  })

  test('options that say nothing are refused at declaration', () => {
    for (const trustProxy of [
      {},
      { hops: 0 },
      { hops: 1.5 },
      { addresses: ['proxy.example'] },
      { addresses: ['10.0.0.0/33'] },
      { hops: 1, addresses: [] },
    ])
      assert.throws(() => createApp({ trustProxy }), /^DeclarationError: TRUST_PROXY: /, JSON.stringify(trustProxy))
  })
})
