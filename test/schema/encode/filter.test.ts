/** Values of the program that are checked and filtered, but not serialised. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { compileEncoder } from '../../../src/schema/encode.ts'

test('values keep their types, and undeclared properties are removed', () => {
  const schema = z.object({
    at: z.date(),
    big: z.bigint(),
    map: z.map(z.string(), z.object({ a: z.int() })),
    set: z.set(z.date()),
    nested: z.object({ a: z.int().optional() }),
    filled: z.int().default(7),
    codec: z.codec(z.string(), z.int(), { decode: Number, encode: String }),
  })
  const at = new Date(0)
  const value = {
    at,
    big: 2n,
    map: new Map([['k', { a: 1, secret: 2 }]]),
    set: new Set([at]),
    nested: { a: undefined, secret: 1 },
    codec: 5,
    secret: 3,
  }
  assert.deepEqual(compileEncoder(schema).filter(value), {
    at,
    big: 2n,
    map: new Map([['k', { a: 1 }]]),
    set: new Set([at]),
    nested: {},
    filled: 7,
    codec: 5,
  })
})

test('a file is kept, although JSON cannot represent it', () => {
  const file = new Blob(['x'])
  assert.equal(compileEncoder(z.instanceof(Blob)).filter(file), file)
})
