/** Lists where a name has one text: header fields and path parameters. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, fastapi } from '../../src/index.ts'
import { matrix, type SendRequest } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Read = z.object({ read: z.unknown() })
const headers = {
  'x-tags': z.array(z.string()).optional(),
  'x-numbers': z.array(z.int()).max(3).default([]),
  'x-kinds': z.set(z.enum(['a', 'b'])).optional(),
  'x-text': z.string().optional(),
}

const app = createApp({ errorBody: fastapi(), logger: new RecordingLogger() })
app.get('/fields', { headers, responses: { 200: Read } }, ({ headers: fields }) => ({
  read: { ...fields, ...(fields['x-kinds'] && { 'x-kinds': [...fields['x-kinds']] }) },
}))
app.get('/object', { headers: z.object({ 'x-tags': z.array(z.string()) }), responses: { 200: Read } }, ({ headers: fields }) => ({
  read: fields['x-tags'],
}))
app.get('/path/{ids}', { params: { ids: z.array(z.int()) }, responses: { 200: Read } }, ({ params }) => ({ read: params.ids }))
app.get('/cookies', { cookies: { ids: z.array(z.string()) }, responses: { 200: Read } }, ({ cookies }) => ({ read: cookies.ids }))

async function read(request: SendRequest, path: string, fields: Record<string, string> = {}): Promise<unknown> {
  const response = await request(path, { headers: fields })
  const body = (await response.json()) as { read?: unknown; detail?: unknown }
  return response.status === 200 ? body.read : body.detail
}

matrix('a list in a header field is read element by element', app, async (request) => {
  assert.deepEqual(await read(request, '/fields'), { 'x-numbers': [] })
  assert.deepEqual(await read(request, '/fields', { 'x-tags': 'a' }), { 'x-tags': ['a'], 'x-numbers': [] })
  assert.deepEqual(await read(request, '/fields', { 'x-tags': 'a, b ,,c', 'x-numbers': '1,2', 'x-kinds': 'a, b, a', 'x-text': 'a, b' }), {
    'x-tags': ['a', 'b', 'c'],
    'x-numbers': [1, 2],
    'x-kinds': ['a', 'b'],
    'x-text': 'a, b',
  })
  assert.deepEqual(await read(request, '/fields', { 'x-tags': ' , ' }), { 'x-tags': [], 'x-numbers': [] })
  assert.deepEqual(await read(request, '/object', { 'x-tags': '"a, b", c' }), ['a, b', 'c'])
})

matrix('an element that is wrong is named by its place, and the list by its name', app, async (request) => {
  const wrong = (await read(request, '/fields', { 'x-numbers': '1,x' })) as { loc: unknown; type: unknown }[]
  assert.deepEqual(
    wrong.map(({ loc, type }) => ({ loc, type })),
    [{ loc: ['header', 'x-numbers', 1], type: 'int_parsing' }],
  )
  const long = (await read(request, '/fields', { 'x-numbers': '1,2,3,4' })) as { loc: unknown; type: unknown }[]
  assert.deepEqual(
    long.map(({ loc, type }) => ({ loc, type })),
    [{ loc: ['header', 'x-numbers'], type: 'too_long' }],
  )
})

matrix('a list in the path is separated by commas, one in a cookie is one text', app, async (request) => {
  assert.deepEqual(await read(request, '/path/1,2'), [1, 2])
  assert.deepEqual(await read(request, '/cookies', { cookie: 'ids=a,b' }), ['a,b'])
})

test('maxIssues is an integer from 1 to 1,000, which is said when the app is made', () => {
  for (const maxIssues of [0, -1, 1.5, 1001, NaN, Infinity])
    assert.throws(() => createApp({ maxIssues }), /^RangeError: MAX_ISSUES: createApp\(\)/)
  for (const maxIssues of [1, 1000]) assert.doesNotThrow(() => createApp({ maxIssues }))
})

const bracketed = createApp({ errorBody: fastapi(), logger: new RecordingLogger() })
const where = { open: z.object({ a: z.string().optional() }), strict: z.strictObject({ a: z.string().optional() }) }
const answer = ({ query }: { query: unknown }) => ({ read: query })
for (const [name, model] of Object.entries(where))
  bracketed.get(`/${name}`, { query: { where: model.optional() }, responses: { 200: Read } }, answer)
bracketed.get('/record', { query: { where: z.record(z.string(), z.string()).optional() }, responses: { 200: Read } }, answer)
bracketed.get('/whole', { query: z.strictObject({ where: where.open.optional() }), responses: { 200: Read } }, answer)

matrix('a parameter with broken brackets is unknown: a strict model refuses it, and another one ignores it', bracketed, async (request) => {
  for (const name of ['where[a', 'where[a]x', 'where[]a', 'where[[a]]', 'where[a]]', 'where[']) {
    for (const path of ['/open', '/record']) assert.deepEqual(await read(request, `${path}?${name}=1`), {}, path + name)
    assert.deepEqual(await read(request, `/open?${name}=1&where[a]=2`), { where: { a: '2' } })
    assert.equal((await request(`/strict?${name}=1`)).status, 422, name)
    assert.equal((await request(`/strict?${name}=1&where[a]=2`)).status, 422, name)
    assert.equal((await request(`/whole?${name}=1`)).status, 422, name)
  }
  const [problem] = (await read(request, '/strict?where[a=1')) as { loc: unknown; msg: unknown }[]
  assert.deepEqual([problem?.loc, problem?.msg], [['query', 'where'], 'Input should have its members in brackets: [a]'])
})
