/** Values that change while they are read, or contain more than their model declares. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { MAX_DEPTH } from '../../../src/schema/json-text.ts'
import { ModelError } from '../../../src/schema/model-error.ts'
import { compileEncoder, type Encoder } from '../../../src/schema/encode.ts'
import { lower } from '../../../src/schema/encode/plan/lower.ts'
import { SlabEncoder } from '../../../src/schema/encode/slab/encoder.ts'
import { getSlab } from '../../../src/schema/encode/slab/memory.ts'
import { readModel } from '../../../src/schema/read-model.ts'
import { encodeEveryWay, everyWay, WAYS } from './every-way.ts'

const User = z.object({ id: z.int(), name: z.string() })

/** An encoder that has encoded enough responses to use the slab. */
function inUse(schema: z.ZodType): Encoder {
  const encoder = compileEncoder(schema)
  const empty = schema instanceof z.ZodArray ? [] : { id: 1, name: '' }
  for (let i = 0; i < 20; i++) encoder.encode(empty)
  return encoder
}

test('getters of a class are read, but not its other members', () => {
  class Entity {
    token = 'SECRET'
    readonly #id = 11
    get id() {
      return this.#id
    }
    get name() {
      return 'getter'
    }
    toJSON() {
      return { leaked: this.token }
    }
  }
  assert.equal(encodeEveryWay(User, new Entity()), '{"id":11,"name":"getter"}')
})

test('only declared properties are read, each one once and in the order of declaration', () => {
  for (const way of WAYS) {
    const reads: PropertyKey[] = []
    const value = new Proxy(
      { id: 1, name: 'x', secret: 's' },
      {
        get(target, key, receiver) {
          reads.push(key)
          return Reflect.get(target, key, receiver) as unknown
        },
      },
    )
    assert.equal(everyWay(User)[way](value), '{"id":1,"name":"x"}')
    assert.deepEqual(reads, ['id', 'name'], way)
  }
})

test('a tag is read only once', () => {
  const Pet = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('cat'), meow: z.int() }),
    z.object({ kind: z.literal('dog'), bark: z.int() }),
  ])
  for (const way of WAYS) {
    let reads = 0
    const value = {
      get kind() {
        return reads++ === 0 ? 'cat' : 'dog'
      },
      meow: 1,
      bark: 2,
    }
    assert.equal(everyWay(Pet)[way](value), '{"kind":"cat","meow":1}')
    assert.equal(reads, 1, way)
  }
})

test('a toJSON on a list or an entity is ignored', () => {
  const list = Object.assign([{ id: 1, name: 'x', toJSON: () => 'leak' }], { toJSON: () => 'leak' })
  assert.equal(encodeEveryWay(z.array(User), list), '[{"id":1,"name":"x"}]')
})

test('a getter that throws is not a breach', () => {
  class Refused extends Error {}
  const value = {
    id: 1,
    get name(): string {
      throw new Refused('lazy loading failed')
    },
  }
  const { encode, filter } = inUse(User)
  assert.throws(() => encode(value), Refused)
  assert.throws(() => filter(value), Refused)
  assert.equal(compileEncoder(User).encode({ id: 1, name: 'x' }), '{"id":1,"name":"x"}', 'the slab is free again')
})

test('the second value of a getter is used if the first one breaks the model', () => {
  let reads = 0
  const value = {
    id: 1,
    get name() {
      return reads++ === 0 ? undefined : 'late'
    },
  }
  assert.equal(compileEncoder(User).encode(value), '{"id":1,"name":"late"}')
})

function inner(id: number) {
  return [{ id, name: 'inner "quoted"' }]
}

test('a getter may encode another response', () => {
  const { encode } = inUse(z.array(User))
  const value = [1, 2, 3].map((id) => ({
    id,
    get name() {
      return String(encode(inner(id)))
    },
  }))
  assert.deepEqual(
    JSON.parse(encode(value) as string),
    [1, 2, 3].map((id) => ({ id, name: JSON.stringify(inner(id)) })),
  )
})

test('a list that grows or shrinks while it is read', () => {
  const growing: unknown[] = [
    {
      id: 1,
      get name() {
        growing.push({ id: 9, name: 'late' })
        return 'a'
      },
    },
  ]
  const texts = WAYS.map((way) => everyWay(z.array(User))[way](growing.slice(0, 1)))
  assert.deepEqual(new Set(texts), new Set(['[{"id":1,"name":"a"}]']))
  for (const way of WAYS) {
    const shrinking: unknown[] = [
      {
        id: 1,
        get name() {
          shrinking.length = 1
          return 'a'
        },
      },
      { id: 2, name: 'gone' },
    ]
    assert.equal(everyWay(z.array(User))[way](shrinking), undefined, way)
  }
})

const Tree = z.object({
  name: z.string(),
  get kids() {
    return z.array(Tree).optional()
  },
})

test('a cycle is a breach of every kind of model', () => {
  const cyclic: { name: string; kids?: unknown[] } = { name: 'x' }
  cyclic.kids = [cyclic, cyclic]
  const { encode, encodeText, filter } = compileEncoder(Tree)
  for (const run of [encode, encodeText, filter])
    assert.throws(() => run(cyclic), /expected at most 1024 levels, got a deeper value or a cycle/)
  const Either: z.ZodType = z.union([
    z.object({ name: z.string(), kids: z.lazy(() => z.array(Either)), extra: z.string().optional() }),
    z.object({ name: z.string(), kids: z.lazy(() => z.array(Either)), other: z.string().optional() }),
  ])
  assert.throws(() => compileEncoder(Either).encode(cyclic), ModelError, 'without walking it once for each way through')
})

test('a value as deep as a request may send is encoded, also inside another model', () => {
  let tree: { name: string; kids?: unknown[] } = { name: 'leaf' }
  for (let level = 2; level + 2 <= MAX_DEPTH; level += 2) tree = { name: 'x', kids: [tree] }
  const Nested: z.ZodType = z.lazy(() => z.array(Nested))
  let list: unknown[] = []
  for (let level = 1; level < MAX_DEPTH; level++) list = [list]
  let scalars: unknown = 1
  for (let level = 0; level < MAX_DEPTH; level++) scalars = [scalars]
  // Each level goes through two models that contain themselves.
  const Pair: z.ZodType = z.lazy(() => z.object({ next: Either.optional() }))
  const Either: z.ZodType = z.lazy(() => z.union([z.lazy(() => Pair), z.int()]))
  let pairs: unknown = { next: 1 }
  for (let level = 1; level < MAX_DEPTH; level++) pairs = { next: pairs }
  for (const [model, value] of [
    [Tree, tree] as const,
    [Nested, list] as const,
    [z.json(), list] as const,
    [z.json(), scalars] as const,
    [Pair, pairs] as const,
    [z.any(), list] as const,
  ]) {
    assert.equal(encodeEveryWay(model, value), JSON.stringify(value))
    assert.equal(encodeEveryWay(z.object({ items: z.array(model) }), { items: [value] }), JSON.stringify({ items: [value] }))
  }
})

const Anything = compileEncoder(z.object({ list: z.array(z.object({ data: z.any() })) }))
const anything = (data: unknown) => Anything.encode({ list: [{ data: 1 }, { data }] })
const noJSON = /^ModelError: list\[1\]\.data.*: expected value that JSON can represent/

test('a cycle or a bigint in a value of any is a breach with its path', () => {
  const cyclic: { self?: unknown } = {}
  cyclic.self = cyclic
  for (const data of [cyclic, { n: 1n }]) assert.throws(() => anything(data), noJSON)
})

function nested(levels: number): unknown {
  let value: unknown = 1
  for (let i = 0; i < levels; i++) value = [value]
  return value
}

test('a value in an any model that is nested deeper than 1024 levels is a breach, on every engine', () => {
  assert.equal(Buffer.from(anything(nested(1024))).toString(), JSON.stringify({ list: [{ data: 1 }, { data: nested(1024) }] }))
  for (const levels of [1026, 100_000]) assert.throws(() => anything(nested(levels)), noJSON)
})

test('a string of several megabytes', () => {
  const name = 'ü"'.repeat(1_500_000)
  const { encode, encodeText } = inUse(User)
  const expected = JSON.stringify({ id: 1, name })
  assert.equal(Buffer.from(encode({ id: 1, name }) as Uint8Array).toString(), expected)
  assert.equal(encodeText({ id: 1, name }), expected)
})

test('more rows than fit into the slab', () => {
  const many = Array.from({ length: 60_000 }, (_, id) => ({ id, name: `${id}`.padEnd(80, 'x') }))
  const { encode } = inUse(z.array(User))
  assert.equal(Buffer.from(encode(many) as Uint8Array).toString(), JSON.stringify(many))
})

function rows(name: string) {
  return Array.from({ length: 500 }, (_, id) => ({ id, name }))
}

test('the next response does not overwrite the previous one', () => {
  const { encode } = inUse(z.array(User))
  const first = encode(rows('first')) as Uint8Array
  encode(rows('other'))
  assert.equal(Buffer.from(first).toString(), JSON.stringify(rows('first')))
})

test('strings with escapes after strings without, and the reverse', () => {
  const slab = SlabEncoder.of(lower(readModel(User)), getSlab()!)!
  for (let i = 0; i < 100; i++) {
    const value = { id: i, name: i % 23 === 0 ? 'a "quoted\n" \ud800 ü' : 'plain' }
    const output = slab.encode(value)
    assert.equal(typeof output === 'object' ? Buffer.from(output).toString() : output, JSON.stringify(value))
  }
})

test('a promise from an island is a breach', () => {
  const Late = z.object({ a: z.string().refine(async () => Promise.resolve(true)) })
  assert.throws(() => compileEncoder(Late).encode({ a: 'x' }), /a: expected synchronous result, got a Promise/)
})

test('an expression with the flag g or y starts each test at the beginning', () => {
  const { encode } = compileEncoder(z.object({ a: z.string().regex(/x/g), b: z.string().regex(/y/y) }))
  for (let i = 0; i < 5; i++) assert.equal(encode({ a: 'x', b: 'y' }), '{"a":"x","b":"y"}')
})
