/** The message of a breach has the path, and never a value. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { ModelError } from '../../../src/schema/model-error.ts'
import { compileEncoder } from '../../../src/schema/encode.ts'
import { fc } from '../../support/fuzz.ts'

function breachOf(schema: z.ZodType, value: unknown): string {
  try {
    compileEncoder(schema).encode(value)
  } catch (error) {
    if (error instanceof ModelError) return error.message
    throw error
  }
  return 'accepted'
}

const cases: readonly [schema: z.ZodType, value: unknown, message: string][] = [
  [z.object({ id: z.int() }), { id: 'SECRET' }, 'id: expected integer, got string'],
  [z.object({ id: z.int() }), null, 'the value: expected object, got null'],
  [z.object({ id: z.int() }), { id: { then: () => undefined } }, 'id: expected integer, got promise-like object'], // oxlint-disable-line unicorn/no-thenable -- a query that was not awaited is a thenable
  [
    z.object({ items: z.array(z.object({ at: z.date() })) }),
    { items: [{ at: new Date() }, { at: 'SECRET' }] },
    'items[1].at: expected valid Date, got string',
  ],
  [z.array(z.int()), [1, undefined], '[1]: expected integer, got undefined'],
  [z.string().max(3), 'SECRET', 'the value: expected string of at most 3 characters, got string'],
  [z.string().min(3).max(9), 'x', 'the value: expected string of 3 to 9 characters, got string'],
  [z.email(), 'SECRET', 'the value: expected email, got string'],
  [z.string().regex(/^a/), 'SECRET', 'the value: expected string that matches its pattern, got string'],
  [z.int().min(5), 4, 'the value: expected integer in the allowed range, got number'],
  [z.number(), NaN, 'the value: expected number, got NaN'],
  [z.enum(['a', 'b']), 'SECRET', 'the value: expected "a" or "b", got string'],
  [z.strictObject({ a: z.int() }), { a: 1, b: 'SECRET' }, 'b: expected no undeclared property, got one'],
  [z.record(z.string(), z.int()), { k: 'SECRET' }, 'k: expected integer, got string'],
  [z.record(z.string().max(1), z.int()), { key: 1 }, 'key: expected string of at most 1 characters, got string'],
  [z.map(z.string(), z.int()), new Map([['k', 'SECRET']]), 'k: expected integer, got string'],
  [z.set(z.int()), new Set([1, 'SECRET']), '[1]: expected integer, got string'],
  [z.tuple([z.int(), z.string()]), [1, 2], '[1]: expected string, got number'],
  [z.tuple([z.int()]), [1, 2], 'the value: expected tuple of 1 items, got array'],
  [z.array(z.int()).max(1), [1, 2], 'the value: expected 0 to 1 items, got array'],
  [z.union([z.string(), z.int()]), true, 'the value: expected string or integer, got boolean'],
  [z.union([z.object({ a: z.int() }), z.object({ b: z.int() })]), { b: 'SECRET' }, 'b: expected integer, got string'],
  [z.union([z.string(), z.object({ a: z.int() })]), { a: 'SECRET' }, 'a: expected integer, got string'],
  [
    z.json(),
    { a: [1, { b: Promise.resolve('SECRET') }] },
    'a[1].b: expected string or number or boolean or null or array or record, got Promise',
  ],
  [
    z.discriminatedUnion('k', [z.object({ k: z.literal('a') }), z.object({ k: z.literal('b') })]),
    { k: 'SECRET' },
    'k: expected one of 2 constants, got string',
  ],
  [
    z.object({ a: z.object({ b: z.string().refine(() => false) }) }),
    { a: { b: 'SECRET' } },
    'a.b: expected value that its schema accepts, got another value',
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
    'a: expected integer that its codec can encode, got number',
  ],
  [z.object({ a: z.any() }), {}, 'a: expected value that JSON can represent, got undefined'],
  [z.any(), undefined, 'the value: expected value that JSON can represent, got undefined'],
]

for (const [schema, value, message] of cases) test(message, () => assert.equal(breachOf(schema, value), message))

test('filter and encodeText report the same breach', () => {
  const { filter, encodeText } = compileEncoder(z.object({ a: z.date() }))
  const thrown = { message: 'a: expected valid Date, got string', path: ['a'], expected: 'valid Date', received: 'string' }
  assert.throws(() => filter({ a: 'x' }), thrown)
  assert.throws(() => encodeText({ a: 'x' }), thrown)
})

test('a message never contains a value', () => {
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

test('an error that was thrown is the cause of the breach', () => {
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
