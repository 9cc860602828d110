/** Defaults belong to one request: whatever a handler changes in its input, the next one does not see. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { freshly } from '../../src/schema/fresh-value.ts'
import type { InputResult } from '../../src/schema/issue.ts'
import { compileTextObjectReader } from '../../src/schema/text-objects.ts'
import { compileWireReader } from '../../src/schema/wire.ts'
import { fc } from '../support/fuzz.ts'

class Box {
  n = 0
  readonly inner = { list: [1] }
}

/** Objects of the platform that keep their state in slots of their own: each a value, a change, and what of it is seen. */
const PLATFORM: Readonly<Record<string, readonly [make: () => object, change: (value: never) => unknown, see: (value: never) => unknown]>> =
  {
    Headers: [() => new Headers({ a: '1' }), (value: Headers) => value.set('b', '2'), (value: Headers) => [...value]],
    URLSearchParams: [() => new URLSearchParams('a=1'), (value: URLSearchParams) => value.append('b', '2'), String],
    FormData: [
      () => {
        const form = new FormData()
        form.append('a', '1')
        return form
      },
      (value: FormData) => value.append('b', '2'),
      (value: FormData) => [...value.entries()],
    ],
    RegExp: [
      () => /a/g,
      (value: RegExp) => value.test('aa'),
      (value: RegExp) => [value.source, value.flags, value.lastIndex, value.test('a')],
    ],
  }

/** The value itself, or the one inside of an object. */
function partOf(one: unknown): never {
  return 'inside' in (one as object) ? (one as { inside: [never] }).inside[0] : (one as never)
}

for (const [name, [make, change, see]] of Object.entries(PLATFORM))
  test(`a default that is a ${name} works, and no change of it reaches the next request`, () => {
    for (const value of [make(), { inside: [make()] }]) {
      const next = freshly(() => value)
      const seen = see(partOf(next()))
      change(partOf(next()))
      assert.deepEqual(see(partOf(next())), seen)
      assert.deepEqual(seen, see(make() as never))
    }
  })

/** Changes everything that can be reached. */
function spoil(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (value instanceof Date) value.setTime(value.getTime() + 1)
  else if (value instanceof URL) value.searchParams.append('spoiled', '1')
  else if (value instanceof Uint8Array) value.fill(255)
  else if (value instanceof Map) {
    for (const one of value.values()) spoil(one)
    value.set('spoiled', 1)
  } else if (value instanceof Set) {
    for (const one of value) spoil(one)
    value.add('spoiled')
  } else {
    for (const one of Object.values(value)) spoil(one)
    if (Array.isArray(value)) value.push('spoiled')
    else Object.assign(value, { spoiled: 1 })
  }
}

const leaf = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.constant(null),
  fc.date({ noInvalidDate: true }),
  fc.uint8Array({ minLength: 1, maxLength: 3 }),
  fc.constant(null).map(() => new URL('http://a.example/')),
  fc.constant(null).map(() => new Box()),
)
const { value: anyDefault } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 2 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 2 }).map((items) => new Set(items)),
  ),
}))

test('no change of an input reaches the next: default, prefault and catch, in JSON and in texts (fuzz)', () => {
  fc.assert(
    fc.property(anyDefault, (value) => {
      const Default = z.object({ f: z.any().default(value) })
      const Prefault = z.object({ f: z.custom((one) => one !== undefined).prefault(value) })
      const Catch = z.object({ f: z.custom(() => false).catch(value) })
      for (const model of [Default, Prefault, Catch]) {
        for (const read of [() => compileWireReader(model).read({}), () => compileTextObjectReader(model)(new Map())]) {
          const first = (read() as InputResult).value
          const before = structuredClone(JSON.parse(JSON.stringify(toPlain(first))))
          spoil(first)
          assert.deepEqual(JSON.parse(JSON.stringify(toPlain((read() as InputResult).value))), before)
        }
      }
    }),
    { numRuns: 200 },
  )
})

/** A form that JSON keeps. */
function toPlain(value: unknown): unknown {
  if (value instanceof Map) return ['map', ...[...value].map(([key, one]) => [key, toPlain(one)])]
  if (value instanceof Set) return ['set', ...[...value].map(toPlain)]
  if (value instanceof Uint8Array) return [...value]
  if (Array.isArray(value)) return value.map(toPlain)
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof URL) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlain(one)]))
}

interface Cycle {
  self?: unknown
  list: unknown[]
  map: Map<string, unknown>
  set: Set<unknown>
}

function cycle(): Cycle {
  const value: Cycle = { list: [], map: new Map(), set: new Set() }
  value.self = value
  value.list.push(value, value.list)
  value.map.set('self', value)
  value.set.add(value)
  return value
}

test('a default that contains itself is copied, and no change of it reaches the next request', () => {
  const constant = cycle()
  const made = { part: cycle() }
  for (const model of [
    z.any().default(constant),
    z.any().default(() => cycle()),
    z.any().default(() => ({ ...made })),
    z.custom(() => false).catch(constant),
  ]) {
    const { read } = compileWireReader(z.object({ f: model }))
    const get = () => {
      const { f } = (read({}) as { value: { f: { part?: Cycle } & Cycle } }).value
      return (f.part ?? f).self as Cycle
    }
    for (const { self } of [get(), get()]) {
      const { list, map, set } = self as Cycle
      assert.equal(list.length, 2)
      assert.equal(list[0], self)
      assert.equal(list[1], list)
      assert.equal(map.get('self'), self)
      assert.deepEqual([...set], [self])
      list.push('spoiled')
    }
  }
})

test('what a factory makes is not copied, also an instance with private fields', () => {
  class Secret {
    #value = 1
    get value(): number {
      return this.#value
    }
  }
  let made = 0
  const make = freshly(() => {
    made++
    return { secret: new Secret(), shared: 1 }
  })
  assert.equal((make() as { secret: Secret }).secret.value, 1)
  assert.notEqual(make(), make())
  assert.ok(made >= 3)
})

test('a default is not made when the model is declared', () => {
  let asked = 0
  const model = z.object({
    at: z.date().default(() => {
      asked++
      return new Date(0)
    }),
  })
  compileWireReader(model)
  assert.equal(asked, 0)
})
