/** U+0000 in text: refused wherever text comes in, unless a model takes it. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { bytes, createApp, defineRepresentation, form, html, multipart, text } from '../../src/index.ts'
import * as v from 'valibot'
import { z } from 'zod'
import { matrix, type SendRequest } from '../support/matrix.ts'

const Taking = z.string().meta({ nul: true })
const Body = z.object({
  name: z.string(),
  nested: z.array(z.object({ text: z.string().optional() })).optional(),
  free: z.any().optional(),
  names: z.record(z.string(), z.int()).optional(),
  taken: Taking.optional(),
  whole: z.looseObject({ a: z.string() }).meta({ nul: true }).optional(),
  when: z.union([z.date(), z.int(), z.string()]).optional(),
  kind: z.union([z.object({ type: z.literal('raw'), text: Taking }), z.object({ type: z.literal('plain'), text: z.string() })]).optional(),
  code: z.codec(z.string(), z.string(), { decode: (text) => `${text}!`, encode: (text) => text }).optional(),
  checked: z
    .string()
    .refine(() => true)
    .optional(),
  map: z.map(z.string(), z.string()).optional(),
  tuple: z.tuple([z.int(), z.string()]).optional(),
})
const Seen = z.object({ seen: z.any() })

const app = createApp()
const seen = { responses: { 200: Seen } } as const
app.post('/json', { body: Body, ...seen }, ({ body }) => ({ seen: body }))
app.post('/foreign', { body: v.object({ name: v.string() }), ...seen }, ({ body }) => ({ seen: body }))
app.post('/form', { body: form(z.object({ a: z.string(), taken: Taking.optional() })), ...seen }, ({ body }) => ({ seen: body }))
app.post('/record', { body: form(z.record(z.string(), z.string())), ...seen }, ({ body }) => ({ seen: body }))
app.post('/parts', { body: multipart(z.object({ a: z.string(), json: z.object({ b: z.string() }) })), ...seen }, ({ body }) => ({
  seen: body,
}))
app.get(
  '/query',
  { query: { a: z.string().optional(), taken: Taking.optional(), in: z.object({ a: z.string() }).optional() }, ...seen },
  ({ query }) => ({
    seen: query,
  }),
)
app.get('/whole', { query: z.record(z.string(), z.string()), ...seen }, ({ query }) => ({ seen: query }))
app.get('/cookie', { cookies: { a: z.string() }, ...seen }, ({ cookies }) => ({ seen: cookies }))
app.get('/declared/{a}', { params: { a: z.string() }, ...seen }, ({ params }) => ({ seen: params }))
app.get('/undeclared/{a}/{b}', { params: { b: z.int() }, ...seen }, ({ params }) => ({ seen: params }))
app.get('/text/{a}', seen, ({ params }) => ({ seen: params }))
const lines = defineRepresentation({ mediaType: 'text/x-lines', schema: z.array(z.string()), decode: (body) => body.text.split('\n') })
app.post('/text', { body: [text(), html()], ...seen }, ({ body }) => ({ seen: body }))
app.post('/bytes', { body: bytes(), ...seen }, ({ body }) => ({ seen: new TextDecoder().decode(body) }))
app.post('/lines', { body: lines, ...seen }, ({ body }) => ({ seen: body }))

const JSON_TYPE = { 'content-type': 'application/json' }
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' }
const post = (path: string, body: string, headers: Record<string, string>) => (send: SendRequest) =>
  send(path, { method: 'POST', headers, body })
const json = (fields: object) => post('/json', JSON.stringify({ name: 'n', ...fields }), JSON_TYPE)
const get =
  (path: string, headers: Record<string, string> = {}) =>
  (send: SendRequest) =>
    send(path, { headers })
const parts = (a: string, b: string) =>
  post(
    '/parts',
    `--X\r\nContent-Disposition: form-data; name="a"\r\n\r\n${a}\r\n--X\r\nContent-Disposition: form-data; name="json"\r\n\r\n${b}\r\n--X--\r\n`,
    { 'content-type': 'multipart/form-data; boundary=X' },
  )

const REFUSED: readonly (readonly [string, (send: SendRequest) => Promise<Response>, loc: readonly (string | number)[]])[] = [
  ['a string of JSON', json({ name: 'a\0' }), ['body', 'name']],
  ['a nested string', json({ nested: [{}, { text: '\0' }] }), ['body', 'nested', 1, 'text']],
  ['a string in what may be anything', json({ free: { deep: ['\0'] } }), ['body', 'free', 'deep', 0]],
  ['a key in what may be anything', json({ free: { 'a\0': 1 } }), ['body', 'free']],
  ['a key of a record', json({ names: { 'a\0': 1 } }), ['body', 'names']],
  ['a string among other types', json({ when: 'a\0' }), ['body', 'when']],
  ['the string of one option', json({ kind: { type: 'plain', text: '\0' } }), ['body', 'kind', 'text']],
  ['the text of a codec', json({ code: '\0' }), ['body', 'code']],
  ['a refined string', json({ checked: '\0' }), ['body', 'checked']],
  ['a key of a map', json({ map: { '\0': 'a' } }), ['body', 'map']],
  ['a value of a map', json({ map: { a: '\0' } }), ['body', 'map', 'a']],
  ['an item of a tuple', json({ tuple: [1, '\0'] }), ['body', 'tuple', 1]],
  ['a string for another library', post('/foreign', '{"name":"\\u0000"}', JSON_TYPE), ['body', 'name']],
  ['a field of a form', post('/form', 'a=x%00', FORM_TYPE), ['body', 'a']],
  ['a name of any field', post('/record', 'a%00=x', FORM_TYPE), ['body']],
  ['a field of multipart', parts('\0', '{"b":""}'), ['body', 'a']],
  ['JSON in multipart', parts('a', '{"b":"\\u0000"}'), ['body', 'json', 'b']],
  ['a query parameter', get('/query?a=%00'), ['query', 'a']],
  ['a member of an object in the query', get('/query?in[a]=%00'), ['query', 'in', 'a']],
  ['any query parameter', get('/whole?a=%00'), ['query', 'a']],
  ['a cookie', get('/cookie', { cookie: 'a=%00' }), ['cookie', 'a']],
  ['a path parameter', get('/declared/x%00'), ['path', 'a']],
  ['a path parameter without a model', get('/text/%00'), ['path', 'a']],
  ['a path parameter without a model beside others', get('/undeclared/%00/1'), ['path', 'a']],
  ['a string of another media type', post('/lines', 'a\n\0', { 'content-type': 'text/x-lines' }), ['body', 1]],
  ['a body of text', post('/text', 'a\0', { 'content-type': 'text/plain' }), ['body']],
  ['a body of another text', post('/text', '\0', { 'content-type': 'text/html; charset=utf-8' }), ['body']],
]

const TAKEN: readonly (readonly [string, (send: SendRequest) => Promise<Response>, seen: unknown])[] = [
  ['a string of JSON whose model says so', json({ taken: '\0' }), { name: 'n', taken: '\0' }],
  ['everything inside of such a model', json({ whole: { a: '\0', 'b\0': '\0' } }), { name: 'n', whole: { a: '\0', 'b\0': '\0' } }],
  ['the string of an option that says so', json({ kind: { type: 'raw', text: '\0' } }), { name: 'n', kind: { type: 'raw', text: '\0' } }],
  ['a field whose model says so', post('/form', 'a=x&taken=%00', FORM_TYPE), { a: 'x', taken: '\0' }],
  ['a query parameter whose model says so', get('/query?taken=%00'), { taken: '\0' }],
  ['bytes', post('/bytes', 'a\0', { 'content-type': 'application/octet-stream' }), 'a\0'],
  ['a name that is not declared, which is dropped', json({ other: '\0', 'a\0': 1 }), { name: 'n' }],
  ['the escape in an escaped form', json({ name: '\\u0000' }), { name: '\\u0000' }],
]

for (const [what, send, loc] of REFUSED) {
  matrix(`U+0000 is refused in ${what}`, app, async (request) => {
    const response = await send(request)
    assert.equal(response.status, 422)
    const { errors } = (await response.json()) as { errors: { type: string; loc: unknown }[] }
    assert.deepEqual(
      errors.map(({ type, loc }) => [type, loc]),
      [['nul_character', loc]],
    )
  })
}

for (const [what, send, value] of TAKEN) {
  matrix(`U+0000 is taken in ${what}`, app, async (request) => {
    const response = await send(request)
    assert.equal(response.status, 200)
    assert.deepEqual(await response.json(), { seen: value })
  })
}

describe('the document', () => {
  test('lists 422 for a path or a query that may hold U+0000, and shows no keyword of Riposte', async () => {
    const document = (await app.document()) as unknown as { paths: Record<string, { get?: { responses: object } }> }
    for (const path of ['/text/{a}', '/declared/{a}', '/query', '/whole', '/cookie'])
      assert.ok('422' in document.paths[path]!.get!.responses, path)
    assert.doesNotMatch(JSON.stringify(document), /"nul"/)
  })
})
