/** Swagger UI in a real browser, with its policy: it shows the document, sends a request, and loads nothing from other origins. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, text } from '../../src/index.ts'
import { serve } from '../../src/node/index.ts'
import { noBrowser, openBrowser } from '../support/browser.ts'

test('Swagger UI shows the document and sends a request', { skip: noBrowser }, async () => {
  const app = createApp({ docs: 'swagger', docsPath: '/deep/docs', openapiPath: '/api/v1/openapi.json' })
  app.get('/api/v1/ping', { operationId: 'ping', tags: ['health'], responses: { 200: text() } }, () => 'pong')
  const server = await serve(app, { port: 0, stopOnSignals: false })
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    const complaints: string[] = []
    const elsewhere: string[] = []
    page.on('console', (message) => complaints.push(message.text()))
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('request', (request) => {
      if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) elsewhere.push(request.url())
    })
    await page.goto(new URL('/deep/docs', server.url).href)
    await page.locator('#operations-health-ping').click()
    await page.getByRole('button', { name: 'Try it out' }).click()
    await page.getByRole('button', { name: 'Execute' }).click()
    await page.locator('.live-responses-table', { hasText: 'pong' }).waitFor()
    assert.deepEqual(complaints, [])
    assert.deepEqual(elsewhere, [])
  } finally {
    await browser.close()
    await server.stop()
  }
})
