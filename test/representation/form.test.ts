import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, empty, form, RequestError } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'
import { contentOf } from './request-content.ts'

const SignUp = z.object({
  name: z.string(),
  age: z.int().optional(),
  tags: z.array(z.string()).default([]),
  agreed: z.boolean().default(false),
})

const read = (text: string | Uint8Array) => form(SignUp).reading.compile()(contentOf(text))

test('fields are read by their declared type', async () => {
  assert.deepEqual(await read('name=Zo%C3%AB+%2B&age=7&tags=a&tags=b&agreed=true&other=1'), {
    value: { name: 'Zoë +', age: 7, tags: ['a', 'b'], agreed: true },
  })
})

test('a field left empty is absent', async () => {
  assert.deepEqual(await read('name=x&age=&tags='), { value: { name: 'x', tags: [], agreed: false } })
  assert.deepEqual(
    (await read('name=')).issues?.map(({ path, code }) => [code, ...path]),
    [['missing', 'name']],
  )
})

test('a field left empty is the empty text with keepEmpty', async () => {
  const keeping = form(z.object({ name: z.string(), age: z.int().optional() }), { keepEmpty: true }).reading.compile()
  assert.deepEqual(await keeping(contentOf('name=')), { value: { name: '' } })
  const { issues } = await keeping(contentOf('name=&age='))
  assert.deepEqual(
    issues?.map(({ path, code }) => [code, ...path]),
    [['int_parsing', 'age']],
  )
})

const Note = z.object({ title: z.string(), text: z.string() })
const forms = createApp({ logger: new RecordingLogger() })
for (const keepEmpty of [false, true]) {
  forms.post(`/notes/${keepEmpty}`, { body: form(Note, { keepEmpty, multipart: true }), responses: { 200: Note } }, ({ body }) => body)
}
forms.post('/urlencoded', { body: form(Note), responses: { 200: Note } }, ({ body }) => body)

matrix('a form that takes multipart reads both encodings alike', forms, async (request) => {
  const parts = new FormData()
  parts.set('title', 'a & b')
  parts.set('text', '')
  const urlencoded = new URLSearchParams({ title: 'a & b', text: '' })
  for (const body of [parts, urlencoded]) {
    const kept = await request('/notes/true', { method: 'POST', body })
    assert.deepEqual([kept.status, await kept.json()], [200, { title: 'a & b', text: '' }])
    const absent = await request('/notes/false', { method: 'POST', body })
    const { errors } = (await absent.json()) as { errors: { loc: unknown[] }[] }
    assert.deepEqual([absent.status, errors.map(({ loc }) => loc)], [422, [['body', 'text']]])
  }
  assert.equal((await request('/urlencoded', { method: 'POST', body: parts })).status, 415)
})

test('a form that takes multipart is documented with both media types', async () => {
  const document = (await (await forms.request('/openapi.json')).json()) as {
    paths: Record<string, { post: { requestBody: { content: object } } }>
  }
  assert.deepEqual(Object.keys(document.paths['/notes/true']!.post.requestBody.content), [
    'application/x-www-form-urlencoded',
    'multipart/form-data',
  ])
})

test('all problems of a form are reported together', async () => {
  const { issues } = await read('age=x&agreed=perhaps')
  assert.deepEqual(issues?.map(({ path }) => path.join('.')).sort(), ['age', 'agreed', 'name'])
})

test('an empty form lacks its required fields', async () => assert.equal((await read('')).issues?.length, 1))

test('a form that is not UTF-8 is refused', async () => assert.equal((await read(Uint8Array.of(0xe9))).issues?.[0]?.code, 'string_unicode'))

test('a form with more than 1,000 fields is refused with 413', async () => {
  await assert.rejects(
    async () => read('a=1&'.repeat(1001)),
    (error) => error instanceof RequestError && error.status === 413,
  )
})

test('a file is refused where the route is added, unless the form may be multipart', () => {
  const model = z.object({ caption: z.string(), photos: z.array(z.file()).optional() })
  const responses = { 204: empty() }
  assert.throws(
    () => createApp().post('/', { body: form(model), responses }, () => undefined),
    /^DeclarationError: FORM_FILE: form\(\): expected fields of text, got a file\. Use multipart\(\)/,
  )
  createApp().post('/', { body: form(model, { multipart: true }), responses }, () => undefined)
})
