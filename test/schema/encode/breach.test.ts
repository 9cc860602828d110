/** Where a breach is said to be, and that no value is ever part of what is said. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { ModelBreach } from '../../../src/schema/breach.ts'
import { compileEncoder } from '../../../src/schema/encode.ts'

function breachOf(schema: z.ZodType, value: unknown): string {
  try {
    compileEncoder(schema).encode(value)
  } catch (error) {
    if (error instanceof ModelBreach) return error.message
    throw error
  }
  return 'accepted'
}

const cases: readonly [schema: z.ZodType, value: unknown, message: string][] = [
  [z.object({ id: z.int() }), { id: 'SECRET' }, 'id: integer was promised, string came'],
  [z.object({ id: z.int() }), null, 'the value: object was promised, null came'],
  [
    z.object({ items: z.array(z.object({ at: z.date() })) }),
    { items: [{ at: new Date() }, { at: 'SECRET' }] },
    'items[1].at: valid Date was promised, string came',
  ],
  [z.array(z.int()), [1, undefined], '[1]: integer was promised, undefined came'],
  [z.string().max(3), 'SECRET', 'the value: string of at most 3 characters was promised, string came'],
  [z.string().min(3).max(9), 'x', 'the value: string of 3 to 9 characters was promised, string came'],
  [z.email(), 'SECRET', 'the value: email was promised, string came'],
  [z.string().regex(/^a/), 'SECRET', 'the value: string of its pattern was promised, string came'],
  [z.int().min(5), 4, 'the value: integer in its range was promised, number came'],
  [z.number(), NaN, 'the value: number was promised, NaN came'],
  [z.enum(['a', 'b']), 'SECRET', 'the value: "a" or "b" was promised, string came'],
  [z.strictObject({ a: z.int() }), { a: 1, b: 'SECRET' }, 'b: no such property was promised, one came'],
  [z.record(z.string(), z.int()), { k: 'SECRET' }, 'k: integer was promised, string came'],
  [z.record(z.string().max(1), z.int()), { key: 1 }, 'key: string of at most 1 characters was promised, string came'],
  [z.map(z.string(), z.int()), new Map([['k', 'SECRET']]), 'k: integer was promised, string came'],
  [z.set(z.int()), new Set([1, 'SECRET']), '[1]: integer was promised, string came'],
  [z.tuple([z.int(), z.string()]), [1, 2], '[1]: string was promised, number came'],
  [z.tuple([z.int()]), [1, 2], 'the value: tuple of 1 items was promised, array came'],
  [z.array(z.int()).max(1), [1, 2], 'the value: 0 to 1 items was promised, array came'],
  [z.union([z.string(), z.int()]), true, 'the value: string or integer was promised, boolean came'],
  [z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), { b: 'SECRET' }, 'b: integer was promised, string came'],
  [
    z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    { k: 'SECRET' },
    'k: one of 2 constants was promised, string came',
  ],
  [
    z.object({ a: z.object({ b: z.string().refine(() => false) }) }),
    { a: { b: 'SECRET' } },
    'a.b: what its schema accepts was promised, another came',
  ],
  [
    z.object({
      a: z.codec(z.string(), z.int(), {
        decode: Number,
        encode: () => {
          throw new Error('SECRET')
        },
      }),
    }),
    { a: 1 },
    'a: integer that its codec encodes was promised, number came',
  ],
  [z.object({ a: z.any() }), {}, 'a: value that JSON can hold was promised, undefined came'],
  [z.any(), undefined, 'the value: value that JSON can hold was promised, undefined came'],
]

for (const [schema, value, message] of cases) test(message, () => assert.equal(breachOf(schema, value), message))

test('filter and encodeText say the same', () => {
  const { filter, encodeText } = compileEncoder(z.object({ a: z.date() }))
  const thrown = { message: 'a: valid Date was promised, string came', path: ['a'], expected: 'valid Date', received: 'string' }
  assert.throws(() => filter({ a: 'x' }), thrown)
  assert.throws(() => encodeText({ a: 'x' }), thrown)
})

test('no value is ever said', () => {
  const schema = z.object({ a: z.int(), b: z.array(z.email()), c: z.union([z.object({ d: z.date() }), z.string().max(2)]) })
  const secret = fc.stringMatching(/^SECRET-\d{4}$/)
  fc.assert(
    fc.property(
      fc.record({ a: fc.oneof(fc.nat(), secret), b: fc.array(secret), c: fc.oneof(secret, fc.record({ d: secret })) }),
      (value) => {
        assert.doesNotMatch(breachOf(schema, value), /SECRET/)
      },
    ),
  )
})

test('what was thrown on the way is the cause', () => {
  const fault = new Error('inside')
  const schema = z.codec(z.string(), z.int(), {
    decode: Number,
    encode: () => {
      throw fault
    },
  })
  assert.throws(
    () => compileEncoder(schema).encode(1),
    (error: Error) => error.cause === fault,
  )
})
