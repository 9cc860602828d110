/** Dates that are formatted by arithmetic have the same text as that of `toISOString`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatTime, timeOf } from '../../../src/schema/encode/values/dates.ts'
import { getSlab } from '../../../src/schema/encode/slab/memory.ts'
import { numberWriters, timeWriter } from '../../../src/schema/encode/slab/numbers.ts'
import { fc } from '../../support/fuzz.ts'

const slab = getSlab()!
const writeTime = timeWriter(slab, numberWriters(slab))
const DAY = 86_400_000

function check(time: number): void {
  const expected = new Date(time).toISOString()
  assert.equal(formatTime(time), expected)
  assert.equal(slab.bytes.latin1Slice(5, writeTime(time, 5)), expected)
}

test('the text of any time is that of toISOString', () => {
  fc.assert(
    fc.property(fc.date({ noInvalidDate: true }), (date) => check(date.getTime())),
    { numRuns: 2000 },
  )
})

test('the edges of days, months, leap years and centuries', () => {
  for (const year of [1, 2, 4, 99, 100, 101, 400, 1582, 1900, 1969, 1970, 1972, 2000, 2023, 2024, 2100, 9999]) {
    for (let month = 0; month < 12; month++) {
      const start = new Date(0)
      start.setUTCFullYear(year, month, 1)
      for (const offset of [-1, 0, 1, 27 * DAY, 28 * DAY, 29 * DAY - 1]) check(start.getTime() + offset)
    }
  }
})

test('a value that is not a valid date has no time', () => {
  for (const value of [new Date(NaN), '2024-01-01', 0, null, undefined, {}, Object.create(Date.prototype), new Proxy(new Date(), {})])
    assert.ok(Number.isNaN(timeOf(value)))
})
