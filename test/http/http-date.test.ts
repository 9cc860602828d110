/** Dates in header fields. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatHTTPDate, parseHTTPDate } from '../../src/http/fields.ts'
import { mixOf, wireText } from './arbitraries.ts'
import { fc } from '../support/fuzz.ts'

const NOW = new Date('2026-06-15T12:00:00Z')

test('the three forms of one instant', () => {
  for (const text of ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']) {
    assert.equal(parseHTTPDate(text, NOW)?.toISOString(), '1994-11-06T08:49:37.000Z')
  }
})

const read: [text: string, instant: string][] = [
  ['Sun Nov 16 08:49:37 1994', '1994-11-16T08:49:37.000Z'],
  ['Thu, 29 Feb 2024 23:59:59 GMT', '2024-02-29T23:59:59.000Z'],
  ['Sat, 31 Dec 2016 23:59:60 GMT', '2017-01-01T00:00:00.000Z'],
  ['Mon, 01 Jan 0001 00:00:00 GMT', '0001-01-01T00:00:00.000Z'],
  ['Friday, 31-Dec-99 23:59:59 GMT', '1999-12-31T23:59:59.000Z'],
  ['Monday, 15-Jun-26 12:00:00 GMT', '2026-06-15T12:00:00.000Z'],
  ['Monday, 15-Jun-76 12:00:00 GMT', '2076-06-15T12:00:00.000Z'],
  ['Monday, 15-Jun-76 12:00:01 GMT', '1976-06-15T12:00:01.000Z'],
  ['Monday, 29-Feb-00 00:00:00 GMT', '2000-02-29T00:00:00.000Z'],
]
for (const [text, instant] of read) test(`read: ${text}`, () => assert.equal(parseHTTPDate(text, NOW)?.toISOString(), instant))

test('text in none of the three forms is undefined', () => {
  const otherForms = [
    '',
    '0',
    '784111777',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06-Nov-94 08:49:37 GMT',
  ]
  const otherText = [
    'sun, 06 nov 1994 08:49:37 gmt',
    ' Sun, 06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 08:49:37 GMT\n',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun,  06 Nov 1994 08:49:37 GMT',
  ]
  const noTime = [
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:00 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Xxx, 06 Nov 1994 08:49:37 GMT',
  ]
  const noDay = [
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 2023 08:49:37 GMT',
    'Sun Feb 30 08:49:37 1994',
    'Sunday, 30-Feb-94 08:49:37 GMT',
  ]
  for (const text of [...otherForms, ...otherText, ...noTime, ...noDay]) assert.equal(parseHTTPDate(text, NOW), undefined, text)
})

const instant = fc.date({ min: new Date('0000-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })

test('a date comes back to the second', () => {
  fc.assert(
    fc.property(instant, (date) => {
      const text = formatHTTPDate(date)
      assert.match(text, /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/)
      assert.equal(parseHTTPDate(text)!.getTime(), Math.floor(date.getTime() / 1000) * 1000)
    }),
  )
})

test('a year of two digits is never more than 50 years ahead', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1970, max: 2200 }), fc.integer({ min: 0, max: 99 }), (year, digits) => {
      const now = new Date(Date.UTC(year, 5, 15))
      const read = parseHTTPDate(`Monday, 15-Jun-${String(digits).padStart(2, '0')} 00:00:00 GMT`, now)!.getUTCFullYear()
      assert.equal(read % 100, digits)
      assert.ok(read <= year + 50 && read > year - 100)
    }),
  )
})

test('a date that the form cannot hold is refused', () => {
  for (const date of [new Date(Number.NaN), new Date('+010000-01-01T00:00:00Z'), new Date('-000001-12-31T23:59:59Z')]) {
    assert.throws(() => formatHTTPDate(date), RangeError)
  }
})

test('reading never throws', () => {
  fc.assert(
    fc.property(fc.oneof(wireText, mixOf('Sun', ', ', '06', ' ', 'Nov', '1994', ':', 'GMT', '-')), (text) => void parseHTTPDate(text)),
  )
})
