/** Which option of a union a body belongs to: every documented body is read, and no declared name is lost, whatever the order of the options. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import type { InputResult } from '../../src/schema/issue.ts'
import { compileWireReader } from '../../src/schema/wire.ts'
import { fc } from '../support/fuzz.ts'

const read = (schema: z.ZodType, json: unknown) => compileWireReader(schema).read(json) as InputResult

const when = '2024-01-01T00:00:00Z'
const D = z.object({ d: z.date() })
const E = z.object({ e: z.date() })
const TagA = z.object({ k: z.literal('a').default('a'), d: z.date() })
const TagB = z.object({ k: z.literal('b'), e: z.date() })
const Tag1 = z.object({
  k: z.codec(z.literal(1), z.literal('one'), { decode: () => 'one' as const, encode: () => 1 as const }),
  d: z.date(),
})

const documented: Readonly<Record<string, readonly [model: z.ZodType, body: unknown]>> = {
  'a plain object': [z.union([D, E]), { e: when }],
  'a record': [z.union([z.record(z.string(), z.date()), z.string()]), { k: when }],
  'a record or null': [z.union([z.record(z.string(), z.date()), z.null()]), { k: when }],
  'a map': [z.union([z.map(z.string(), z.int()), z.string()]), { k: 1 }],
  'a refined object': [z.union([D.refine(() => true), E]), { d: when }],
  'an intersection': [z.union([D.and(z.object({ x: z.int() })), E]), { d: when, x: 1 }],
  'a lazy object': [z.union([z.lazy(() => D), E]), { d: when }],
  'a nested union': [z.union([z.union([D, z.object({ f: z.date() })]), E]), { f: when }],
  'a nullable option': [z.union([D.nullable(), E]), { d: when }],
  'an optional option': [z.object({ u: z.union([D.optional(), E]) }), { u: { d: when } }],
  'a tag with a default, absent': [z.discriminatedUnion('k', [TagA, TagB]), { d: when }],
  'a tag with a default, present': [z.discriminatedUnion('k', [TagA, TagB]), { k: 'a', d: when }],
  'a tag with a codec': [z.discriminatedUnion('k', [Tag1, TagB]), { k: 1, d: when }],
  'a refined option of a tagged union': [z.discriminatedUnion('k', [TagA.refine(() => true), TagB]), { k: 'a', d: when }],
  'a list': [z.union([z.array(z.date()), z.array(z.int())]), [when]],
  'the other list': [z.union([z.array(z.int()), z.array(z.date())]), [when]],
  'a tuple': [z.union([z.tuple([z.date(), z.int()]), z.string()]), [when, 1]],
  'a set': [z.union([z.set(z.int()), z.string()]), [1, 2]],
  'an int64 in a refined object': [z.union([z.object({ n: z.int64() }).refine(() => true), z.string()]), { n: 5 }],
  'bytes in a record': [z.union([z.record(z.string(), z.instanceof(Uint8Array)), z.int()]), { k: 'YQ==' }],
  'an object behind one without required names': [z.union([z.object({ a: z.int().optional() }), D]), { d: when }],
}

describe('an option is found where it is', () => {
  for (const [name, [model, body]] of Object.entries(documented)) {
    test(name, () => {
      const { issues, value } = read(model, body)
      assert.equal(issues, undefined)
      if (name !== 'a map' && name !== 'a set') assert.ok(namesOf(body).every((one) => namesOf(value).includes(one)))
    })
  }
})

test('text that is a date is read as one, other text stays, in any order of the options', () => {
  for (const model of [z.union([z.string(), z.date()]), z.union([z.date(), z.string()])]) {
    assert.deepEqual(read(model, when), { value: new Date(when) })
    assert.deepEqual(read(model, 'noon'), { value: 'noon' })
  }
})

test('what is wrong with the only option that can be meant is told at its place', () => {
  const { issues } = read(z.union([z.object({ k: z.literal('a'), at: z.date() }), z.object({ k: z.literal('b') })]), {
    k: 'a',
    at: 'never',
  })
  assert.deepEqual(
    issues?.map(({ path, code }) => [path, code]),
    [[['at'], 'datetime_parsing']],
  )
})

test('an option with other constants is not entered: a deep expression takes no exponential time', () => {
  let entered = 0
  const counted = (tag: string): z.ZodType =>
    z.object({ op: z.literal(tag), at: z.date(), left: z.lazy(() => (entered++ > 10_000 ? z.never() : Expression)).nullable() })
  const Expression: z.ZodType = z.union([counted('add'), counted('sub'), counted('mul')])
  let body: unknown = null
  for (let depth = 0; depth < 200; depth++) body = { op: 'mul', at: when, left: body }
  assert.equal(read(Expression, body).issues, undefined)
})

/** Each refuses its body. `z.object({})` takes it, and keeps nothing of it. */
const refusing: Readonly<Record<string, readonly [model: z.ZodType, roomy: z.ZodType, value: unknown]>> = {
  'a length': [z.string().min(2), z.string(), 'x'],
  'a format': [z.email(), z.string(), 'x'],
  'a format of a date': [z.iso.datetime(), z.string(), '2024-01-01'],
  'a template': [z.templateLiteral(['x', z.int()]), z.string(), 'y'],
  'a fraction for an integer': [z.int(), z.number(), 1.5],
  'a least number': [z.int().min(5), z.int(), 1],
  'a step': [z.number().multipleOf(2), z.number(), 1],
  'a latest date': [z.date().max(new Date(0)), z.date(), when],
  'a greatest bigint': [z.bigint().max(3n), z.bigint(), '7'],
  'the size of a list': [z.array(z.int()).min(2), z.array(z.int()), [1]],
  'the size of a set': [z.set(z.int()).max(1), z.array(z.int()), [1, 2]],
  'the size of a tuple': [z.tuple([z.int(), z.int()]), z.array(z.int()), [1]],
  'a key of a record': [z.record(z.int(), z.string()), z.object({ k: z.string() }), { k: 'x' }],
  'a limit of a key': [z.record(z.int().max(5), z.string()), z.object({ 7: z.string() }), { 7: 'x' }],
  'a key of a map': [z.map(z.string().max(1), z.string()), z.object({ key: z.string() }), { key: 'x' }],
  'all options of a union': [z.union([z.email(), z.int()]), z.string(), 'x'],
  'a nullable': [z.email().nullable(), z.string(), 'x'],
}

describe('a union inside of an option hides no other option that keeps more of the body', () => {
  for (const [name, [model, roomy, value]] of Object.entries(refusing)) {
    test(name, () => {
      const inner = z.union([z.object({ a: model }), z.object({})])
      for (const nested of [z.union([inner, z.object({ a: roomy })]), z.union([z.object({ a: roomy }), inner])]) {
        const { issues, value: given } = read(z.object({ v: nested }), { v: { a: value } })
        assert.equal(issues, undefined)
        assert.deepEqual(namesOf(given), ['a', 'v', ...namesOf(value)].sort())
      }
    })
  }

  test('strict sides of an intersection', () => {
    const both = z.strictObject({ a: z.date() }).and(z.strictObject({ b: z.int() }))
    for (const model of [z.union([z.object({}), both]), z.union([both, z.object({})])]) {
      assert.deepEqual(read(model, { a: when, b: 1 }), { value: { a: new Date(when), b: 1 } })
    }
  })

  test('names that both sides of an intersection declare count once', () => {
    const both = z.object({ a: z.string() }).and(z.object({ a: z.string() }))
    assert.deepEqual(read(z.union([both, z.object({ a: z.string(), at: z.date().optional(), c: z.int() })]), { a: 'x', c: 1 }), {
      value: { a: 'x', c: 1 },
    })
  })
})

test('a value is measured once, however many unions it is inside of', () => {
  const Tree: z.ZodType = z.union([
    z.object({ at: z.date().optional(), inner: z.lazy(() => Tree).optional() }),
    z.object({ on: z.date().optional(), inner: z.lazy(() => Tree).optional() }),
  ])
  const countReads = (depth: number): number => {
    let reads = 0
    let body: object = Object.defineProperty({}, 'at', { get: () => (reads++, when), enumerable: true })
    for (let level = 0; level < depth; level++) body = { inner: body }
    assert.equal(read(Tree, body).issues, undefined)
    return reads
  }
  assert.equal(countReads(100), countReads(10))
})

/** All own names, in the value and below it. */
function namesOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return []
  return Object.entries(value)
    .flatMap(([name, one]) => (Array.isArray(value) ? namesOf(one) : [name, ...namesOf(one)]))
    .sort()
}

interface Case {
  readonly model: z.ZodType
  readonly body: unknown
}

const leaf: fc.Arbitrary<Case> = fc.constantFrom<Case>(
  { model: z.date(), body: when },
  { model: z.int64(), body: 7 },
  { model: z.string(), body: 'x' },
  { model: z.boolean(), body: true },
  { model: z.date().nullable(), body: null },
)

const { tree } = fc.letrec<{ tree: Case; object: Case; list: Case; record: Case; union: Case; refined: Case }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4, withCrossShrink: true }, leaf, tie('object'), tie('list'), tie('record'), tie('union'), tie('refined')),
  object: fc
    .dictionary(fc.constantFrom('a', 'b', 'c'), tie('tree'), { maxKeys: 3, noNullPrototype: true })
    .map((members) => ({ model: z.object(mapValues(members, ({ model }) => model)), body: mapValues(members, ({ body }) => body) })),
  list: tie('tree').map(({ model, body }) => ({ model: z.array(model), body: [body] })),
  record: tie('tree').map(({ model, body }) => ({ model: z.record(z.string(), model), body: { a: body } })),
  union: fc.tuple(fc.array(tie('tree'), { minLength: 2, maxLength: 4 }), fc.nat()).map(([options, at]) => ({
    model: z.union(options.map(({ model }) => model) as [z.ZodType, z.ZodType]),
    body: options[at % options.length]!.body,
  })),
  refined: tie('tree').map(({ model, body }) => ({ model: model.refine(() => true), body })),
}))

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}

test('a body that one option was made for is read, and no name of it is lost (fuzz)', () => {
  fc.assert(
    fc.property(tree, ({ model, body }) => {
      const { issues, value } = read(model, body)
      assert.equal(issues, undefined)
      assert.deepEqual(namesOf(value), namesOf(body))
    }),
    { numRuns: 500 },
  )
})
