import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseBase64, parseBigInteger, parseBoolean, parseInstant, parseInteger, parseNumber, parseURL } from '../../src/schema/scalar.ts'
import { fc } from '../support/fuzz.ts'

test('an integer may have a sign, white space, grouping underscores and an empty fraction', () => {
  for (const [text, value] of Object.entries({ '5': 5, '+5': 5, '-5': -5, ' 5 ': 5, '1_000': 1000, '5.0': 5, '007': 7, '5.': 5 }))
    assert.equal(parseInteger(text), value, text)
  for (const text of ['', 'x', '5.5', '1__0', '_1', '0x10', '1e3', '--5', '5 5', '٣', 'NaN'])
    assert.equal(parseInteger(text), undefined, text)
})

test('a big integer keeps every digit', () => {
  assert.equal(parseBigInteger('9007199254740993'), 9007199254740993n)
  assert.equal(parseBigInteger('-12'), -12n)
  assert.equal(parseBigInteger('1.5'), undefined)
})

test('a number is decimal or scientific, never infinite', () => {
  for (const [text, value] of Object.entries({ '1.5': 1.5, '.5': 0.5, '5.': 5, '1e3': 1000, '-1E-2': -0.01 }))
    assert.equal(parseNumber(text), value, text)
  for (const text of ['', '.', 'e5', 'Infinity', 'nan', '0x1', '1,5']) assert.equal(parseNumber(text), undefined, text)
})

test('booleans are the words that FastAPI takes', () => {
  for (const text of ['true', 'True', '1', 'on', 'yes', 'Y', 't']) assert.equal(parseBoolean(text), true, text)
  for (const text of ['false', 'OFF', '0', 'no', 'n', 'F']) assert.equal(parseBoolean(text), false, text)
  for (const text of ['', '2', 'maybe', 'truee']) assert.equal(parseBoolean(text), undefined, text)
})

const iso = (text: string) => parseInstant(text)?.toISOString()

test('an instant is RFC 3339 or close to it', () => {
  assert.equal(iso('2024-01-02T03:04:05Z'), '2024-01-02T03:04:05.000Z')
  assert.equal(iso('2024-01-02T03:04:05.123456Z'), '2024-01-02T03:04:05.123Z')
  assert.equal(iso('2024-01-02 03:04:05+02:00'), '2024-01-02T01:04:05.000Z')
  assert.equal(iso('2024-01-02T03:04-0130'), '2024-01-02T04:34:00.000Z')
  assert.equal(iso('2024-02-29'), '2024-02-29T00:00:00.000Z')
  assert.equal(iso('0001-01-01T00:00:00Z'), '0001-01-01T00:00:00.000Z')
  for (const text of ['', 'x', '2023-02-29', '2024-13-01', '2024-01-01T24:00:00Z', '2024-01-01T00:60Z', '2024-01-01T00:00:00+24:00'])
    assert.equal(parseInstant(text), undefined, text)
})

test('a leap second is at the end of a month, in UTC', () => {
  assert.equal(iso('2016-12-31T23:59:60Z'), '2017-01-01T00:00:00.000Z')
  assert.equal(iso('2017-01-01T01:59:60.5+02:00'), '2017-01-01T00:00:00.500Z')
  for (const text of [
    '2024-01-02T03:04:60Z',
    '2016-12-31T22:59:60Z',
    '2016-12-31T23:58:60Z',
    '2016-12-30T23:59:60Z',
    '2016-12-31T23:59:60+02:00',
  ])
    assert.equal(parseInstant(text), undefined, text)
})

test('an instant that no response can contain is not accepted', () => {
  assert.equal(iso('9999-12-31T23:59:59.999Z'), '9999-12-31T23:59:59.999Z')
  assert.equal(iso('0000-01-01T00:00:00-01:00'), '0000-01-01T01:00:00.000Z')
  for (const text of ['9999-12-31T23:59:59-00:01', '9999-12-31T23:59:60Z', '0000-01-01T00:00:00+00:01'])
    assert.equal(parseInstant(text), undefined, text)
})

test('what an instant is written as is read as the same instant', () => {
  const dates = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  fc.assert(fc.property(dates, (date) => assert.equal(parseInstant(date.toISOString())?.getTime(), date.getTime())))
})

test('base64 is read in both alphabets, with padding or without', () => {
  assert.deepEqual(parseBase64('-_8='), Uint8Array.of(0xfb, 0xff))
  assert.deepEqual(parseBase64('+/8'), Uint8Array.of(0xfb, 0xff))
  assert.deepEqual(parseBase64(''), new Uint8Array())
  for (const text of ['a', 'a===', 'ab=c', 'ä']) assert.equal(parseBase64(text), undefined, text)
})

test('no text makes a parser throw', () => {
  for (const parse of [parseBase64, parseBigInteger, parseBoolean, parseInstant, parseInteger, parseNumber, parseURL])
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parse(text)))
})
