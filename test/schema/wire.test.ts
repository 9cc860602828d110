import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type } from 'arktype'
import { z } from 'zod'
import type { InputResult } from '../../src/schema/issue.ts'
import type { AnySchema } from '../../src/schema/schema.ts'
import { compileWireReader } from '../../src/schema/wire.ts'

const read = (schema: AnySchema, json: unknown) => compileWireReader(schema).read(json) as InputResult
const codesOf = (schema: AnySchema, json: unknown) => read(schema, json).issues?.map(({ path, code }) => `${path.join('.')}: ${code}`)

test('a map with checks of its own is read as a map without them', () => {
  const sizes: readonly [model: AnySchema, codes: readonly string[] | undefined][] = [
    [z.map(z.string(), z.date()).min(1), undefined],
    [z.map(z.string(), z.date()).refine(({ size }) => size === 1), undefined],
    [z.map(z.string(), z.date()).refine(({ size }) => size === 2), [': value_error']],
  ]
  for (const [model, codes] of sizes) assert.deepEqual(codesOf(model, { x: '2024-01-02T03:04:05.000Z' }), codes)
})

test('a reader reads each value as it read the first one, also beside checks', () => {
  const at = '2024-01-02T03:04:05.000Z'
  const date = new Date(at)
  const Inherited = z.object({ constructor: z.string().optional() })
  const models: readonly [model: z.ZodType, json: unknown, value: unknown][] = [
    [z.map(z.string(), z.date()), { x: at }, new Map([['x', date]])],
    [z.set(z.date()), [at], new Set([date])],
    [z.array(z.date()), [at], [date]],
    [z.tuple([z.date()]), [at], [date]],
    [z.record(z.string(), z.date()), { x: at }, { x: date }],
    [z.object({ x: z.date() }), { x: at }, { x: date }],
    [Inherited, {}, {}],
    [z.union([z.date(), z.string()]), at, date],
    [z.lazy(() => z.map(z.string(), z.date()).refine(() => true)), { x: at }, new Map([['x', date]])],
  ]
  for (const [model, json, value] of models) {
    for (const one of [
      model,
      model.refine(() => true),
      model.optional().refine(() => true),
      model.refine(() => true).default(null as never),
    ]) {
      const reader = compileWireReader(one)
      for (let count = 1; count <= 3; count += 1)
        assert.deepEqual({ ...(reader.read(structuredClone(json)) as InputResult) }, { value }, `${model.def.type}, value ${count}`)
    }
  }
})

test('long integers beside an int64 are numbers where no bigint is declared', () => {
  const Model = z.object({ id: z.int64(), meta: z.unknown(), any: z.any(), n: z.number() })
  const long = 9007199254740993n
  const reader = compileWireReader(Model)
  assert.ok(reader.needsExactIntegers)
  for (let count = 1; count <= 2; count += 1) {
    const { value } = reader.read({ id: long, meta: { list: [long] }, any: long, n: long }) as InputResult
    assert.deepEqual(value, { id: long, meta: { list: [Number(long)] }, any: Number(long), n: Number(long) })
  }
})

test('a step of a path that JSON has no number for is text', () => {
  const Model = z.string().refine(() => false, { path: [Number.NaN, Number.POSITIVE_INFINITY, 1.5, 3] })
  assert.deepEqual(codesOf(Model, 'x'), ['NaN.Infinity.1.5.3: value_error'])
})

test('a list keeps few of its issues, also the second one that is read', () => {
  for (const model of [z.array(z.int()), z.array(z.int()).min(1)]) {
    const reader = compileWireReader(model)
    for (let count = 1; count <= 3; count += 1) {
      const result = reader.read(Array.from({ length: 5_000 }, () => 'x')) as InputResult
      assert.ok(result.issues !== undefined)
      assert.deepEqual([result.issues.length, result.omitted], [1_000, 4_000])
    }
  }
})

test('what JSON has no type for is read from what it has', () => {
  const Model = z.object({
    at: z.date(),
    big: z.int64(),
    link: z.instanceof(URL),
    key: z.instanceof(Uint8Array),
    tags: z.set(z.string()),
    by: z.map(z.string(), z.date()),
    pairs: z.map(z.int(), z.string()),
    list: z.array(z.date()),
    maybe: z.date().nullable(),
  })
  const at = '2024-01-02T03:04:05.000Z'
  const json = {
    at,
    big: 9007199254740993n,
    link: 'http://a.example/',
    key: 'AQI=',
    tags: ['a', 'a'],
    by: { x: at },
    pairs: [[1, 'one']],
    list: [at],
    maybe: null,
  }
  assert.deepEqual(read(Model, json), {
    value: {
      at: new Date(at),
      big: 9007199254740993n,
      link: new URL('http://a.example/'),
      key: Uint8Array.of(1, 2),
      tags: new Set(['a']),
      by: new Map([['x', new Date(at)]]),
      pairs: new Map([[1, 'one']]),
      list: [new Date(at)],
      maybe: null,
    },
  })
  assert.equal(compileWireReader(Model).needsExactIntegers, true)
})

test('all that is wrong is collected, each at its place and once', () => {
  const Model = z.object({ at: z.date(), n: z.int(), sub: z.object({ at: z.date() }), list: z.array(z.date()) })
  assert.deepEqual(codesOf(Model, { at: 'x', n: 'SECRET', sub: {}, list: ['2024-01-01', 'y'] })?.sort(), [
    'at: datetime_parsing',
    'list.1: datetime_parsing',
    'n: number_type',
    'sub.at: missing',
  ])
  assert.deepEqual(codesOf(Model, null), [': dict_type'])
})

test('undeclared keys of a strict model are refused without being named', () => {
  const result = read(z.strictObject({ a: z.int() }), { a: 1, SECRET: 2 })
  assert.deepEqual(
    result.issues?.map(({ code }) => code),
    ['extra_forbidden'],
  )
  assert.ok(!JSON.stringify(result.issues?.map(({ path, message }) => [path, message])).includes('SECRET'))
})

test('a union goes by its tag, or by the names it requires', () => {
  const Tagged = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('a'), at: z.date() }),
    z.object({ kind: z.literal('b'), big: z.int64() }),
  ])
  assert.deepEqual(read(Tagged, { kind: 'b', big: 1 }), { value: { kind: 'b', big: 1n } })
  const Untagged = z.union([z.object({ from: z.date() }), z.object({ to: z.date() })])
  assert.deepEqual(read(Untagged, { to: '2024-01-01' }), { value: { to: new Date('2024-01-01') } })
  assert.deepEqual(read(z.union([z.date(), z.int()]), 5), { value: 5 })
})

test('a recursive model is read to its depth', () => {
  interface Tree {
    at: Date
    kids: Tree[]
  }
  const Tree: z.ZodType<Tree> = z.object({
    at: z.date(),
    get kids() {
      return z.array(Tree)
    },
  })
  const leaf = { at: '2024-01-01', kids: [] }
  assert.deepEqual(read(Tree, { ...leaf, kids: [leaf] }), {
    value: { at: new Date('2024-01-01'), kids: [{ at: new Date('2024-01-01'), kids: [] }] },
  })
})

test('a schema of another library checks for itself', () => {
  assert.deepEqual(read(type({ a: 'number' }), { a: 1 }), { value: { a: 1 } })
  assert.deepEqual(codesOf(type({ a: 'number' }), {}), ['a: missing'])
})

test('__proto__ in a body is a name like any other and pollutes nothing', () => {
  const json: unknown = JSON.parse('{"at":"2024-01-01","__proto__":{"polluted":true}}')
  const { value } = read(z.object({ at: z.date() }), json)
  assert.equal((value as { polluted?: boolean }).polluted, undefined)
  assert.equal(({} as { polluted?: boolean }).polluted, undefined)
})
