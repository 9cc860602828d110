import assert from 'node:assert/strict'
import { z } from 'zod'
import { createApp, redirect } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'

const logged: string[] = []
const app = createApp({ logger: { info: () => {}, warn: () => {}, error: (_fields, message) => void logged.push(message) } })
app.get('/go', { query: { to: z.string() }, responses: { 303: redirect() } }, ({ query }) => query.to)
app.get('/native', { query: { to: z.string() }, responses: { 303: redirect({ schemes: ['com.example.app'] }) } }, ({ query }) => query.to)
app.get('/url', { responses: { 303: redirect() } }, () => new URL('https://example.com/a?b'))
app.get('/x', { responses: { 303: redirect() } }, () => '/')

matrix('a redirect to an unsafe reference breaks the contract, and the log does not repeat it', app, async (request) => {
  const answer = async (path: string, to: string) => {
    const response = await request(`${path}?to=${encodeURIComponent(to)}`)
    await response.arrayBuffer()
    return response.headers.get('location') ?? response.status
  }
  logged.length = 0
  for (const to of ['//evil.example', 'http://a\\@evil.example', 'https:evil.example', 'javascript:alert(1)', 'data:text/html,x'])
    assert.equal(await answer('/go', to), 500, to)
  assert.match(logged.join(), /RESPONSE_BREACH: GET \/go 303: .*safe reference/)
  assert.doesNotMatch(logged.join(), /evil/)
  assert.equal(await answer('/go', '/a b'), '/a%20b')
  assert.equal(await answer('/go', 'https://example.com/'), 'https://example.com/')
  assert.equal(await answer('/native', 'com.example.app:/callback'), 'com.example.app:/callback')
  assert.equal(await answer('/native', 'https://example.com/'), 500)
  assert.equal((await request('/url')).headers.get('location'), 'https://example.com/a?b')
})

matrix('a slash redirect is relative', app, async (request) => {
  const response = await request('/x/?a=1')
  assert.deepEqual([response.status, response.headers.get('location')], [307, '../x?a=1'])
})
