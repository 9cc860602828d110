/** Swagger UI and Scalar replace the docs page. They are served from installed packages, with a policy. A missing package is an error at creation of the app. */
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { z } from 'zod'
import { createApp, text } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { silent } from '../support/recording-logger.ts'

const start = process.cwd()
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-viewer-')))
after(() => {
  process.chdir(start)
  rmSync(folder, { recursive: true })
})

/** Installs a package with one file into `folder`. */
function install(name: string, file: string, content: string): void {
  const path = join(folder, 'node_modules', name, file)
  mkdirSync(join(path, '..'), { recursive: true })
  writeFileSync(path, content)
  writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '1.0.0' }))
}

test('a package that is not installed is refused when the app is created', () => {
  assert.throws(
    () => createApp({ docs: 'scalar' }),
    /^DeclarationError: DOCS: createApp\(\) docs: 'scalar' needs the package @scalar\/api-reference, which is not installed\. Install it: npm install @scalar\/api-reference\.$/,
  )
  assert.throws(() => createApp({ docs: 'redoc' as never }), /DOCS: createApp\(\) docs: expected 'scalar' or 'swagger', got another value/)
  assert.doesNotThrow(() => createApp({ docs: 'scalar', docsPath: false }), 'no page is served')
})

const swagger = createApp({ docs: 'swagger', docsPath: '/api/docs', openapiPath: '/openapi.json', logger: silent, title: '<Shop>' })
swagger.get('/ping', { responses: { 200: text() } }, () => 'pong')

matrix('Swagger UI is served from its package', swagger, async (fetch) => {
  const page = await fetch('/api/docs')
  const html = await page.text()
  assert.match(html, /<title>&lt;Shop&gt;<\/title>/)
  assert.match(html, /data-document="\.\.\/openapi\.json"/)
  for (const [name, type] of [
    ['swagger-ui-bundle.js', 'text/javascript; charset=utf-8'],
    ['swagger-ui.css', 'text/css; charset=utf-8'],
    ['oauth2-redirect.html', 'text/html; charset=utf-8'],
    ['oauth2-redirect.js', 'text/javascript; charset=utf-8'],
  ] as const) {
    if (name !== 'oauth2-redirect.js') assert.ok(html.includes(`"docs/${name}"`), name)
    const asset = await fetch(`/api/docs/${name}`)
    assert.equal(asset.status, 200, name)
    assert.equal(asset.headers.get('content-type'), type)
    assert.ok((await asset.arrayBuffer()).byteLength > 50)
    const again = await fetch(`/api/docs/${name}`, { headers: { 'if-none-match': asset.headers.get('etag')! } })
    assert.equal(again.status, 304)
  }
  assert.deepEqual(Object.keys((await swagger.document()).paths), ['/ping'])
  assertStrict(page.headers.get('content-security-policy')!, html)
  assert.match(page.headers.get('content-security-policy')!, /; style-src 'self'; /)
})

test('Scalar is served from its package in the working directory', async () => {
  install('@scalar/api-reference', 'browser/standalone.js', 'globalThis.Scalar = {}')
  process.chdir(folder)
  const app = createApp({ docs: 'scalar', logger: silent, servers: [{ url: 'https://api.example.com/v1' }] })
  app.get('/v1/ping', { responses: { 200: z.string() } }, () => 'pong')
  const page = await app.request('/docs')
  const html = await page.text()
  assert.match(html, /<script src="docs\/standalone\.js">/)
  assert.equal(await (await app.request('/docs/standalone.js')).text(), 'globalThis.Scalar = {}')
  const policy = page.headers.get('content-security-policy')!
  assertStrict(policy, html)
  assert.match(policy, /connect-src 'self' https:\/\/api\.example\.com;/)
})

/** The policy allows scripts of the same origin, and the inline script by its hash. */
function assertStrict(policy: string, html: string): void {
  const [, inline] = /<script>([^]*?)<\/script>/.exec(html)!
  assert.ok(policy.startsWith(`default-src 'none'; script-src 'self' 'sha256-${createHash('sha256').update(inline!).digest('base64')}'; `))
  assert.doesNotMatch(policy, /unsafe-eval|script-src[^;]*unsafe-inline|\*/)
}
