/** A request without content: its model judges, and zero bytes mean the same however they are framed. */
import assert from 'node:assert/strict'
import { bytes, createApp, form, multipart, text } from '../../src/index.ts'
import { z } from 'zod'
import { matrix } from '../support/matrix.ts'

const Model = z.object({ a: z.int() })
const show = (body: unknown) => ({ got: body === undefined ? 'absent' : body instanceof Uint8Array ? body.length : body })
const app = createApp()

const declared = {
  optional: [Model.optional(), 'application/json', { got: 'absent' }],
  default: [Model.default({ a: 5 }), 'application/json', { got: { a: 5 } }],
  prefault: [Model.prefault({ a: 6 }), 'application/json', { got: { a: 6 } }],
  catch: [Model.catch({ a: 7 }), 'application/json', { got: { a: 7 } }],
  preprocess: [z.preprocess((value) => value ?? { a: 8 }, Model), 'application/json', { got: { a: 8 } }],
  required: [Model, 'application/json', undefined],
  form: [form(z.object({ a: z.int().default(9) })), 'application/x-www-form-urlencoded', { got: { a: 9 } }],
  multipart: [multipart(z.object({ a: z.int().default(10) })), 'multipart/form-data; boundary=x', { got: { a: 10 } }],
  text: [text(), 'text/plain', { got: '' }],
  bytes: [bytes(), 'application/octet-stream', { got: 0 }],
} as const

for (const [name, [body]] of Object.entries(declared))
  app.post(`/${name}`, { body, responses: { 200: z.any() } }, (input) => show(input.body))

interface Framing {
  readonly fields?: Readonly<Record<string, string>>
  readonly init: RequestInit
}

const framings: Readonly<Record<string, () => Framing>> = {
  'no content': () => ({ init: {} }),
  'a length of zero': () => ({ fields: { 'content-length': '0' }, init: { body: '' } }),
  'a stream that ends at once': () => ({
    init: { body: new ReadableStream({ start: (controller) => controller.close() }), duplex: 'half' },
  }),
}

for (const [name, [, type, expected]] of Object.entries(declared)) {
  for (const [framing, framed] of Object.entries(framings)) {
    matrix(`${name}: ${framing}`, app, async (request) => {
      const { fields, init } = framed()
      const response = await request(`/${name}`, { method: 'POST', headers: { ...fields, 'content-type': type }, ...init })
      assert.equal(response.status, expected === undefined ? 422 : 200)
      if (expected !== undefined) assert.deepEqual(await response.json(), expected)
    })
  }
}

matrix('content of another media type is refused at its first byte', app, async (request) => {
  assert.equal((await request('/default', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a' })).status, 415)
  assert.deepEqual(await (await request('/default', { method: 'POST', headers: { 'content-type': 'text/csv' }, body: '' })).json(), {
    got: { a: 5 },
  })
})
