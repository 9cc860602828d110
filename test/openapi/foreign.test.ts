/** Models of other libraries: the document has the keywords of their JSON Schema, and records by pattern keep their values. */
import assert from 'node:assert/strict'
import { type } from 'arktype'
import { createApp, type Schema } from '../../src/index.ts'
import { matrix } from '../support/matrix.ts'
import { silent } from '../support/recording-logger.ts'
import { bodySchema, validatorOf } from './wire-schema.ts'
import { Ajv2020 } from 'ajv/dist/2020.js'

/** As a library whose models are JSON Schema, such as TypeBox. */
function described(schema: object): Schema {
  const check = new Ajv2020().compile(schema)
  const validate = (value: unknown) => (check(value) ? { value } : { issues: [{ message: 'wrong' }] })
  const jsonSchema = { input: () => schema, output: () => schema }
  return { '~standard': { version: 1, vendor: 'described', validate, jsonSchema } } as Schema
}

const string = { type: 'string' }
const number = { type: 'number' }
const cases: readonly (readonly [name: string, model: Schema, taken: unknown, refused: unknown])[] = [
  ['a closed object of arktype', type({ '+': 'reject', n: 'number' }), { n: 1 }, { n: 1, x: 1 }],
  ['a pattern of arktype', type({ text: /^a+$/ }), { text: 'a' }, { text: 'b' }],
  ['a closed object', described({ type: 'object', properties: { a: number }, additionalProperties: false }), { a: 1 }, { b: 1 }],
  ['a record of any keys', described({ type: 'object', patternProperties: { '^.*$': number } }), { a: 1, b: 2 }, { a: 'x' }],
  ['a record by pattern', described({ type: 'object', patternProperties: { '^k': number } }), { k1: 1 }, { k1: 'x' }],
  ['a record with at least one key', described({ type: 'object', additionalProperties: number, minProperties: 1 }), { a: 1 }, {}],
  ['unique items', described({ type: 'array', items: number, uniqueItems: true }), [1, 2], [1, 1]],
  ['a negated model', described({ type: 'object', properties: { a: { not: string } } }), { a: null }, { a: 'x' }],
  [
    'one field that needs another',
    described({ type: 'object', properties: { a: number, b: number }, dependentRequired: { a: ['b'] } }),
    { b: 1 },
    { a: 1 },
  ],
]

for (const [name, model, taken, refused] of cases) {
  const app = createApp({ logger: silent })
  app.post('/echo', { body: model, responses: { 200: model } }, ({ body }) => body)
  matrix(`the document accepts what the library accepts: ${name}`, app, async (request) => {
    const document = await app.document()
    const accepts = (value: unknown) => validatorOf(document)(bodySchema(document, 'POST /echo'), value) === undefined
    const post = (value: unknown) =>
      request('/echo', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) })
    const echoed = await post(taken)
    assert.deepEqual([accepts(taken), echoed.status, await echoed.json()], [true, 200, taken])
    assert.deepEqual([accepts(refused), (await post(refused)).status], [false, 422])
  })
}
