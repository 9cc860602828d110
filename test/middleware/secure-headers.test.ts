/** Headers for browsers: on every response, unless the handler says otherwise. */
import assert from 'node:assert/strict'
import { createApp, html, text } from '../../src/index.ts'
import { conditional, secureHeaders } from '../../src/middleware/index.ts'
import { matrix } from '../support/matrix.ts'

const app = createApp().use(secureHeaders({ xFrameOptions: 'SAMEORIGIN', strictTransportSecurity: false }))
app.get('/html', { responses: { 200: html() } }, () => '<p>x')
app.get('/own', { responses: { 200: text() } }, ({ response }) => {
  response.headers.set('referrer-policy', 'origin')
  return 'x'
})

matrix('every response has the headers, errors too', app, async (request) => {
  for (const path of ['/own', '/html', '/nowhere', '/openapi.json']) {
    const { headers, status } = await request(path)
    assert.equal(headers.get('x-content-type-options'), 'nosniff', `${status}`)
    assert.equal(headers.get('x-frame-options'), 'SAMEORIGIN')
    assert.equal(headers.get('strict-transport-security'), null)
  }
})

matrix('a header that the handler sets is not replaced', app, async (request) => {
  assert.equal((await request('/own')).headers.get('referrer-policy'), 'origin')
  assert.equal((await request('/html')).headers.get('referrer-policy'), 'no-referrer')
})

const cached = createApp().use(secureHeaders()).use(conditional())
cached.get('/page', { responses: { 200: html() } }, () => '<p>x')

matrix('a 304 has the same Content-Security-Policy as its page, because caches replace the stored one', cached, async (request) => {
  const page = await request('/page')
  const again = await request('/page', { headers: { 'if-none-match': page.headers.get('etag')! } })
  assert.equal(again.status, 304)
  assert.equal(again.headers.get('content-security-policy'), page.headers.get('content-security-policy'))
})

matrix('the policy of data forbids loading anything, and the policy of HTML allows scripts and styles', app, async (request) => {
  assert.match((await request('/own')).headers.get('content-security-policy')!, /^default-src 'none'/)
  assert.match((await request('/html')).headers.get('content-security-policy')!, /^base-uri 'none'/)
  assert.match((await request('/docs')).headers.get('content-security-policy')!, /script-src/)
})
