/** The docs page sends operations in a real browser: with credentials, files and streams, wherever the document and the API are. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createApp, dependency, form, multipart, sse } from '../../src/index.ts'
import { serve, type Server } from '../../src/node/index.ts'
import { AccessToken, apiKey, oauth2, PasswordGrant, Unauthorized } from '../../src/security/index.ts'
import { z } from 'zod'
import { noBrowser, openBrowser } from '../support/browser.ts'

const token = oauth2({ flows: { password: { tokenUrl: '/api/token', scopes: {} } } })
const user = dependency({ security: token }, ({ credentials, fail }) => {
  if (credentials !== "it's-secret") throw fail(Unauthorized)
})
const key = dependency({ security: apiKey({ in: 'header', name: 'X-Key' }) }, ({ credentials }) => credentials)
const Photo = z.object({ title: z.string(), name: z.string(), size: z.int(), key: z.string(), tags: z.array(z.string()) })

const app = createApp({ openapiPath: '/api/v1/openapi.json' })
app.post('/api/token', { body: form(PasswordGrant), responses: { 200: AccessToken } }, ({ body }) => ({
  access_token: body.password === 'lovelace' ? "it's-secret" : 'wrong',
  token_type: 'bearer' as const,
}))
app.post(
  '/api/photos/{album}',
  {
    operationId: 'upload',
    dependencies: { user, key },
    query: { tag: z.array(z.string()).optional() },
    body: multipart(z.object({ title: z.string(), photo: z.file() })),
    responses: { 200: Photo },
  },
  ({ body: { title, photo }, query, key: given }) => ({ title, name: photo.name, size: photo.size, key: given, tags: query.tag ?? [] }),
)
app.get('/api/ticks', { operationId: 'ticks', responses: { 200: sse(z.object({ n: z.int() })) } }, async function* ({ signal }) {
  yield { n: 1 }
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
})

describe('the docs page sends', { skip: noBrowser }, () => {
  let browser: Browser
  let server: Server
  let page: Page
  const complaints: string[] = []

  before(async () => {
    server = await serve(app, { port: 0, stopOnSignals: false })
    browser = await openBrowser()
    page = await browser.newPage()
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    await page.goto(new URL('/docs', server.url).href)
  })
  after(async () => {
    await browser.close()
    await server.stop()
  })

  test('a guarded POST with a file, after it got a token', async () => {
    const card = page.locator('#upload')
    await page.locator('#authorize > summary').click()
    const scheme = page.locator('form.scheme[data-scheme=oauth2]')
    await scheme.locator('[name=username]').fill('ada')
    await scheme.locator('[name=password]').fill('lovelace')
    await scheme.getByRole('button', { name: 'Authorize' }).click()
    await scheme.getByText('Requests are sent with these credentials').waitFor()
    const header = page.locator('form.scheme[data-scheme=X-Key]')
    await header.locator('input').fill('k1')
    await header.getByRole('button', { name: 'Authorize' }).click()
    const command = await card.locator('figure pre').first().textContent()
    assert.ok(command!.includes(`/api/photos/string' \\\n  -H 'Authorization: Bearer it'\\''s-secret' \\\n  -H 'X-Key: k1'`), command!)

    await card.locator('.try > summary').click()
    await card.locator('[name=album]').fill('a/b')
    await card.locator('[name=tag]').fill('x, y')
    await card.locator('[name=title]').fill('Sea')
    await card.locator('[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: Buffer.from('12345') })
    await card.getByRole('button', { name: 'Send' }).click()
    await card.locator('output > pre', { hasText: 'sea.png' }).waitFor()
    const shown = JSON.parse((await card.locator('output > pre').textContent())!) as unknown
    assert.deepEqual(shown, { title: 'Sea', name: 'sea.png', size: 5, key: 'k1', tags: ['x', 'y'] })
    assert.match((await card.locator('output .status').textContent())!, /^200/)
    assert.match((await card.locator('output details pre').textContent())!, /content-type: application\/json/)
    assert.deepEqual(complaints, [])
  })

  test('a stream, which is shown while it comes and can be cancelled', async () => {
    const card = page.locator('#ticks')
    await card.locator('.try > summary').click()
    await card.getByRole('button', { name: 'Send' }).click()
    await card.getByText('data: {"n":1}').waitFor()
    await card.getByRole('button', { name: 'Cancel' }).click()
    await card.getByText('Cancelled').waitFor()
  })
})
