/** A union loses no declared field, at any depth and in any order of its options. Also tests intersections with unions. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { z } from 'zod'
import { compileEncoder } from '../../../src/schema/encode.ts'
import { encodeEveryWay } from './every-way.ts'
import { fc } from '../../support/fuzz.ts'

const A = z.object({ id: z.int() })
const B = z.object({ id: z.int(), name: z.string() })
const short = { id: 1, secret: 's' }
const long = { id: 1, name: 'n', secret: 's' }

type Wrap = readonly [wrapModel: (model: z.ZodType) => z.ZodType, wrapValue: (value: unknown) => unknown]

/** The models that may be between a union and the fields that distinguish its options. */
const wraps: Readonly<Record<string, Wrap>> = {
  nothing: [(model) => model, (value) => value],
  'an object': [(model) => z.object({ a: model }), (value) => ({ a: value })],
  'an object with another field': [(model) => z.object({ k: z.literal('k'), a: model }), (value) => ({ k: 'k', a: value })],
  'a list': [(model) => z.array(model), (value) => [value]],
  'a list in an object': [(model) => z.object({ l: z.array(model) }), (value) => ({ l: [value, value] })],
  'a record': [(model) => z.record(z.string(), model), (value) => ({ k: value })],
  'a map': [(model) => z.map(z.string(), model), (value) => new Map([['k', value]])],
  'a map with other keys': [(model) => z.map(z.int(), model), (value) => new Map([[1, value]])],
  'a set': [(model) => z.set(model), (value) => new Set([value])],
  'a tuple': [(model) => z.tuple([z.int(), model]), (value) => [1, value]],
  'the rest of a tuple': [(model) => z.tuple([z.int()], model), (value) => [1, value, value]],
  optional: [(model) => z.object({ a: model.optional() }), (value) => ({ a: value })],
  nullable: [(model) => model.nullable(), (value) => value],
  'a default': [(model) => z.object({ a: model.default(null as never) }), (value) => ({ a: value })],
  lazy: [(model) => z.lazy(() => model), (value) => value],
  'a refinement': [(model) => model.refine(() => true), (value) => value],
  'an intersection': [(model) => z.object({ x: z.int() }).and(z.object({ a: model })), (value) => ({ x: 1, a: value })],
  'a catchall': [(model) => z.object({}).catchall(model), (value) => ({ other: value })],
}

const wrap = fc.constantFrom(...Object.keys(wraps))

describe('a union keeps every declared field inside', () => {
  for (const [name, [wrapModel, wrapValue]] of Object.entries(wraps)) {
    test(name, () => {
      for (const options of [
        [A, B],
        [B, A],
      ]) {
        const Union = z.union(options.map(wrapModel) as [z.ZodType, z.ZodType])
        assert.equal(encodeEveryWay(Union, wrapValue(long)), encodeEveryWay(wrapModel(B), wrapValue(long)))
        assert.equal(encodeEveryWay(Union, wrapValue(short)), encodeEveryWay(wrapModel(A), wrapValue(short)))
      }
    })
  }

  test('any three of them, nested', () => {
    fc.assert(
      fc.property(fc.tuple(wrap, wrap, wrap), fc.boolean(), (names, isReversed) => {
        const all = names.map((name) => wraps[name]!)
        const through = (model: z.ZodType) => all.reduce<z.ZodType>((inner, [wrapModel]) => wrapModel(inner), model)
        const value = all.reduce<unknown>((inner, [, wrapValue]) => wrapValue(inner), long)
        const options: readonly [z.ZodType, z.ZodType] = isReversed ? [through(B), through(A)] : [through(A), through(B)]
        const text = encodeEveryWay(z.union(options), value)
        assert.match(String(text), /"name":"n"/)
        assert.doesNotMatch(String(text), /secret/)
      }),
    )
  })
})

describe('a union inside an option does not hide another option that keeps more', () => {
  const when = new Date(0)
  const refusing: Readonly<Record<string, readonly [model: z.ZodType, roomy: z.ZodType, value: unknown]>> = {
    'a length': [z.string().min(2), z.string(), 'x'],
    'a format in a list': [z.array(z.email()), z.array(z.string()), ['x']],
    'another type': [z.string(), z.int(), 1],
    'a fraction': [z.int(), z.number(), 1.5],
    'a latest date': [z.date().max(new Date(-1)), z.date(), when],
    'a greatest bigint': [z.bigint().max(3n), z.bigint(), 7n],
    'the size of a list': [z.array(z.int()).min(2), z.array(z.int()), [1]],
    'a name that is missing': [z.object({ k: z.int(), l: z.int() }), z.object({ k: z.int() }), { k: 1 }],
    'a name that is not declared': [z.strictObject({ k: z.int() }), z.object({ k: z.int() }), { k: 1, l: 2 }],
    'a value of a record': [z.record(z.string(), z.int()), z.object({ k: z.string() }), { k: 'x' }],
    'a key of a map': [z.map(z.int(), z.int()), z.map(z.string(), z.int()), new Map([['k', 1]])],
    'an item of a tuple': [z.tuple([z.int(), z.int()]), z.array(z.string()), ['x', 'y']],
    'both sides of an intersection': [z.object({ k: z.int() }).and(z.object({ l: z.int() })), z.object({ k: z.int() }), { k: 1 }],
  }
  for (const [name, [model, roomy, value]] of Object.entries(refusing)) {
    test(name, () => {
      const inner = z.union([z.object({ a: model }), z.object({})])
      const whole = z.object({ a: roomy })
      const expected = encodeEveryWay(whole, { a: value })
      assert.notEqual(expected, undefined)
      for (const options of [
        [inner, whole],
        [whole, inner],
      ]) {
        const through = z.union(options.map((option): z.ZodType => z.object({ v: option })) as [z.ZodType, z.ZodType])
        assert.equal(encodeEveryWay(through, { v: { a: value } }), `{"v":${expected}}`)
      }
    })
  }
})

describe('an option that the encoder would refuse is not chosen', () => {
  const Rich = z.object({ a: z.int(), b: z.int(), c: z.int() })
  const Medium = z.object({ a: z.int(), b: z.int() })
  const Poor = z.object({ a: z.int() })
  const item = { a: 1, b: 2, c: 3 }
  const CASES: Readonly<Record<string, readonly [refused: z.ZodType, poor: z.ZodType, medium: z.ZodType, value: unknown]>> = {
    'a tuple that is too short': [z.tuple([Rich, z.string()]), z.array(Poor), z.array(Medium), [item]],
    'a key that is no number': [z.record(z.number(), Rich), z.record(z.string(), Poor), z.record(z.string(), Medium), { '0x10': item }],
    'bytes of another kind': [Rich.extend({ d: z.instanceof(Uint8Array) }), Poor, Medium, { ...item, d: new Float32Array(1) }],
  }
  for (const [name, [refused, poor, medium, value]] of Object.entries(CASES)) {
    test(name, () => {
      const nested = z.union([z.object({ v: z.union([refused, poor]) }), z.object({ v: medium })])
      assert.equal(encodeEveryWay(nested, { v: value }), encodeEveryWay(z.object({ v: medium }), { v: value }))
    })
  }
})

test('of two options with the same tag, the one that keeps more is chosen', () => {
  const Pet = z.union([
    z.object({ k: z.literal('a'), in: A }),
    z.object({ k: z.literal('a'), in: B }),
    z.object({ k: z.literal('b'), in: B, more: z.int() }),
  ])
  assert.equal(encodeEveryWay(Pet, { k: 'a', in: long, more: 1 }), '{"k":"a","in":{"id":1,"name":"n"}}')
})

test('the same option is chosen for a row whose properties are not its own', () => {
  const model = z.union([
    z.object({ row: A }),
    z.object({ row: z.union([z.object({ id: z.int(), tag: z.string() }), z.object({ id: z.int(), name: z.string() })]) }),
  ])
  const lazy = new Proxy({}, { get: (_, name) => Reflect.get(long, name) as unknown, has: (_, name) => name in long })
  for (const row of [long, Object.create(long), lazy]) assert.equal(encodeEveryWay(model, { row }), '{"row":{"id":1,"name":"n"}}')
})

test('recursive options are compared at every depth', () => {
  const Plain = z.object({
    id: z.int(),
    get kids() {
      return z.array(Plain)
    },
  })
  const Named = z.object({
    id: z.int(),
    name: z.string().optional(),
    get kids() {
      return z.array(Named)
    },
  })
  const value = { id: 1, kids: [{ id: 2, kids: [{ id: 3, name: 'leaf', kids: [] }] }] }
  for (const options of [[Plain, Named] as const, [Named, Plain] as const]) {
    assert.equal(encodeEveryWay(z.union(options), value), JSON.stringify(value))
  }
})

test('a union of a record and an object keeps keys that only the record accepts', () => {
  const Either = z.union([z.object({ a: z.int() }), z.record(z.string(), z.int())])
  assert.equal(encodeEveryWay(Either, { a: 1, b: 2 }), '{"a":1,"b":2}')
  assert.equal(encodeEveryWay(Either, { a: 1 }), '{"a":1}')
})

describe('a tag is found inside', () => {
  const cases: readonly [name: string, tag: (constant: string) => z.ZodType][] = [
    ['nothing', (constant) => z.literal(constant)],
    ['a refinement', (constant) => z.literal(constant).refine(() => true)],
    ['nullable', (constant) => z.literal(constant).nullable()],
    ['lazy', (constant) => z.lazy(() => z.literal(constant))],
    ['a codec', (constant) => z.codec(z.string(), z.literal(constant), { decode: () => constant, encode: String })],
  ]
  for (const [name, tag] of cases) {
    test(name, () => {
      const Pet = z.union([z.object({ k: tag('a'), x: z.int() }), z.object({ k: tag('b'), x: z.int(), y: z.int().optional() })])
      assert.equal(encodeEveryWay(Pet, { k: 'a', x: 1, y: 2 }), '{"k":"a","x":1}')
      assert.equal(encodeEveryWay(Pet, { k: 'b', x: 1, y: 2 }), '{"k":"b","x":1,"y":2}')
      assert.equal(encodeEveryWay(Pet, { k: 'c', x: 1, y: 2 }), undefined)
    })
  }
  test('a default', () => {
    const Pet = z.union([z.object({ k: z.literal('b'), y: z.int() }), z.object({ k: z.literal('a').default('a'), y: z.int() })])
    assert.equal(encodeEveryWay(Pet, { y: 1 }), '{"k":"a","y":1}')
    assert.equal(encodeEveryWay(Pet, { k: 'b', y: 1 }), '{"k":"b","y":1}')
  })
})

describe('a strict object in an intersection', () => {
  const strictA = z.strictObject({ a: z.int() })
  const strictB = z.strictObject({ b: z.int() })
  const cases: readonly [name: string, model: z.ZodType, value: unknown][] = [
    ['with a strict one', strictA.and(strictB), { a: 1, b: 2 }],
    ['with two of them', strictA.and(strictB).and(z.strictObject({ c: z.int() })), { a: 1, b: 2, c: 3 }],
    ['with one that shares a key', strictA.extend({ k: z.string() }).and(strictB.extend({ k: z.string() })), { a: 1, k: 'k', b: 2 }],
    ['with a union', strictA.and(z.union([strictB, z.strictObject({ c: z.int() })])), { a: 1, c: 2 }],
    ['with a record', strictA.and(z.record(z.string(), z.int())), { a: 1, x: 2 }],
    [
      'with a tagged union',
      z
        .strictObject({ id: z.int() })
        .and(z.discriminatedUnion('k', [z.strictObject({ k: z.literal('x'), x: z.int() }), z.strictObject({ k: z.literal('y') })])),
      { id: 1, k: 'x', x: 2 },
    ],
    ['with a lazy one', z.lazy(() => strictA).and(z.lazy(() => strictB)), { a: 1, b: 2 }],
    ['inside another object', z.object({ in: strictA.and(strictB) }), { in: { a: 1, b: 2 } }],
    ['with a record, and an optional field', z.strictObject({ a: z.int().optional() }).and(z.record(z.string(), z.int())), { x: 2 }],
  ]
  for (const [name, model, value] of cases) {
    test(name, () => {
      assert.equal(encodeEveryWay(model, value), JSON.stringify(value))
      assert.deepEqual(model.parse(value), value)
    })
  }
  test('refuses a key that neither side declares', () => {
    assert.equal(encodeEveryWay(strictA.and(strictB), { a: 1, b: 2, c: 3 }), undefined)
  })
  test('refuses a value that a check of one side refuses', () => {
    const checked = strictA.refine(({ a }) => a > 0).and(strictB.refine(() => true))
    assert.equal(encodeEveryWay(checked, { a: 1, b: 2 }), '{"a":1,"b":2}')
    assert.equal(encodeEveryWay(checked, { a: 0, b: 2 }), undefined)
    assert.equal(encodeEveryWay(checked, { a: 1, b: 2, c: 3 }), undefined)
  })
  test('an intersection of a recursive model stays finite', () => {
    const Left = z.object({
      a: z.int(),
      get next() {
        return Left.optional()
      },
    })
    const Right = z.object({
      b: z.int(),
      get next() {
        return Right.optional()
      },
    })
    const value = { a: 1, next: { a: 2, next: { a: 3, b: 3 }, b: 2 }, b: 1 }
    assert.equal(encodeEveryWay(Left.and(Right), { ...value, secret: 1 }), '{"a":1,"next":{"a":2,"next":{"a":3,"b":3},"b":2},"b":1}')
  })
})

describe('a default that its model refuses is a breach', () => {
  const cases: readonly [name: string, model: z.ZodType, isKept: boolean][] = [
    ['a URL', z.object({ l: z.url().default('nope') }), false],
    [
      'a refinement',
      z.object({
        l: z
          .string()
          .refine((text) => text.startsWith('x'))
          .default('nope'),
      }),
      false,
    ],
    [
      'a refined list',
      z.object({
        l: z
          .array(z.int())
          .refine((list) => list.length > 0)
          .default([]),
      }),
      false,
    ],
    [
      'a refined object around a transform',
      z.object({
        l: z
          .object({ n: z.string().transform(Number) })
          .refine(() => false)
          .default({ n: 1 }),
      }),
      false,
    ],
    ['a type', z.object({ l: z.int().default('x' as never) }), false],
    [
      'a refinement that it passes',
      z.object({
        l: z
          .string()
          .refine((text) => text.startsWith('x'))
          .default('x'),
      }),
      true,
    ],
    ['a URL that it is', z.object({ l: z.url().default('http://x/') }), true],
    ['a transform that it went through', z.object({ l: z.string().transform(Number).default(5) }), true],
  ]
  for (const [name, model, isKept] of cases) {
    test(`${name}: ${isKept ? 'kept' : 'refused'}`, () => assert.equal(encodeEveryWay(model, {}) !== undefined, isKept))
  }
})

test('a record of constants with optional values is an object of optional properties', () => {
  assert.equal(encodeEveryWay(z.record(z.enum(['a', 'b']), z.string().optional()), { a: 'x' }), '{"a":"x"}')
})

const branch = (...kids: unknown[]) => ({ kind: 'branch', kids })

describe('a tagged union with an option that contains the union', () => {
  const Leaf = z.object({ kind: z.literal('leaf'), n: z.int() })
  const Branch = z.object({
    kind: z.literal('branch'),
    get kids(): z.ZodArray<z.ZodType> {
      return z.array(z.discriminatedUnion('kind', [Leaf, Branch]))
    },
  })

  test('is encoded at each level', () => {
    const value = branch({ kind: 'leaf', n: 1, secret: 's' }, branch(branch()))
    const text = '{"kind":"branch","kids":[{"kind":"leaf","n":1},{"kind":"branch","kids":[{"kind":"branch","kids":[]}]}]}'
    assert.equal(encodeEveryWay(Branch, value), text)
  })

  test('names the place of a breach', () => {
    assert.throws(() => compileEncoder(Branch).encode(branch(branch({ kind: 'leaf', n: 'x' }))), {
      message: 'kids[0].kids[0].n: expected integer, got string',
    })
  })

  test('refuses a cycle', () => {
    const cycle: { kids: unknown[] } = branch()
    cycle.kids.push(cycle)
    assert.throws(() => compileEncoder(Branch).encode(cycle), /expected at most 1024 levels/)
  })
})
