/** The docs page sends operations in a real browser: with credentials, files and streams, and with other paths for the document and the API. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { Browser, Page } from 'playwright-core'
import { createApp, defineRepresentation, dependency, described, form, json, jsonl, multipart, sse, text } from '../../src/index.ts'
import { cors } from '../../src/middleware/index.ts'
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
const Echo = z.record(z.string(), z.unknown())
const Note = z.object({ text: z.string() })
const csv = defineRepresentation({ mediaType: 'text/csv', schema: Echo, encode: (echo) => Object.keys(echo).join(',') })

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
app.get('/api/lines', { operationId: 'lines', responses: { 200: jsonl(z.object({ n: z.int() })) } }, async function* ({ signal }) {
  yield { n: 1 }
  yield { n: 2 }
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
})
app.get(
  '/api/echo/{ids}',
  {
    operationId: 'echo',
    params: { ids: z.array(z.string()) },
    query: {
      kind: z.array(z.enum(['a', 'b', 'c'])).optional(),
      filter: z.object({ status: z.string().optional(), ids: z.array(z.string()).optional() }).optional(),
    },
    headers: { 'x-list': z.array(z.string()).optional() },
    cookies: { theme: z.string().optional() },
    responses: { 200: [json(Echo), csv] },
  },
  ({ params, query, headers, cookies }) => ({ ...params, ...query, ...headers, ...cookies }),
)
app.post(
  '/api/notes',
  {
    operationId: 'notes',
    body: [
      described(json(Note), { examples: { short: { value: { text: 'hi' } }, long: { value: { text: 'hello' } } } }),
      form(Note),
      text(),
    ],
    responses: { 200: Echo },
  },
  ({ body }) => ({ body }),
)

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

  test('a guarded POST with a file, after requesting a token', async () => {
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
    const command = await card.locator('pre.curl').textContent()
    assert.ok(command!.includes(`/api/photos/string' \\\n  -H 'Authorization: Bearer it'\\''s-secret' \\\n  -H 'X-Key: k1'`), command!)
    assert.match((await card.locator('pre.fetch').textContent())!, /Authorization: 'Bearer it\\'s-secret'/)

    await card.locator('.try > summary').click()
    await card.locator('[name=album]').fill('a/b')
    await card.locator('[name=tag]').fill('x, y\nz')
    await card.locator('[name=title]').fill('Sea')
    await card.locator('[type=file]').setInputFiles({ name: 'sea.png', mimeType: 'image/png', buffer: Buffer.from('12345') })
    assert.match((await card.locator('pre.curl').textContent())!, /photos\/a%2Fb\?tag=x%2C\+y&tag=z' [^]*-F 'photo=@sea.png'/)
    await card.getByRole('button', { name: 'Send' }).click()
    await card.locator('output > pre', { hasText: 'sea.png' }).waitFor()
    const shown = JSON.parse((await card.locator('output > pre').textContent())!) as unknown
    assert.deepEqual(shown, { title: 'Sea', name: 'sea.png', size: 5, key: 'k1', tags: ['x, y', 'z'] })
    assert.match((await card.locator('output p').textContent())!, /^200 OK\d+ ms · \d+ B$/)
    assert.match((await card.locator('output details pre').textContent())!, /content-type: application\/json/)
    assert.deepEqual(complaints, [])
  })

  test('a request for a stream, which is shown while it arrives and can be cancelled', async () => {
    for (const [id, content, count] of [
      ['ticks', 'data: {"n":1}\n\n', '1 event'],
      ['lines', '{"n":1}\n{"n":2}\n', '2 lines'],
    ] as const) {
      const card = page.locator(`#${id}`)
      await card.locator('.try > summary').click()
      await card.getByRole('button', { name: 'Send' }).click()
      await card.locator('output p', { hasText: count }).waitFor()
      assert.equal(await card.locator('output > pre').textContent(), content)
      await card.getByRole('button', { name: 'Cancel' }).click()
      await card.getByText('Cancelled').waitFor()
    }
  })

  async function sendEcho(): Promise<string> {
    const card = page.locator('#echo')
    await card.getByRole('button', { name: 'Send' }).click()
    await card.locator('output p', { hasText: 'ms' }).waitFor()
    return (await card.locator('output > pre').textContent())!
  }

  test('parameters of every location, and the selected media type', async () => {
    const card = page.locator('#echo')
    await card.locator('.try > summary').click()
    await card.locator('[name=ids]').fill('a/b\nc')
    await card.locator('[name=kind]').selectOption(['a', 'c'])
    await card.locator('[name="filter[status]"]').fill('o&p')
    await card.locator('[name="filter[ids]"]').fill('1\n2')
    await card.locator('[name=x-list]').fill('a, b\nc')
    await card.locator('[name=theme]').fill('dark')
    assert.deepEqual(JSON.parse(await sendEcho()), {
      ids: ['a/b', 'c'],
      kind: ['a', 'c'],
      filter: { status: 'o&p', ids: ['1', '2'] },
      'x-list': ['a, b', 'c'],
      theme: 'dark',
    })
    await card.locator('[name=Accept]').selectOption('text/csv')
    assert.equal(await sendEcho(), 'ids,kind,filter,x-list,theme')
  })

  test('a body in each of its media types', async () => {
    const card = page.locator('#notes')
    const send = async (expected: string) => {
      await card.getByRole('button', { name: 'Send' }).click()
      await card.locator('output > pre', { hasText: expected }).waitFor()
    }
    await card.locator('.try > summary').click()
    await send('"hi"')
    await card.locator('.example').selectOption('long')
    await send('"hello"')
    await card.locator('.media-type').selectOption('application/x-www-form-urlencoded')
    await card.locator('fieldset:visible [name=text]').fill('a form')
    await send('"a form"')
    await card.locator('.media-type').selectOption('text/plain')
    await card.locator('fieldset:visible textarea').fill('just text')
    await send('"just text"')
    assert.deepEqual(complaints, [])
  })
})

describe('the docs page and its servers', { skip: noBrowser }, () => {
  test('requests go to the selected server, which may have another origin', async () => {
    const other = createApp()
    other.use(cors({ origins: '*' }))
    other.get('/v2/ping', { responses: { 200: z.string() } }, () => 'from the other')
    const there = await serve(other, { port: 0, stopOnSignals: false })
    const origin = there.url.replace(/\/$/, '')
    const here = createApp({ servers: [{ url: '/v2' }, { url: `${origin}/v2`, description: 'Other' }] })
    here.get('/v2/ping', { operationId: 'ping', responses: { 200: z.string() } }, () => 'from here')
    here.get('/health', { operationId: 'health', responses: { 200: z.string() } }, () => 'up')
    const server = await serve(here, { port: 0, stopOnSignals: false })
    const browser = await openBrowser()
    try {
      const page = await browser.newPage()
      await page.goto(new URL('/docs', server.url).href)
      const base = server.url.replace(/\/$/, '')
      assert.equal(await page.locator('#ping pre.curl').textContent(), `curl '${base}/v2/ping'`)
      assert.equal(await page.locator('#health pre.curl').textContent(), `curl '${base}/health'`)
      await page.locator('#ping .try > summary').click()
      await page.locator('#ping').getByRole('button', { name: 'Send' }).click()
      await page.locator('#ping output > pre', { hasText: 'from here' }).waitFor()
      await page.locator('#server').selectOption({ index: 1 })
      assert.equal(await page.locator('#ping pre.curl').textContent(), `curl '${origin}/v2/ping'`)
      await page.locator('#ping').getByRole('button', { name: 'Send' }).click()
      await page.locator('#ping output > pre', { hasText: 'from the other' }).waitFor()
    } finally {
      await browser.close()
      await Promise.all([server.stop(), there.stop()])
    }
  })
})
