/** Fields that text represents as JSON, or cannot represent: unions with structures, sets of files, models that contain themselves. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp, form, json, multipart, text, type App } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { RecordingLogger } from '../support/recording-logger.ts'

const Item = z.object({ a: z.int() })
const Upload = z.object({
  either: z.union([Item, z.string()]).optional(),
  constant: z.union([Item, z.literal('none')]).optional(),
  items: z.array(Item.extend({ name: z.string() })).optional(),
  mixed: z.array(z.union([Item, z.string()])).optional(),
  free: z.json().optional(),
})

const app = createApp({ logger: new RecordingLogger() })
app.post('/upload', { body: multipart(Upload), responses: { 200: json(z.any()) } }, ({ body }) => body)
app.post('/files', { body: multipart(z.object({ files: z.set(z.file()) })), responses: { 200: z.int() } }, ({ body }) => body.files.size)

const READ: readonly (readonly [name: string, text: string, value: unknown])[] = [
  ['either', '{"a":1}', { a: 1 }],
  ['either', 'abc', 'abc'],
  ['either', '5', '5'],
  ['constant', 'none', 'none'],
  ['mixed', 'abc', ['abc']],
  ['mixed', '{"a":1}', [{ a: 1 }]],
  ['free', '{"a":[1]}', { a: [1] }],
  ['free', 'abc', 'abc'],
]

const REFUSED: readonly (readonly [name: string, text: string, problem: readonly unknown[]])[] = [
  ['constant', 'other', ['json_invalid', 'body', 'constant']],
  ['either', 'a\0', ['nul_character', 'body', 'either']],
  ['items', '{"a":1,"name":"\\u0000"}', ['nul_character', 'body', 'items', 0, 'name']],
]

function toForm(name: string, value: string): FormData {
  const parts = new FormData()
  parts.append(name, value)
  return parts
}

for (const [name, sent, value] of READ) {
  matrix(`a part of ${name} is read: ${sent}`, app, async (request) => {
    const response = await request('/upload', { method: 'POST', body: toForm(name, sent) })
    assert.deepEqual([response.status, await response.json()], [200, { [name]: value }])
  })
}

for (const [name, sent, problem] of REFUSED) {
  matrix(`a part of ${name} is refused: ${JSON.stringify(sent)}`, app, async (request) => {
    const response = await request('/upload', { method: 'POST', body: toForm(name, sent) })
    const { errors } = (await response.json()) as { errors: { type: string; loc: unknown[] }[] }
    assert.deepEqual([response.status, errors.map(({ type, loc }) => [type, ...loc])], [422, [problem]])
  })
}

matrix('a set of files is empty if the user has chosen none', app, async (request) => {
  const body = '--X\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--X--\r\n'
  const headers = { 'content-type': 'multipart/form-data; boundary=X' }
  const response = await request('/files', { method: 'POST', headers, body })
  assert.deepEqual([response.status, await response.json()], [200, 0])
})

interface Nested {
  readonly inner?: Nested | undefined
}
const Nested: z.ZodType<Nested> = z.object({
  get inner() {
    return Nested.optional()
  },
})
const List: z.ZodType = z.lazy(() => z.union([z.string(), z.array(List)]))

const responses = { 200: text() }
const RECURSIVE: Readonly<Record<string, (app: App) => void>> = {
  'JSON in the query': (to) => to.get('/', { query: { x: z.json() }, responses }, () => ''),
  'a list in the query': (to) => to.get('/', { query: { x: List }, responses }, () => ''),
  'an object in the query': (to) => to.get('/', { query: { x: Nested }, responses }, () => ''),
  'the whole query': (to) => to.get('/', { query: Nested, responses }, () => ''),
  'JSON in a header': (to) => to.get('/', { headers: { x: z.json() }, responses }, () => ''),
  'JSON in a cookie': (to) => to.get('/', { cookies: { x: z.json() }, responses }, () => ''),
  'JSON in the path': (to) => to.get('/{x}', { params: { x: z.json() }, responses }, () => ''),
  'JSON in a form': (to) => to.post('/', { body: form(z.object({ x: z.json() })), responses }, () => ''),
  'a list in multipart': (to) => to.post('/', { body: multipart(z.object({ x: List })), responses }, () => ''),
  'JSON in a header of a response': (to) =>
    to.get('/', { responses: { 200: { body: text(), headers: { x: z.json() } } } }, () => '' as never),
}

for (const [where, declare] of Object.entries(RECURSIVE)) {
  test(`a model that contains itself is refused as text: ${where}`, () => {
    assert.throws(() => declare(createApp()), { name: 'DeclarationError', code: 'TEXT_INPUT' })
  })
}
