/** Each kind of schema → its node: by its definition, never by trying values. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'
import { compileEncoder } from '../../src/schema/encode.ts'
import type { IslandNode, Node, ObjectNode, ReferenceNode } from '../../src/schema/node.ts'
import { isZod, readModel } from '../../src/schema/read-model.ts'
import type { AnySchema } from '../../src/schema/schema.ts'

/** What a node says, without the schemas and functions that it holds. */
function plain(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(plain)
  if (typeof node !== 'object' || node === null || node instanceof RegExp || node instanceof Date) return node
  const kept = Object.entries(node).filter(([name, value]) => name !== 'schema' && typeof value !== 'function')
  return Object.fromEntries(kept.map(([name, value]) => [name, plain(value)]))
}

const read = (schema: unknown) => plain(readModel(schema as AnySchema)) as Node
const property = (name: string, node: unknown, required = true) => ({ name, node, required })
const object = (properties: readonly unknown[], additional: unknown = 'drop') => ({ kind: 'object', properties, additional })

const string = { kind: 'string', patterns: [] }
const safe = { kind: 'number', integer: true, minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
const FLOAT = 3.4028234663852886e38

const kinds: Readonly<Record<string, [schema: unknown, node: unknown][]>> = {
  'what has no form of its own': [
    [z.any(), { kind: 'any' }],
    [z.unknown(), { kind: 'any' }],
    [z.never(), { kind: 'never' }],
    [z.null(), { kind: 'null' }],
    [z.undefined(), { kind: 'undefined' }],
    [z.void(), { kind: 'undefined' }],
  ],
  numbers: [
    [z.boolean(), { kind: 'boolean' }],
    [z.number(), { kind: 'number', integer: false }],
    [z.int(), safe],
    [z.number().int(), safe],
    [z.int32(), { ...safe, minimum: -(2 ** 31), maximum: 2 ** 31 - 1, format: 'int32' }],
    [z.uint32(), { ...safe, minimum: 0, maximum: 2 ** 32 - 1, format: 'uint32' }],
    [z.float32(), { kind: 'number', integer: false, minimum: -FLOAT, maximum: FLOAT, format: 'float' }],
    [z.float64(), { kind: 'number', integer: false, format: 'double' }],
    [z.number().min(1).max(9), { kind: 'number', integer: false, minimum: 1, maximum: 9 }],
    [z.number().gt(1).lt(9).multipleOf(2), { kind: 'number', integer: false, exclusiveMinimum: 1, exclusiveMaximum: 9, multipleOf: 2 }],
    [z.number().min(1).min(5).max(9).max(7), { kind: 'number', integer: false, minimum: 5, maximum: 7 }],
    [z.int().positive(), { ...safe, exclusiveMinimum: 0 }],
    [z.bigint().min(1n).max(9n), { kind: 'bigint', minimum: 1n, maximum: 9n }],
    [z.int64(), { kind: 'bigint', format: 'int64' }],
    [z.uint64(), { kind: 'bigint', format: 'uint64' }],
  ],
  texts: [
    [z.string(), string],
    [z.string().min(1).max(3), { ...string, minLength: 1, maxLength: 3 }],
    [z.string().length(2), { ...string, minLength: 2, maxLength: 2 }],
    [z.string().regex(/^a/).regex(/b$/), { kind: 'string', patterns: [/^a/, /b$/] }],
    [z.string().brand<'Name'>(), string],
    [z.templateLiteral(['a-', z.enum(['b', 'c'])]), { kind: 'string', patterns: [/^a-(b|c)$/] }],
  ],
  constants: [
    [z.literal('a'), { kind: 'literal', values: ['a'] }],
    [z.literal(['a', 1, 1n, true, null, undefined]), { kind: 'literal', values: ['a', 1, 1n, true, null, undefined] }],
    [z.enum(['a', 'b']), { kind: 'literal', values: ['a', 'b'] }],
    [z.enum({ One: 1, Two: 'two' }), { kind: 'literal', values: [1, 'two'] }],
    [z.object({ a: z.int(), b: z.int() }).keyof(), { kind: 'literal', values: ['a', 'b'] }],
  ],
  objects: [
    [z.object({ a: z.string() }), object([property('a', string)])],
    [z.strictObject({ a: z.string() }), object([property('a', string)], 'refuse')],
    [z.looseObject({ a: z.string() }), object([property('a', string)], { kind: 'any' })],
    [z.object({}).catchall(z.int()), object([], safe)],
    [z.object({ a: z.string() }).partial(), object([property('a', { kind: 'optional', inner: string, exact: false }, false)])],
    [z.object({ a: z.string() }).extend({ b: z.boolean() }).omit({ a: true }), object([property('b', { kind: 'boolean' })])],
    [
      z.object({ a: z.exactOptional(z.string()), b: z.string().default('x'), c: z.string().prefault('y'), d: z.string().nullish() }),
      object([
        property('a', { kind: 'optional', inner: string, exact: true }, false),
        property('b', { kind: 'default', inner: string }, false),
        property('c', { kind: 'default', inner: string, isInput: true }, false),
        property('d', { kind: 'optional', inner: { kind: 'nullable', inner: string }, exact: false }, false),
      ]),
    ],
    [z.object({ a: z.string() }).readonly(), object([property('a', string)])],
  ],
  collections: [
    [z.array(z.string()), { kind: 'array', items: string }],
    [z.array(z.string()).min(1).max(3), { kind: 'array', items: string, minItems: 1, maxItems: 3 }],
    [z.array(z.string()).length(2), { kind: 'array', items: string, minItems: 2, maxItems: 2 }],
    [z.set(z.string()).min(1).max(3), { kind: 'set', items: string, minItems: 1, maxItems: 3 }],
    [z.tuple([z.string(), z.boolean()]), { kind: 'tuple', items: [string, { kind: 'boolean' }] }],
    [z.tuple([z.string()], z.boolean()), { kind: 'tuple', items: [string], rest: { kind: 'boolean' } }],
    [z.record(z.string(), z.boolean()), { kind: 'record', key: string, value: { kind: 'boolean' } }],
    [z.record(z.enum(['a', 'b']), z.boolean()), object([property('a', { kind: 'boolean' }), property('b', { kind: 'boolean' })], 'refuse')],
    [
      z.partialRecord(z.enum(['a']), z.boolean()),
      object([property('a', { kind: 'optional', inner: { kind: 'boolean' }, exact: false }, false)], 'refuse'),
    ],
    [z.map(z.string(), z.boolean()), { kind: 'map', key: string, value: { kind: 'boolean' } }],
  ],
  combinations: [
    [z.union([z.string(), z.boolean()]), { kind: 'union', options: [string, { kind: 'boolean' }] }],
    [
      z.discriminatedUnion('kind', [z.object({ kind: z.literal('a') }), z.object({ kind: z.literal('b') })]),
      {
        kind: 'union',
        options: [
          object([property('kind', { kind: 'literal', values: ['a'] })]),
          object([property('kind', { kind: 'literal', values: ['b'] })]),
        ],
        discriminator: 'kind',
      },
    ],
    [
      z.intersection(z.object({ a: z.string() }), z.object({ b: z.boolean() })),
      { kind: 'intersection', left: object([property('a', string)]), right: object([property('b', { kind: 'boolean' })]) },
    ],
    [z.string().optional(), { kind: 'optional', inner: string, exact: false }],
    [z.string().nullable(), { kind: 'nullable', inner: string }],
    [z.nonoptional(z.string().optional()), string],
    [z.string().optional().nullable(), { kind: 'nullable', inner: { kind: 'optional', inner: string, exact: false } }],
  ],
  'what JSON has no kind for': [
    [z.date(), { kind: 'date' }],
    [z.date().min(new Date(1)).max(new Date(9)), { kind: 'date', minimum: new Date(1), maximum: new Date(9) }],
    [z.instanceof(URL), { kind: 'url' }],
    [z.instanceof(Uint8Array), { kind: 'bytes' }],
    [z.instanceof(Buffer), { kind: 'bytes' }],
    [z.instanceof(File), { kind: 'file' }],
    [z.instanceof(Blob), { kind: 'file' }],
    [z.file().min(1).max(9).mime(['image/png']), { kind: 'file', minBytes: 1, maxBytes: 9, mediaTypes: ['image/png'] }],
  ],
}

for (const [name, cases] of Object.entries(kinds)) {
  test(`zod: ${name}`, () => {
    for (const [schema, node] of cases) assert.deepEqual(read(schema), node)
  })
}

test('zod: formats have the names that OpenAPI has for them, else their pattern alone', () => {
  const named = {
    email: z.email(),
    uuid: z.uuid(),
    'date-time': z.iso.datetime({ offset: true }),
    date: z.iso.date(),
    ipv4: z.ipv4(),
    ipv6: z.ipv6(),
    hostname: z.hostname(),
  }
  for (const [format, schema] of Object.entries(named)) {
    const node = read(schema)
    assert.ok(node.kind === 'string' && node.format === format, format)
  }
  for (const schema of [
    z.nanoid(),
    z.cuid2(),
    z.ulid(),
    z.e164(),
    z.emoji(),
    z.iso.time(),
    z.iso.duration(),
    z.string().startsWith('a'),
    z.string().includes('a'),
  ]) {
    const node = read(schema)
    assert.ok(node.kind === 'string' && node.format === undefined && node.patterns.length === 1)
  }
})

test('zod: a format that no pattern holds whole is checked by its own rules', () => {
  for (const [schema, good, bad] of [
    [z.ipv6(), '::1', '::1::'],
    [z.base64(), 'YQ==', 'YQ'],
    [z.jwt(), `${btoa('{"typ":"JWT","alg":"HS256"}').replaceAll('=', '')}.e30.c2ln`, 'a.b.c'],
  ] as const) {
    const node = readModel(schema)
    assert.ok(node.kind === 'string' && node.check !== undefined)
    assert.deepEqual([node.check(good), node.check(bad)], [true, false])
  }
})

const islands: [schema: unknown, reason: string, input: unknown, output: unknown][] = [
  [z.string().refine(() => true), 'a custom check', string, string],
  [z.object({ a: z.string() }).refine(() => true), 'a custom check', object([property('a', string)]), object([property('a', string)])],
  [z.string().trim(), 'a step that rewrites values', string, string],
  [z.url(), 'a format that rewrites values', { ...string, format: 'uri' }, { ...string, format: 'uri' }],
  [z.string().transform(Number), 'a transform', string, undefined],
  [z.string().transform(Number).pipe(z.int()), 'a pipe', { kind: 'island', reason: 'a transform', input: string }, safe],
  [z.preprocess(String, z.string().min(1)), 'a preprocessing step', undefined, { ...string, minLength: 1 }],
  [z.coerce.number().min(3), 'a coercion', undefined, { kind: 'number', integer: false, minimum: 3 }],
  [z.coerce.date(), 'a coercion', undefined, { kind: 'date' }],
  [z.string().catch('x'), 'a catch replaces values', string, string],
  [z.custom<string>(() => true), 'a custom check', undefined, undefined],
  [z.instanceof(Map), 'a custom check', undefined, undefined],
  [z.success(z.string()), 'success()', undefined, { kind: 'boolean' }],
  [z.bigint().multipleOf(2n), 'a multiple of a bigint, or of two numbers', { kind: 'bigint' }, { kind: 'bigint' }],
  [
    z.map(z.string(), z.string()).min(1),
    'a size check',
    { kind: 'map', key: string, value: string, minItems: 1 },
    { kind: 'map', key: string, value: string, minItems: 1 },
  ],
  [
    z.xor([z.string(), z.boolean()]),
    'exactly one of several',
    { kind: 'union', options: [string, { kind: 'boolean' }] },
    { kind: 'union', options: [string, { kind: 'boolean' }] },
  ],
]

test('zod: what is code is left to zod, with what is known of its two sides', () => {
  for (const [schema, reason, input, output] of islands) {
    const node = readModel(schema as AnySchema) as IslandNode
    assert.deepEqual([node.kind, node.reason, plain(node.input), plain(node.output)], ['island', reason, input, output])
    assert.equal(node.schema, schema)
  }
})

test('zod: a codec has a wire side and a way back to it', () => {
  const schema = z.codec(z.iso.date(), z.date(), { decode: (iso) => new Date(iso), encode: (date) => date.toISOString().slice(0, 10) })
  const node = readModel(schema)
  assert.ok(node.kind === 'codec')
  assert.deepEqual([node.wire.kind, node.domain.kind, node.encode(new Date(0))], ['string', 'date', '1970-01-01'])
  const checked = readModel(schema.refine((date) => date.getTime() > 0))
  assert.ok(checked.kind === 'codec')
  assert.deepEqual([checked.encode(new Date(0)), checked.encode(new Date(1))], [undefined, '1970-01-01'])
  const flag = readModel(z.stringbool())
  assert.ok(flag.kind === 'codec' && flag.encode(true) === 'true')
})

test('zod: what cannot travel is refused, however deep it stands', () => {
  for (const schema of [z.nan(), z.symbol(), z.promise(z.string()), z.function()]) {
    for (const model of [schema, z.object({ a: z.array(schema as z.ZodType) }), z.union([z.string(), schema as z.ZodType])]) {
      assert.throws(() => readModel(model), { name: 'DeclarationError', code: 'SCHEMA_FORM' })
    }
  }
})

test('zod: an intersection of two maps or two sets is refused at declaration, because no value could pass it', () => {
  const map = z.map(z.string(), z.int())
  const set = z.set(z.string())
  for (const model of [z.intersection(map, map), z.object({ a: z.intersection(set, set.min(1)) })]) {
    assert.throws(() => readModel(model), {
      name: 'DeclarationError',
      code: 'SCHEMA_FORM',
      message: /zod cannot merge two maps or two sets/,
    })
  }
})

test('zod: a default is made again for each value', () => {
  const node = readModel(z.array(z.string()).default(['a']))
  assert.ok(node.kind === 'default')
  assert.deepEqual(node.value(), ['a'])
  assert.notEqual(node.value(), node.value())
  let count = 0
  const counting = readModel(z.int().default(() => ++count))
  assert.ok(counting.kind === 'default')
  assert.deepEqual([counting.value(), counting.value()], [1, 2])
})

const annotationsOf = (schema: AnySchema) => readModel(schema).annotations

describe('annotations', () => {
  test('are what a schema says of itself, and nothing else', () => {
    const all = { title: 'T', description: 'D', examples: ['e'], deprecated: true }
    assert.deepEqual(annotationsOf(z.string().meta({ id: 'ReadModelText', ...all, unknown: 1 })), {
      id: 'ReadModelText',
      ...all,
      keywords: { unknown: 1 },
    })
    assert.deepEqual(annotationsOf(z.string().describe('D')), { description: 'D' })
    assert.equal(annotationsOf(z.string()), undefined)
  })

  test('a described copy keeps the name of its model; a changed copy loses it', () => {
    const User = z.object({ id: z.int() }).meta({ id: 'ReadModelUser', description: 'A user' })
    assert.deepEqual(annotationsOf(User.describe('The author')), { id: 'ReadModelUser', description: 'The author' })
    assert.equal(annotationsOf(User.extend({ name: z.string() })), undefined)
    assert.equal(annotationsOf(User.partial()), undefined)
    assert.equal(annotationsOf(User.optional())?.id, undefined)
  })
})

interface Tree {
  name: string
  children: Tree[]
}

const nodeOf = (node: Node | undefined, name: string) => (node as ObjectNode).properties.find((one) => one.name === name)!.node

describe('recursion', () => {
  test('a getter refers back to its own object', () => {
    const Category: z.ZodType<Tree> = z.object({
      name: z.string(),
      get children() {
        return z.array(Category)
      },
    })
    const node = readModel(Category)
    const items = nodeOf(node, 'children')
    assert.ok(items.kind === 'array' && items.items.kind === 'reference')
    assert.equal(items.items.target(), node)
    assert.equal(readModel(Category), node)
  })

  test('a lazy schema is read when it is asked for', () => {
    const Lazy: z.ZodType<Tree> = z.lazy(() => z.object({ name: z.string(), children: z.array(Lazy) }))
    const node = readModel(Lazy) as ReferenceNode
    const items = nodeOf(node.target(), 'children')
    assert.ok(items.kind === 'array')
    assert.equal(items.items, node)
    let isRead = false
    readModel(
      z.lazy(() => {
        isRead = true
        return z.string()
      }),
    )
    assert.equal(isRead, false)
  })

  test('two models that hold each other', () => {
    const Author: z.ZodType = z.object({
      get books() {
        return z.array(Book)
      },
    })
    const Book: z.ZodType = z.object({ author: Author.nullable() })
    const author = readModel(Author)
    const books = nodeOf(author, 'books')
    assert.ok(books.kind === 'array')
    const back = nodeOf(books.items, 'author')
    assert.ok(back.kind === 'nullable' && back.inner.kind === 'reference')
    assert.equal(back.inner.target(), author)
  })

  test('a model that could not be read is not half known', () => {
    const Broken = z.object({ bad: z.symbol() })
    assert.throws(() => readModel(Broken), { code: 'SCHEMA_FORM' })
    assert.throws(() => readModel(Broken), { code: 'SCHEMA_FORM' })
  })

  test('what a lazy schema hides is read when its encoder is made', () => {
    const Hidden = z.object({ list: z.array(z.lazy(() => z.object({ bad: z.symbol() }))) })
    readModel(Hidden)
    assert.throws(() => compileEncoder(Hidden), { name: 'DeclarationError', code: 'SCHEMA_FORM' })
  })
})

/** `name kind`, with a question mark where it may be missing. */
const propertiesOf = (side: Node | undefined) =>
  (side as ObjectNode).properties.map(({ name, node, required }) => `${name}${required ? '' : '?'} ${node.kind}`).toSorted()

describe('guests', () => {
  test('a JSON Schema of a library is read; what it does not say is checked by the library', () => {
    const schema = type({ id: 'number.integer', 'name?': 'string' })
    const node = readModel(schema) as IslandNode
    assert.deepEqual([node.kind, node.reason], ['island', 'checked by arktype'])
    const form = object([
      property('id', { kind: 'number', integer: true }),
      property('name', { kind: 'optional', inner: string, exact: false }, false),
    ])
    assert.deepEqual(plain(node.output), form)
    assert.deepEqual(plain(node.input), form)
    const silent = readModel(v.object({ id: v.number() })) as IslandNode
    assert.deepEqual([silent.kind, silent.reason, silent.input, silent.output], ['island', 'checked by valibot', undefined, undefined])
  })

  test('the input and the output of a schema are read separately', () => {
    const node = readModel(type({ n: 'string.numeric.parse', d: 'number = 5' })) as IslandNode
    assert.deepEqual(propertiesOf(node.input), ['d? optional', 'n string'])
    assert.deepEqual(propertiesOf(node.output), ['d number', 'n number'])
  })

  test("its description is the node's", () =>
    assert.deepEqual(readModel(type('string').describe('a name')).annotations, { description: 'a name' }))

  test('law: what a guest does not name does not leave', () => {
    const value = { id: 1, inner: { a: 'x', SECRET: 1 }, SECRET: 1 }
    const models = {
      valibot: v.object({ id: v.number(), inner: v.object({ a: v.string() }) }),
      arktype: type({ id: 'number', inner: { a: 'string' } }),
      'arktype, joined': type({ id: 'number' }).and({ inner: { a: 'string' } }),
      'arktype, deleting': type({ '+': 'delete', id: 'number', inner: { a: 'string' } }),
    }
    for (const [name, model] of Object.entries(models)) {
      const { encodeText, filter } = compileEncoder(model)
      assert.deepEqual(JSON.parse(encodeText(value)), { id: 1, inner: { a: 'x' } }, name)
      assert.deepEqual(filter(value), { id: 1, inner: { a: 'x' } }, name)
      assert.throws(
        () => encodeText({ id: 'SECRET', inner: { a: 'x' } }),
        (error: Error) => error.name === 'ModelError' && !error.message.includes('SECRET'),
      )
    }
  })

  test('only zod itself is read by its definitions', () => {
    assert.equal(isZod(z.string()), true)
    for (const schema of [v.string(), type('string'), { '~standard': { version: 1, vendor: 'zod', validate: () => ({ value: 1 }) } }])
      assert.equal(isZod(schema as AnySchema), false)
  })
})
