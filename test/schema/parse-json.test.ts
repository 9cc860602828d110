import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseExactJSON } from '../../src/schema/json-text.ts'
import { fc } from '../support/fuzz.ts'

test('integers that a double would round come as bigints', () => {
  assert.deepEqual(parseExactJSON('{"a":9007199254740993,"b":[-12345678901234567890],"c":1}'), {
    a: 9007199254740993n,
    b: [-12345678901234567890n],
    c: 1,
  })
})

test('digits in strings and in fractions stay what they are', () => {
  const text = '{"a":"\\"12345678901234567890","b":1234567890123456789.5,"c":12345678901234567890e1}'
  assert.deepEqual(parseExactJSON(text), JSON.parse(text))
})

test('all other text is read as JSON.parse reads it', () => {
  fc.assert(fc.property(fc.json(), (text) => assert.deepEqual(normal(parseExactJSON(text)), JSON.parse(text))))
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('"', '\\', '1', '2', ',', '[', ']', ' ') }), (text) => {
      assert.equal(
        outcome(() => parseExactJSON(text)),
        outcome(() => JSON.parse(text)),
      )
    }),
  )
})

function normal(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, one: unknown) => (typeof one === 'bigint' ? Number(one) : one)))
}

function outcome(parse: () => unknown): string {
  try {
    return JSON.stringify(normal(parse()))
  } catch (error) {
    return (error as Error).name
  }
}
