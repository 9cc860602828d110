/** Numbers in the slab have the same digits as the output of `String`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { getSlab } from '../../../../src/schema/encode/slab/memory.ts'
import { numberWriters } from '../../../../src/schema/encode/slab/numbers.ts'
import { fc } from '../../../support/fuzz.ts'

const slab = getSlab()!
const { integer, number } = numberWriters(slab)

function written(write: (value: number, at: number) => number, value: number): string {
  return slab.bytes.latin1Slice(3, write(value, 3))
}

test('integers', () => {
  const edges = Array.from({ length: 16 }, (_, exponent) => 10 ** exponent).flatMap((power) => [power - 1, power, power + 1])
  for (const value of [...edges, Number.MAX_SAFE_INTEGER, 2 ** 31, 2 ** 32 - 1]) {
    assert.equal(written(integer, value), String(value))
    assert.equal(written(integer, -value), String(-value))
  }
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.integer({ min: -1000, max: 1000 })), (value) =>
      assert.equal(written(integer, value), String(value)),
    ),
    { numRuns: 3000 },
  )
})

test('numbers', () => {
  for (const value of [-0, 0.1, 0.01, 0.001, 1.005, 9_999_999.99, 10_000_000.01, -0.05, 5e-324, 1.7976931348623157e308, 1e21, 1e-7]) {
    assert.equal(written(number, value), JSON.stringify(value))
  }
  const cents = fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }).map((value) => value / 100)
  fc.assert(
    fc.property(
      fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), cents, fc.float({ noNaN: true, noDefaultInfinity: true })),
      (value) => assert.equal(written(number, value), JSON.stringify(value)),
    ),
    { numRuns: 5000 },
  )
})
