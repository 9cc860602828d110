/** Every body that the document allows is accepted. A union keeps all declared properties of a body, in any order of its options. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inspect } from 'node:util'
import { z } from 'zod'
import { createApp, type App } from '../../src/index.ts'
import { fc, fuzzRuns } from '../support/fuzz.ts'
import { jsonOf } from './sampler.ts'
import { bodySchema, validatorOf } from './wire-schema.ts'
import { silent } from '../support/recording-logger.ts'

/** A model with its source text, which is shown when a case fails. */
class Model {
  readonly schema: z.ZodType
  readonly text: string

  constructor(schema: z.ZodType, text: string) {
    this.schema = schema
    this.text = text
  }

  [fc.toStringMethod](): string {
    return this.text
  }
}

const WHEN = { decode: (text: string) => new Date(text), encode: (date: Date) => date.toISOString() }
const COMMAS = { decode: (text: string) => text.split(','), encode: (list: string[]) => list.join(',') }

/** These models have no checks except those that a document shows. */
const LEAVES: Readonly<Record<string, z.ZodType>> = {
  'z.string()': z.string(),
  'z.string().min(2)': z.string().min(2),
  'z.int()': z.int(),
  'z.int().min(5)': z.int().min(5),
  'z.number()': z.number(),
  'z.boolean()': z.boolean(),
  'z.null()': z.null(),
  "z.literal('a')": z.literal('a'),
  "z.literal(['red', 7, true, null])": z.literal(['red', 7, true, null]),
  "z.enum(['red', 'green'])": z.enum(['red', 'green']),
  'z.date()': z.date(),
  'z.int64()': z.int64(),
  'z.bigint()': z.bigint(),
  'z.literal(42n)': z.literal(42n),
  'z.instanceof(URL)': z.instanceof(URL),
  'z.instanceof(Uint8Array)': z.instanceof(Uint8Array),
  'z.email()': z.email(),
  'z.uuid()': z.uuid(),
  'z.iso.datetime()': z.iso.datetime(),
  'z.iso.datetime({ offset: true })': z.iso.datetime({ offset: true }),
  'z.iso.date()': z.iso.date(),
  'z.any()': z.any(),
  'z.codec(z.iso.datetime(), z.date(), WHEN)': z.codec(z.iso.datetime(), z.date(), WHEN),
  'z.codec(z.string(), z.array(z.string()), COMMAS)': z.codec(z.string(), z.array(z.string()), COMMAS),
}

const leaf = fc.constantFrom(...Object.entries(LEAVES).map(([text, schema]) => new Model(schema, text)))

type Fields = Readonly<Record<string, Model>>

function shapeOf(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema]))
}

function textOf(fields: Fields): string {
  const members = Object.entries(fields).map(([key, { text }]) => `${key}: ${text}`)
  return `{ ${members.join(', ')} }`
}

type Make = (schema: z.ZodType) => z.ZodType

/** `$` in the text is a placeholder for the inner model. */
const AROUND: readonly (readonly [text: string, make: Make])[] = [
  ['z.array($)', (one) => z.array(one)],
  ['$.nullable()', (one) => one.nullable()],
  ['z.record(z.string(), $)', (one) => z.record(z.string(), one)],
  ['z.record(z.int(), $)', (one) => z.record(z.int(), one)],
  ["z.partialRecord(z.enum(['a', 'b']), $)", (one) => z.partialRecord(z.enum(['a', 'b']), one)],
  ['z.map(z.string(), $)', (one) => z.map(z.string(), one)],
  ['z.map(z.int(), $)', (one) => z.map(z.int(), one)],
  ['$.refine(() => true)', (one) => one.refine(() => true)],
  ['z.lazy(() => $)', (one) => z.lazy(() => one)],
]

const OPTIONAL: readonly (readonly [text: string, make: Make])[] = [
  ['$', (one) => one],
  ['$.optional()', (one) => one.optional()],
  ['$.nullish()', (one) => one.nullish()],
]

function wrap({ schema, text }: Model, [around, make]: readonly [text: string, make: Make]): Model {
  return new Model(
    make(schema),
    around.replace('$', () => text),
  )
}

const OBJECTS: Readonly<Record<string, (shape: Record<string, z.ZodType>) => z.ZodType>> = {
  object: z.object,
  strictObject: z.strictObject,
  looseObject: z.looseObject,
}

const fieldName = fc.constantFrom('a', 'b', 'c', 'at', 'id')

const { model, options } = fc.letrec<{ model: Model; fields: Fields; object: Model; options: Model[] }>((tie) => ({
  model: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { weight: 5, arbitrary: leaf },
    { weight: 4, arbitrary: tie('object') },
    { weight: 3, arbitrary: tie('options').map(unionOf) },
    { weight: 7, arbitrary: fc.tuple(tie('model'), fc.constantFrom(...AROUND)).map(([one, around]) => wrap(one, around)) },
    { weight: 1, arbitrary: fc.tuple(tie('model'), tie('model'), tie('model')).map(tupleOf) },
    { weight: 1, arbitrary: fc.tuple(tie('fields'), tie('fields')).map(intersectionOf) },
    { weight: 1, arbitrary: fc.tuple(tie('fields'), tie('fields')).map(taggedOf) },
    { weight: 1, arbitrary: tie('fields').map(treeOf) },
  ),
  fields: fc.dictionary(
    fieldName,
    fc.tuple(tie('model'), fc.constantFrom(...OPTIONAL)).map(([one, around]) => wrap(one, around)),
    { maxKeys: 4, noNullPrototype: true },
  ),
  object: fc
    .tuple(fc.constantFrom(...Object.keys(OBJECTS)), tie('fields'))
    .map(([kind, fields]) => new Model(OBJECTS[kind]!(shapeOf(fields)), `z.${kind}(${textOf(fields)})`)),
  options: fc.array(tie('model'), { minLength: 2, maxLength: 4 }),
}))

function unionOf(all: readonly Model[]): Model {
  return new Model(z.union(all.map(({ schema }) => schema)), `z.union([${all.map(({ text }) => text).join(', ')}])`)
}

function tupleOf([one, two, rest]: readonly [Model, Model, Model]): Model {
  return new Model(z.tuple([one.schema, two.schema], rest.schema), `z.tuple([${one.text}, ${two.text}], ${rest.text})`)
}

/** zod merges the values of both sides, and throws if they are different for one name. So the sides share no names. */
function intersectionOf([given, right]: readonly [Fields, Fields]): Model {
  const left = Object.fromEntries(Object.entries(given).filter(([key]) => !Object.hasOwn(right, key)))
  return new Model(z.object(shapeOf(left)).and(z.object(shapeOf(right))), `z.object(${textOf(left)}).and(z.object(${textOf(right)}))`)
}

function taggedOf([left, right]: readonly [Fields, Fields]): Model {
  const schema = z.discriminatedUnion('k', [
    z.object({ ...shapeOf(left), k: z.literal('l').default('l') }),
    z.object({ ...shapeOf(right), k: z.enum(['r', 's']) }),
  ])
  return new Model(schema, `tagged(${textOf(left)}, ${textOf(right)})`)
}

function treeOf(fields: Fields): Model {
  const node: z.ZodType = z.object({
    ...shapeOf(fields),
    get nodes() {
      return z.array(node).optional()
    },
  })
  return new Model(node, `tree(${textOf(fields)})`)
}

/** Resolves with a list of the value that the handler received, or with the text of the response if the server refused the body. */
type Read = (json: unknown) => Promise<readonly [unknown] | string>

function readerOf({ schema }: Model): { readonly app: App; readonly read: Read } {
  const app = createApp({ logger: silent, docsPath: false })
  let given: unknown
  app.post('/', { body: z.object({ v: schema }).meta({ nul: true }), responses: { 204: {} } }, ({ body }) => {
    given = body.v
    return undefined
  })
  const headers = { 'content-type': 'application/json' }
  return {
    app,
    async read(json) {
      const response = await app.request('/', { method: 'POST', headers, body: JSON.stringify({ v: json }) })
      return response.status === 204 ? [given] : `${response.status} ${await response.text()}`
    },
  }
}

/** JSON Schema accepts 1e300 as an integer, but Riposte refuses integers that a number can't represent exactly. The document does not say so. */
function hasLongInteger(json: unknown): boolean {
  if (typeof json === 'number') return Math.abs(json) > Number.MAX_SAFE_INTEGER
  return typeof json === 'object' && json !== null && Object.values(json).some(hasLongInteger)
}

const SAMPLES = 40
const BODIES = 10

/** Generates JSON that is valid for the request body in the document. */
async function bodiesOf(app: App, seed: number): Promise<unknown[]> {
  const document = await app.document()
  const whole = bodySchema(document, 'POST /') as { readonly properties: { readonly v: unknown } }
  const validate = validatorOf(document)
  return fc
    .sample(jsonOf(document, whole.properties.v), { numRuns: SAMPLES, seed })
    .filter((json) => JSON.stringify(json) !== undefined && !hasLongInteger(json) && validate(whole, { v: json }) === undefined)
    .slice(0, BODIES)
}

/** Counts the names in `json` that the received value has too, at every depth. */
function countKept(json: unknown, given: unknown): number {
  if (typeof json !== 'object' || json === null || typeof given !== 'object' || given === null) return 0
  if (Array.isArray(json)) {
    const list = Array.isArray(given) ? given : given instanceof Set || given instanceof Map ? [...given] : []
    return json.reduce<number>((count, item, index) => count + countKept(item, list[index]), 0)
  }
  const members = (given instanceof Map ? Object.fromEntries(given) : given) as Readonly<Record<string, unknown>>
  return Object.entries(json).reduce(
    (count, [key, value]) => count + (Object.hasOwn(members, key) ? 1 + countKept(value, members[key]) : 0),
    0,
  )
}

const seeds = fc.noShrink(fc.integer())
const settings = { numRuns: fuzzRuns(50, 4_000) }

test('law: every body that the document of a generated model allows is accepted', async () => {
  let tried = 0
  await fc.assert(
    fc.asyncProperty(model, seeds, async (one, seed) => {
      const { app, read } = readerOf(one)
      for (const json of await bodiesOf(app, seed)) {
        tried += 1
        const result = await read(json)
        if (typeof result === 'string') assert.fail(`${JSON.stringify(json)}: ${result}`)
      }
    }),
    settings,
  )
  assert.ok(tried > 150, `only ${tried} bodies`)
})

test('law: a union keeps as many properties of a body as each of its options, in any order of the options', async () => {
  let tried = 0
  await fc.assert(
    fc.asyncProperty(options, seeds, async (all, seed) => {
      const single = all.map((option) => readerOf(option).read)
      const [inOrder, reversed] = [readerOf(unionOf(all)), readerOf(unionOf(all.toReversed()))]
      for (const json of await bodiesOf(inOrder.app, seed)) {
        tried += 1
        const results = await Promise.all(single.map((read) => read(json)))
        const most = Math.max(...results.map((result) => (typeof result === 'string' ? 0 : countKept(json, result[0]))))
        for (const { read } of [inOrder, reversed]) {
          const result = await read(json)
          if (typeof result === 'string') assert.fail(`${JSON.stringify(json)}: ${result}`)
          assert.ok(countKept(json, result[0]) >= most, `${JSON.stringify(json)} was reduced to ${inspect(result[0], { depth: 9 })}`)
        }
      }
    }),
    settings,
  )
  assert.ok(tried > 150, `only ${tried} bodies`)
})
