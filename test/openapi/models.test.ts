/** Checks with ajv that responses and defaults of generated models are valid for their document, including formats and references. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { createApp } from '../../src/index.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'
import { specimen } from '../schema/encode/specimens.ts'
import { bodySchema, responseSchema, validatorOf } from './wire-schema.ts'
import { silent } from '../support/recording-logger.ts'

/** Generated models with one value each. A value that the app can't send is skipped. */
const valued = specimen.chain(({ schema, valid }) => fc.tuple(fc.constant(schema), valid))

test('law: every response with a generated model is valid for its document', async () => {
  let answered = 0
  await fc.assert(
    fc.asyncProperty(valued, async ([schema, value]) => {
      const model = z.object({ v: schema })
      const app = createApp({ logger: silent, docsPath: false })
      app.get('/', { responses: { 200: model } }, () => ({ v: value }))
      const response = await app.request('/')
      if (response.status !== 200) return
      answered += 1
      const sent: unknown = await response.json()
      const document = await app.document()
      assert.equal(validatorOf(document)(responseSchema(document, 'GET /'), sent), undefined, JSON.stringify(sent))
    }),
    { numRuns: fuzzRuns(40) },
  )
  assert.ok(answered > 15, `only ${answered} values were sent`)
})

test('law: every default in a document is valid for its schema', async () => {
  const defaulted = valued.filter(([, value]) => value !== undefined)
  await fc.assert(
    fc.asyncProperty(defaulted, async ([schema, value]) => {
      const model = z.object({ v: schema.default(value as never) })
      const app = createApp({ logger: silent, docsPath: false })
      app.post('/', { body: model, responses: { 200: model } }, () => ({}))
      const document = await app.document()
      const validate = validatorOf(document)
      for (const form of [bodySchema(document, 'POST /'), responseSchema(document, 'POST /')] as const) {
        const property = (form as { properties: Record<string, { default?: unknown }> }).properties['v']!
        if ('default' in property) assert.equal(validate(property, property.default), undefined, JSON.stringify(property))
      }
    }),
    { numRuns: fuzzRuns(40) },
  )
})
