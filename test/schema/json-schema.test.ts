/** The schema in a document describes the JSON that is sent: a test for each kind of node, and a property test with random models. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { compileEncoder } from '../../src/schema/encode.ts'
import { toDefinition, toJSONSchema } from '../../src/schema/json-schema.ts'
import type { Direction } from '../../src/schema/presence.ts'
import type { JSONSchema } from '../../src/schema/json-schema/keywords.ts'
import type { Node } from '../../src/schema/node.ts'
import { readModel } from '../../src/schema/read-model.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { isRecursive } from '../../src/schema/walk-node.ts'
import { specimen } from './encode/specimens.ts'
import { fc } from '../support/fuzz.ts'

/** Puts models with a name and recursive models into `$defs`, and the others in place. */
function toSchema(node: Node, direction: Direction): JSONSchema {
  const definitions: Record<string, JSONSchema> = {}
  const names = new Map<Node, string>()
  const reference = (inner: Node): JSONSchema | undefined => {
    if (inner.annotations?.id === undefined && !isRecursive(inner)) return undefined
    let name = names.get(inner)
    if (name === undefined) {
      names.set(inner, (name = inner.annotations?.id ?? `Recursive${names.size + 1}`))
      definitions[name] = toDefinition(inner, { direction, reference })
    }
    return { $ref: `#/$defs/${name}` }
  }
  const schema = toJSONSchema(node, { direction, reference })
  return names.size === 0 ? schema : ({ ...schema, $defs: definitions } as JSONSchema)
}

const output = (schema: AnySchema) => toSchema(readModel(schema), 'output')
const input = (schema: AnySchema) => toSchema(readModel(schema), 'input')

function check(cases: Readonly<Record<string, readonly [schema: AnySchema, expected: object]>>, toForm = output): void {
  for (const [name, [schema, expected]] of Object.entries(cases)) test(name, () => assert.deepEqual(toForm(schema), expected))
}

describe('numbers', () => {
  check({
    'a number': [z.number(), { type: 'number' }],
    'an integer has no limits but its own': [z.int(), { type: 'integer' }],
    'limits of one': [z.int().min(1).max(100), { type: 'integer', minimum: 1, maximum: 100 }],
    'exclusive limits': [z.number().gt(0).lt(1), { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 }],
    multiples: [z.number().multipleOf(0.5), { type: 'number', multipleOf: 0.5 }],
    'a format stands for its limits': [z.int32(), { type: 'integer', format: 'int32' }],
    'limits within a format': [z.int32().min(0), { type: 'integer', format: 'int32', minimum: 0 }],
    'unsigned is not negative': [z.uint32(), { type: 'integer', format: 'uint32', minimum: 0 }],
    'a float': [z.float32(), { type: 'number', format: 'float' }],
    'a 64-bit integer is a number on the wire': [z.int64(), { type: 'integer', format: 'int64' }],
    'an unsigned 64-bit integer': [z.uint64(), { type: 'integer', format: 'uint64', minimum: 0 }],
    'a bigint without a format is digits': [z.bigint(), { type: 'string', pattern: '^-?\\d+$' }],
    'a bigint that is never negative': [z.bigint().nonnegative(), { type: 'string', pattern: '^\\d+$' }],
  })
})

describe('strings', () => {
  check({
    'a string': [z.string(), { type: 'string' }],
    lengths: [z.string().min(1).max(100), { type: 'string', minLength: 1, maxLength: 100 }],
    'a format says what its own pattern says': [z.email(), { type: 'string', format: 'email' }],
    'a pattern beside a format': [z.email().regex(/@example\.com$/), { type: 'string', format: 'email', pattern: '@example\\.com$' }],
    uuid: [z.uuid(), { type: 'string', format: 'uuid' }],
    'a day': [z.iso.date(), { type: 'string', format: 'date' }],
    'text of an instant': [z.iso.datetime({ offset: true }), { type: 'string', format: 'date-time' }],
    'a URL as text': [z.url(), { type: 'string', format: 'uri' }],
    'a pattern': [z.string().regex(/^[a-z]+$/), { type: 'string', pattern: '^[a-z]+$' }],
    'several patterns': [z.string().regex(/a/).regex(/b/), { type: 'string', allOf: [{ pattern: 'a' }, { pattern: 'b' }] }],
    'a pattern whose flags JSON Schema has not': [z.string().regex(/^[a-z]+$/i), { type: 'string' }],
    'a pattern that the flag u refuses': [z.string().regex(new RegExp('\\-')), { type: 'string' }],
    'a prefix': [z.string().startsWith('ab'), { type: 'string', pattern: '^ab.*' }],
  })
})

describe('values that JSON has no type for', () => {
  check({
    'a date': [z.date(), { type: 'string', format: 'date-time' }],
    'a URL': [z.instanceof(URL), { type: 'string', format: 'uri' }],
    bytes: [z.instanceof(Uint8Array), { type: 'string', contentEncoding: 'base64' }],
    'a file': [z.file(), { type: 'string', contentMediaType: 'application/octet-stream' }],
    'a file of one type and size': [
      z.file().mime('image/png').min(1).max(1000),
      { type: 'string', contentMediaType: 'image/png', minLength: 1, maxLength: 1000 },
    ],
    'a set of primitives': [z.set(z.string()).min(1), { type: 'array', items: { type: 'string' }, uniqueItems: true, minItems: 1 }],
    'a set may hold two dates of one instant': [z.set(z.date()), { type: 'array', items: { type: 'string', format: 'date-time' } }],
    'a map by text': [z.map(z.string(), z.int()), { type: 'object', additionalProperties: { type: 'integer' } }],
    'a map by anything else': [
      z.map(z.int(), z.string()),
      { type: 'array', items: { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], items: false, minItems: 2 } },
    ],
    'a codec is its wire side': [
      z.codec(z.iso.date(), z.date(), { decode: (text) => new Date(text), encode: (date) => date.toISOString().slice(0, 10) }),
      { type: 'string', format: 'date' },
    ],
    'what no library tells': [z.custom<string>((value) => value === 'x'), {}],
  })
})

describe('constants', () => {
  check({
    'a constant': [z.literal('cat'), { type: 'string', const: 'cat' }],
    'an integer': [z.literal(17), { type: 'integer', const: 17 }],
    'an enum': [z.enum(['red', 'green']), { type: 'string', enum: ['red', 'green'] }],
    'constants of several types': [z.literal(['a', 1, null]), { type: ['string', 'integer', 'null'], enum: ['a', 1, null] }],
    'a big constant is digits': [z.literal(12n), { type: 'string', const: '12' }],
    'a union of constants': [z.union([z.literal('a'), z.literal('b')]), { type: 'string', enum: ['a', 'b'] }],
  })
})

describe('objects and lists', () => {
  check({
    'an object': [
      z.object({ id: z.int(), nick: z.string().optional() }),
      { type: 'object', properties: { id: { type: 'integer' }, nick: { type: 'string' } }, required: ['id'] },
    ],
    'only a strict one forbids the rest': [z.strictObject({}), { type: 'object', additionalProperties: false }],
    'a loose one': [z.looseObject({}), { type: 'object', additionalProperties: true }],
    'a catchall': [z.object({}).catchall(z.int()), { type: 'object', additionalProperties: { type: 'integer' } }],
    'a record': [z.record(z.string(), z.int()), { type: 'object', additionalProperties: { type: 'integer' } }],
    'a record by a pattern': [
      z.record(z.string().regex(/^x-/), z.int()),
      { type: 'object', propertyNames: { type: 'string', pattern: '^x-' }, additionalProperties: { type: 'integer' } },
    ],
    'a list': [z.array(z.string()).min(1).max(9), { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 9 }],
    'an item that is absent is null': [z.array(z.string().optional()), { type: 'array', items: { type: ['string', 'null'] } }],
    'a tuple': [
      z.tuple([z.string(), z.int().optional()]),
      { type: 'array', prefixItems: [{ type: 'string' }, { type: ['integer', 'null'] }], items: false, minItems: 1 },
    ],
    'a tuple with a rest': [
      z.tuple([z.string()], z.int()),
      { type: 'array', prefixItems: [{ type: 'string' }], items: { type: 'integer' }, minItems: 1 },
    ],
    'an empty tuple': [z.tuple([]), { type: 'array', items: false }],
    'an intersection': [
      z.intersection(z.object({ a: z.int() }), z.object({ b: z.int() })),
      {
        allOf: [
          { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
          { type: 'object', properties: { b: { type: 'integer' } }, required: ['b'] },
        ],
      },
    ],
  })
})

describe('null, absence and defaults', () => {
  const Model = z.object({ level: z.int().default(7), nick: z.string().nullish() })
  check({
    'null is one more type': [z.string().nullable(), { type: ['string', 'null'] }],
    'null beside a constant': [z.literal('a').nullable(), { type: ['string', 'null'], enum: ['a', null] }],
    'null beside several': [
      z.union([z.string(), z.int()]).nullable(),
      { anyOf: [{ type: 'string' }, { type: 'integer' }, { type: 'null' }] },
    ],
    'null as an option': [z.union([z.string(), z.null()]), { type: ['string', 'null'] }],
    'null beside a model': [
      z.object({}).meta({ id: 'Empty' }).nullable(),
      { anyOf: [{ $ref: '#/$defs/Empty' }, { type: 'null' }], $defs: { Empty: { type: 'object' } } },
    ],
    'what has a default is always sent': [
      Model,
      { type: 'object', properties: { level: { type: 'integer', default: 7 }, nick: { type: ['string', 'null'] } }, required: ['level'] },
    ],
    'a random default is not shown': [z.string().default(() => crypto.randomUUID()), { type: 'string' }],
    'the present date is not shown as a default': [z.date().default(() => new Date()), { type: 'string', format: 'date-time' }],
    'the present time is not shown as a default': [z.number().default(() => Date.now()), { type: 'number' }],
    'the present time in seconds is not shown': [z.number().default(() => Math.floor(Date.now() / 1000)), { type: 'number' }],
    'the present time as text is not shown': [z.string().default(() => new Date().toISOString()), { type: 'string' }],
    'the present time in a list is not shown': [
      z.array(z.number()).default(() => [Date.now()]),
      { type: 'array', items: { type: 'number' } },
    ],
    'a constant date is shown as a default': [
      z.date().default(new Date(0)),
      { type: 'string', format: 'date-time', default: '1970-01-01T00:00:00.000Z' },
    ],
    'a function of a constant is shown': [
      z.array(z.string()).default(() => ['a']),
      { type: 'array', items: { type: 'string' }, default: ['a'] },
    ],
    'meta shows a default that looks like a moment': [
      z.string().default('2024-01-01').meta({ default: '2024-01-01' }),
      { type: 'string', default: '2024-01-01' },
    ],
    'a default list with undefined is not shown': [
      z.array(z.string().optional()).default([undefined]),
      { type: 'array', items: { type: ['string', 'null'] } },
    ],
    'a default set with undefined is not shown': [
      z.set(z.string().optional()).default(new Set([undefined])),
      { type: 'array', items: { type: ['string', 'null'] } },
    ],
    'a default that needs an open request is not shown': [
      z.string().default(() => {
        throw new Error('no request')
      }),
      { type: 'string' },
    ],
  })
  test('a property with a default need not be sent', () => {
    assert.deepEqual(input(Model), {
      type: 'object',
      properties: { level: { type: 'integer', default: 7 }, nick: { type: ['string', 'null'] } },
    })
  })
  test('a transform has another form in requests than in responses', () => {
    const length = z.string().transform((text) => text.length)
    assert.deepEqual(input(length.pipe(z.int())), { type: 'string' })
    assert.deepEqual(output(length.pipe(z.int())), { type: 'integer' })
    assert.deepEqual(output(length), {})
  })
})

describe('unions', () => {
  const Cat = z.object({ kind: z.literal('cat'), meow: z.int() })
  const Dog = z.object({ kind: z.literal(['dog', 'wolf']) })
  check({
    'of types': [z.union([z.string(), z.int()]), { anyOf: [{ type: 'string' }, { type: 'integer' }] }],
    'of tagged options, each in place': [
      z.discriminatedUnion('kind', [Cat, Dog]),
      {
        oneOf: [
          {
            type: 'object',
            properties: { kind: { type: 'string', const: 'cat' }, meow: { type: 'integer' } },
            required: ['kind', 'meow'],
          },
          { type: 'object', properties: { kind: { type: 'string', enum: ['dog', 'wolf'] } }, required: ['kind'] },
        ],
      },
    ],
  })
  test('of tagged models: the discriminator maps each constant to its model', () => {
    const { discriminator } = output(z.discriminatedUnion('kind', [Cat.meta({ id: 'Cat' }), Dog.meta({ id: 'Dog' })]))
    assert.deepEqual(discriminator, {
      propertyName: 'kind',
      mapping: { cat: '#/$defs/Cat', dog: '#/$defs/Dog', wolf: '#/$defs/Dog' },
    })
  })
})

/** `z.literal(undefined)` and the like: the response leaves the property out, and zod refuses a request without it. */
test('a property that may be undefined is not required in a response', () => {
  const text = { type: 'string' }
  const cases: readonly (readonly [model: z.ZodType, shown: object | undefined, input: object])[] = [
    [z.literal(undefined), undefined, { not: {} }],
    [z.undefined(), undefined, { not: {} }],
    [z.void(), undefined, { not: {} }],
    [z.literal([undefined, 'x']), { ...text, const: 'x' }, { ...text, const: 'x' }],
    [z.union([z.undefined(), z.string()]), text, text],
    [z.union([z.literal(undefined), z.string()]), text, text],
  ]
  for (const [model, shown, sent] of cases) {
    const object = z.object({ a: model, b: z.string() })
    const properties = shown === undefined ? { b: text } : { a: shown, b: text }
    assert.deepEqual(output(object), { type: 'object', properties, required: ['b'] })
    assert.deepEqual(input(object), { type: 'object', properties: { a: sent, b: text }, required: ['a', 'b'] })
    assert.equal(compileEncoder(object).encodeText({ a: undefined, b: '' }), '{"b":""}')
    assert.equal(object.safeParse({ b: '' }).success, false)
  }
})

test('annotations are written beside the schema', () => {
  const Named = z
    .string()
    .min(1)
    .meta({ title: 'Name', description: 'As it is shown', examples: ['Zoë'], deprecated: true })
  assert.deepEqual(output(z.object({ name: Named.optional() })).properties, {
    name: { type: 'string', minLength: 1, title: 'Name', description: 'As it is shown', examples: ['Zoë'], deprecated: true },
  })
})

test('models of other libraries are documented by their own JSON Schema', () => {
  const told: Node = {
    kind: 'island',
    schema: z.string(),
    reason: 'checked elsewhere',
    input: { kind: 'string', patterns: [] },
    output: { kind: 'number', integer: true },
  }
  assert.deepEqual(toSchema(told, 'input'), { type: 'string' })
  assert.deepEqual(toSchema(told, 'output'), { type: 'integer' })
})

/** `undefined` if the value can't be encoded. */
function encode(schema: z.ZodType, value: unknown): string | undefined {
  try {
    return compileEncoder(schema).encodeText(value)
  } catch {
    return undefined
  }
}

/** Removes the formats. A 64-bit integer becomes a number, because the validator reads it as a number of JavaScript. */
function withoutFormats(form: unknown): unknown {
  return JSON.parse(
    JSON.stringify(form, (_key, part: unknown) => {
      if (typeof part !== 'object' || part === null || !('format' in part) || typeof part.format !== 'string') return part
      const { format, ...rest } = part as JSONSchema
      const types = [rest.type ?? []].flat().map((type) => (format?.endsWith('int64') === true && type === 'integer' ? 'number' : type))
      return { ...rest, type: types }
    }),
  )
}

test('law: every encoded value fits its schema, as another validator reads it', () => {
  const valued = specimen.chain(({ schema, valid }) => fc.tuple(fc.constant(schema), valid))
  let written = 0
  fc.assert(
    fc.property(valued, ([schema, value]) => {
      const json = encode(schema, value)
      if (json === undefined || json === '') return
      written += 1
      const form = withoutFormats(output(schema))
      const { error } = z.fromJSONSchema(form as never).safeParse(JSON.parse(json))
      assert.equal(error, undefined, `${json} does not fit ${JSON.stringify(form)}`)
    }),
    { numRuns: 200 },
  )
  assert.ok(written > 150, `only ${written} values could be written`)
})
