/** Whether a value of another schema library may be absent is in the document, as the server handles it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { createApp, text, type Schema } from '../../src/index.ts'

/** A Valibot schema with its JSON Schema, as `toStandardJsonSchema()` of `@valibot/to-json-schema` makes it. */
function described<S extends Schema>(schema: S, form: object): S {
  const jsonSchema = { input: () => form, output: () => form }
  return { ...schema, '~standard': { ...schema['~standard'], jsonSchema } }
}

const flag = (schema: ReturnType<typeof v.boolean> | Schema<boolean | undefined>) => described(schema, { type: 'boolean' })

interface Parts {
  readonly paths: Readonly<Record<string, { get: Operation; post: Operation }>>
}

interface Operation {
  readonly parameters: readonly { readonly name: string; readonly required?: boolean }[]
  readonly requestBody: { readonly required?: boolean }
  readonly responses: Readonly<Record<string, { readonly headers: Readonly<Record<string, { readonly required?: boolean }>> }>>
}

const requiredOf = (entries: readonly (readonly [string, { readonly required?: boolean }])[]) =>
  entries.flatMap(([name, { required }]) => (required === true ? [name] : []))

test('parameters', async () => {
  const app = createApp()
  const query = {
    needed: flag(v.boolean()),
    optional: flag(v.optional(v.boolean())),
    filled: flag(v.optional(v.boolean(), true)),
    undescribed: v.optional(v.string()),
    arktype: type('string | undefined'),
  }
  app.get('/', { query, responses: { 200: text() } }, ({ query: { filled } }) => String(filled))
  const { paths } = (await app.document()) as unknown as Parts
  assert.deepEqual(requiredOf(paths['/']!.get.parameters.map((each) => [each.name, each])), ['needed'])
  assert.equal(await (await app.request('/?needed=no')).text(), 'true')
  assert.equal((await app.request('/')).status, 422)
})

test('a body', async () => {
  const app = createApp()
  const form = { type: 'object', properties: { id: { type: 'number' } }, required: ['id'] }
  const Item = v.object({ id: v.number() })
  app.post('/filled', { body: described(v.optional(Item, { id: 7 }), form), responses: { 200: text() } }, ({ body }) => String(body.id))
  app.post('/needed', { body: described(Item, form), responses: { 200: text() } }, ({ body }) => String(body.id))
  const { paths } = (await app.document()) as unknown as Parts
  assert.deepEqual(
    ['/filled', '/needed'].map((path) => paths[path]!.post.requestBody.required),
    [undefined, true],
  )
  assert.equal(await (await app.request('/filled', { method: 'POST' })).text(), '7')
  assert.equal((await app.request('/needed', { method: 'POST' })).status, 422)
})

test('headers of a response', async () => {
  const app = createApp()
  const headers = { 'X-Needed': flag(v.boolean()), 'X-Optional': flag(v.optional(v.boolean())), 'X-Undescribed': v.optional(v.string()) }
  app.get('/', { responses: { 200: { body: text(), headers } } }, ({ reply }) => reply(200, 'ok', { headers: { 'X-Needed': true } }))
  const { paths } = (await app.document()) as unknown as Parts
  assert.deepEqual(requiredOf(Object.entries(paths['/']!.get.responses['200']!.headers)), ['X-Needed'])
  assert.equal((await app.request('/')).status, 200)
})

test('a schema with an asynchronous check is documented as required', async () => {
  const app = createApp()
  const slow = v.pipeAsync(
    v.optional(v.string()),
    v.checkAsync(() => Promise.reject(new Error('no database at start-up'))),
  )
  app.get('/', { query: { slow }, responses: { 200: text() } }, () => 'ok')
  const { paths } = (await app.document()) as unknown as Parts
  assert.deepEqual(requiredOf(paths['/']!.get.parameters.map((each) => [each.name, each])), ['slow'])
})
