/** Values that no model may read: instances without a property of the model, which `JSON.stringify` would write as `{}`. */
import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import * as v from 'valibot'
import { z } from 'zod'
import { compileEncoder } from '../../../src/schema/encode.ts'
import type { Schema } from '../../../src/schema/schema.ts'
import { ModelError } from '../../../src/schema/model-error.ts'
import { encodeEveryWay } from './every-way.ts'

const Author = z.object({ name: z.string().optional() })

/** Each model with a function that puts a value at one place of it. */
const models: Readonly<Record<string, readonly [model: Schema, hold: (value: unknown) => unknown]>> = {
  'an object of optional fields': [z.object({ at: Author }), (value) => ({ at: value })],
  'an object without fields': [z.object({ at: z.object({}) }), (value) => ({ at: value })],
  'an object of defaults': [z.object({ at: z.object({ n: z.int().default(7) }) }), (value) => ({ at: value })],
  'a partial object': [z.object({ at: z.object({ x: z.int() }).partial() }), (value) => ({ at: value })],
  'a strict object': [z.strictObject({ at: z.strictObject({ n: z.int().optional() }) }), (value) => ({ at: value })],
  'a loose object': [z.object({ at: z.looseObject({}) }), (value) => ({ at: value })],
  'an undeclared field': [z.looseObject({ id: z.int() }), (value) => ({ id: 1, at: value })],
  'an item of a list': [z.array(Author), (value) => [{ name: 'x' }, value]],
  'a value of a record': [z.record(z.string(), Author), (value) => ({ at: value })],
  'a record': [z.object({ at: z.record(z.string(), z.any()) }), (value) => ({ at: value })],
  'a value of a map': [z.map(z.string(), Author), (value) => new Map([['at', value]])],
  'a tuple': [z.tuple([Author]), (value) => [value]],
  'a union': [z.object({ at: z.union([Author, z.string()]) }), (value) => ({ at: value })],
  'a union with tags that have defaults': [
    z.object({ at: z.union([z.object({ k: z.literal('a').default('a') }), z.object({ k: z.literal('b') })]) }),
    (value) => ({ at: value }),
  ],
  'an intersection': [z.object({ at: Author.and(z.object({ n: z.int().optional() })) }), (value) => ({ at: value })],
  'a refined object': [z.object({ at: Author.refine(() => true) }), (value) => ({ at: value })],
  any: [z.object({ at: z.any() }), (value) => ({ at: value })],
  unknown: [z.object({ at: z.unknown() }), (value) => ({ at: value })],
  'a list inside any': [z.any(), (value) => ({ a: { b: [1, value] } })],
  JSON: [z.json(), (value) => ({ at: value })],
  'an object of a library that does not describe it': [
    v.object({ at: v.object({ name: v.optional(v.string()) }) }),
    (value) => ({ at: value }),
  ],
  'an item of such a list': [v.array(v.object({ name: v.optional(v.string()) })), (value) => [{ name: 'n' }, value]],
}

class Row {
  get secret(): string {
    return 'secret'
  }
}

/** None of them has a field of the models above, and `JSON.stringify` writes each as `{}`. */
const instances: Readonly<Record<string, () => unknown>> = {
  'a promise': () => Promise.resolve({ name: 'n' }),
  'a rejected promise': () => Promise.reject(new Error('lazy')),
  // oxlint-disable-next-line unicorn/no-thenable -- a query of a database library is one
  'a thenable': () => ({ then: (resolve: (value: unknown) => void) => resolve({ name: 'n' }) }),
  'a Map': () => new Map([['name', 'n']]),
  'a Set': () => new Set(['n']),
  'a WeakMap': () => new WeakMap(),
  'a RegExp': () => /n/,
  'a Response': () => new Response('n'),
  'a generator': () => (function* () {})(),
  'an ArrayBuffer': () => new ArrayBuffer(2),
  'a typed array': () => Uint8Array.of(1, 2),
  'an instance of a class': () => new Row(),
}

const unheard: unknown[] = []
const hear = (reason: unknown) => void unheard.push(reason)
process.on('unhandledRejection', hear)
after(() => process.off('unhandledRejection', hear))

for (const [place, [model, hold]] of Object.entries(models)) {
  describe(`${place} refuses`, () => {
    for (const [name, make] of Object.entries(instances)) {
      test(name, async () => {
        assert.equal(encodeEveryWay(model, hold(make())), undefined)
        assert.throws(() => compileEncoder(model).encode(hold(make())), ModelError)
        await setImmediate()
        assert.deepEqual(unheard, [])
      })
    }
  })
}

function breach(model: z.ZodType, value: unknown): unknown {
  try {
    return compileEncoder(model).encode(value)
  } catch (error) {
    return (error as Error).message
  }
}

test('a breach names the place and the class of the instance', () => {
  assert.equal(breach(z.object({ author: Author }), { author: Promise.resolve() }), 'author: expected object, got Promise')
  assert.equal(
    breach(z.object({ author: z.object({ name: z.string() }) }), { author: Promise.resolve() }),
    'author: expected object, got Promise',
  )
  assert.equal(breach(z.object({ name: z.string() }), { name: Promise.resolve('n') }), 'name: expected string, got Promise')
  assert.equal(breach(z.any(), { a: [{ b: new Map() }] }), 'a[0].b: expected value that JSON can represent, got Map')
})

function refused(): Promise<never> {
  return Promise.reject(new Error('late'))
}

test('the rejection of every promise in a refused value is handled', async () => {
  const value = { id: 'x', a: refused(), list: [refused()], map: new Map([['k', refused()]]), secret: { deep: { deeper: refused() } } }
  assert.throws(() => compileEncoder(z.object({ id: z.int() })).encode(value), ModelError)
  assert.throws(() => compileEncoder(z.object({ id: z.int() })).filter(value), ModelError)
  await setImmediate()
  assert.deepEqual(unheard, [])
})

describe('an instance is data', () => {
  class Settings {
    theme: string | undefined
    get size(): number | undefined {
      return undefined
    }
  }
  test('an instance is accepted if it has a field of the model', () => {
    assert.equal(encodeEveryWay(Author, Object.assign(new Row(), { name: 'n' })), '{"name":"n"}')
    assert.equal(encodeEveryWay(z.object({ message: z.string() }), new Error('m')), '{"message":"m"}')
  })
  test('also if the field is undefined, or a getter of its class', () => {
    assert.equal(encodeEveryWay(z.object({ theme: z.string().optional() }), new Settings()), '{}')
    assert.equal(encodeEveryWay(z.object({ size: z.int().optional() }), new Settings()), '{}')
  })
  test('an any model accepts an instance with fields of its own or with toJSON', () => {
    assert.equal(encodeEveryWay(z.any(), Object.assign(new Row(), { id: 1 })), '{"id":1}')
    assert.equal(encodeEveryWay(z.any(), new URL('http://x/')), '"http://x/"')
    assert.equal(encodeEveryWay(z.any(), new Date(0)), '"1970-01-01T00:00:00.000Z"')
    assert.equal(encodeEveryWay(z.any(), Object.create(null)), '{}')
    assert.equal(encodeEveryWay(z.any(), [new Number(5)]), '[5]') // oxlint-disable-line no-new-wrappers -- native JSON unwraps it
  })
})

test('a plain object without a declared property is written as {}', () => {
  assert.equal(encodeEveryWay(Author, {}), '{}')
  assert.equal(encodeEveryWay(z.object({}), { secret: 1 }), '{}')
  assert.equal(encodeEveryWay(Author, Object.create(null)), '{}')
})
