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
