/** `catch()` in text: it replaces a text that cannot be read, and an absent one, as in JSON. */
import assert from 'node:assert/strict'
import { z } from 'zod'
import { createApp, form } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { silent } from '../support/recording-logger.ts'

const models = {
  n: z.int().catch(1),
  at: z.date().nullable().catch(null),
  list: z.array(z.int()).catch([7]),
  text: z.string().catch('none'),
}
const filled = { n: 1, at: null, list: [7], text: 'none' }
const given = { n: 5, at: null, list: [1, 2], text: 'x' }

const app = createApp({ logger: silent })
const responses = { 200: z.object({ seen: z.any() }) }
app.get('/query', { query: models, responses }, ({ query }) => ({ seen: query }))
app.get('/whole', { query: z.object(models), responses }, ({ query }) => ({ seen: query }))
app.get('/cookies', { cookies: models, responses }, ({ cookies }) => ({ seen: cookies }))
app.post('/form', { body: form(z.object(models)), responses }, ({ body }) => ({ seen: body }))
app.post('/json', { body: z.object(models), responses }, ({ body }) => ({ seen: body }))

const CASES: readonly (readonly [name: string, text: string, seen: object])[] = [
  ['absent', '', filled],
  ['unreadable', 'n=x&at=y&list=z', filled],
  ['repeated', 'n=1&n=2&text=a&text=b', filled],
  ['valid', 'n=5&list=1&list=2&text=x', given],
]

for (const [name, text, seen] of CASES) {
  matrix(`a caught value: ${name}`, app, async (request) => {
    for (const path of ['/query', '/whole']) {
      const response = await request(`${path}?${text}`)
      assert.deepEqual([response.status, await response.json()], [200, { seen }], path)
    }
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const response = await request('/form', { method: 'POST', headers, body: text })
    assert.deepEqual([response.status, await response.json()], [200, { seen }])
  })
}

matrix('U+0000 is refused, and not replaced', app, async (request) => {
  assert.equal((await request('/query?text=%00')).status, 422)
  assert.equal((await request('/cookies', { headers: { cookie: 'text=%00' } })).status, 422)
})

matrix('the document requires no value that is caught', app, async (request) => {
  const { paths } = await app.document()
  const parameters = ['/query', '/whole', '/cookies'].flatMap((path) => paths[path]!['get']!.parameters ?? [])
  assert.deepEqual(
    parameters.filter(({ required }) => required === true),
    [],
  )
  assert.equal(paths['/form']!['post']!.requestBody!.required, undefined)
  assert.equal((await request('/cookies')).status, 200)
})
