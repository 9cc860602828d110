/** A deprecated route is marked in its response headers and in the document. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createApp, text } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'

const app = createApp()
const deprecated = {
  since: new Date('2026-01-01T00:00:00Z'),
  sunset: new Date('2027-01-01T00:00:00Z'),
  link: 'https://docs.example/v2',
}
app.get('/old', { deprecated, responses: { 200: text() } }, () => 'x')
app.get('/older', { deprecated: true, responses: { 200: text() } }, () => 'x')

matrix('its responses have Deprecation, Sunset and Link', app, async (request) => {
  const { headers } = await request('/old')
  assert.equal(headers.get('deprecation'), '@1767225600')
  assert.equal(headers.get('sunset'), 'Fri, 01 Jan 2027 00:00:00 GMT')
  assert.equal(headers.get('link'), '<https://docs.example/v2>; rel="deprecation"; type="text/html"')
  assert.equal((await request('/older')).headers.get('deprecation'), null)
})

test('the document marks the operation as deprecated and describes the headers', async () => {
  const { paths } = await app.document()
  const { deprecated, responses } = paths['/old']!['get']!
  assert.equal(deprecated, true)
  assert.deepEqual(Object.keys((responses['200'] as { headers: object }).headers), ['Deprecation', 'Sunset', 'Link'])
  assert.equal(paths['/older']!['get']!.deprecated, true)
})

test('a date or a link that is not valid is refused when the route is added', () => {
  const invalid = new Date('tomorrow')
  const since = new Date(0)
  for (const [name, deprecated] of [
    ['since', { since: invalid }],
    ['sunset', { since, sunset: invalid }],
    ['link', { since, link: 'https://docs.example/<v2>' }],
    ['link', { since, link: 'the docs' }],
  ] as const)
    assert.throws(
      () => createApp().get('/', { deprecated, responses: { 200: text() } }, () => 'x'),
      new RegExp(`^DeclarationError: DEPRECATED: GET / deprecated.${name}: expected a (?:date|URL), got one that is not valid`),
    )
})

test('a sunset before the deprecation is refused when the route is added (RFC 9745 §4)', () => {
  const since = new Date('2026-06-01T00:00:00Z')
  const add = (sunset: Date) => createApp().get('/', { deprecated: { since, sunset }, responses: { 200: text() } }, () => 'x')
  add(since)
  assert.throws(() => add(new Date('2026-05-31T23:59:59Z')), {
    message: 'DEPRECATED: GET / deprecated.sunset: expected a date that is not earlier than since, got an earlier one. Correct it.',
  })
})
