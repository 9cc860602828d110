/** An empty field of a form counts as absent: the document refuses it exactly if the server does. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { createApp, form, multipart } from '../../src/index.ts'
import { silent } from '../support/recording-logger.ts'
import { bodySchema, validatorOf } from './wire-schema.ts'

const plain = z.object({ name: z.string(), note: z.string().optional(), nick: z.string().default('none') })
const Card = plain.meta({ id: 'Card' })

type Fields = Readonly<Record<string, string | readonly string[]>>

/** Whether the server accepts the fields, and the errors of the document's schema. */
async function ask(representation: ReturnType<typeof form | typeof multipart>, fields: Fields) {
  const app = createApp({ logger: silent, docsPath: false })
  app.post('/cards', { body: representation, responses: { 204: {} } }, () => undefined)
  const pairs = Object.entries(fields).flatMap(([name, value]) => [value].flat().map((one) => [name, one] as [string, string]))
  const body = representation.kind === 'form' ? new URLSearchParams(pairs) : toFormData(pairs)
  const { status } = await app.request('/cards', { method: 'POST', body })
  const document = await app.document()
  const against = validatorOf(document)(bodySchema(document, 'POST /cards', representation.mediaType), fields)
  return { taken: status === 204, against, document }
}

function toFormData(pairs: readonly [string, string][]): FormData {
  const data = new FormData()
  for (const [name, value] of pairs) data.append(name, value)
  return data
}

for (const create of [form, multipart]) {
  for (const [how, schema] of Object.entries({ 'a model of its own': plain, 'a component': Card })) {
    describe(`${create.name}() with ${how}`, () => {
      for (const keepEmpty of [false, true])
        for (const fields of [{ name: '' }, { name: 'a' }, { name: 'a', note: '', nick: '' }])
          test(`${JSON.stringify(fields)}, keepEmpty: ${keepEmpty}`, async () => {
            const { taken, against } = await ask(create(schema, { keepEmpty }), fields)
            assert.equal(taken, against === undefined, against ?? 'the document takes it')
          })
    })
  }
}

/** Models that accept the empty string, alone or as the only item of a list. */
const FIELDS: Readonly<Record<string, z.ZodType>> = {
  text: z.string(),
  nullable: z.string().nullable(),
  enum: z.enum(['', 'a']),
  literal: z.literal(''),
  union: z.union([z.int(), z.string()]),
  codec: z.codec(z.string(), z.string(), { decode: (text) => text, encode: (text) => text }),
  any: z.any(),
  refined: z.string().refine(() => true),
  referred: z.string().meta({ id: 'Referred' }),
  list: z.array(z.string()),
  longList: z.array(z.string()).min(1),
  listOfEnum: z.array(z.enum(['', 'a'])),
  set: z.set(z.string()),
  textOrList: z.union([z.string(), z.array(z.string())]),
}

for (const create of [form, multipart]) {
  for (const [name, model] of Object.entries(FIELDS))
    for (const presence of ['required', 'optional', 'default'] as const)
      for (const keepEmpty of [false, true])
        test(`${create.name}(): ${name}, ${presence}, keepEmpty: ${keepEmpty}`, async () => {
          const field =
            presence === 'required'
              ? model
              : presence === 'optional'
                ? model.optional()
                : model.default(name.includes('ist') ? ['a', 'b'] : 'a')
          const values = name === 'set' || name.includes('ist') ? [[''], ['a'], ['a', 'b']] : ['', 'a']
          for (const value of values) {
            const { taken, against } = await ask(create(z.object({ field }), { keepEmpty }), { field: value })
            assert.equal(taken, against === undefined, `${JSON.stringify(value)}: ${against ?? 'the document takes it'}`)
          }
        })
}

test('a component stays unchanged, because other bodies may use it', async () => {
  const { document } = await ask(form(Card), { name: 'a' })
  assert.deepEqual(document.components?.schemas?.['Card'], {
    type: 'object',
    properties: { name: { type: 'string' }, note: { type: 'string' }, nick: { type: 'string', default: 'none' } },
    required: ['name'],
  })
})

test('a string keeps its minimum length, and a number gets none', async () => {
  const model = z.object({ code: z.string().min(3), mail: z.email(), digits: z.string().regex(/^\d*$/), count: z.int() })
  const { document } = await ask(form(model), { code: 'abc', mail: 'a@b.example', digits: '1', count: '1' })
  const { properties } = bodySchema(document, 'POST /cards', 'application/x-www-form-urlencoded') as { properties: Record<string, unknown> }
  assert.deepEqual(properties['code'], { type: 'string', minLength: 3 })
  assert.equal('minLength' in (properties['count'] as object), false)
})
