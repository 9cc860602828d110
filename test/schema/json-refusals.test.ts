import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findSyntaxError } from '../../src/schema/json-text.ts'
import { fc } from '../support/fuzz.ts'

test('the place of the first character that cannot be there', () => {
  const places: Readonly<Record<string, number>> = {
    '': 0,
    '{': 1,
    '[': 1,
    '{"a"': 4,
    '{"a" 1}': 5,
    '{"a":1,}': 7,
    '{,}': 1,
    '{1:2}': 1,
    '{]': 1,
    '[}': 1,
    '[1,]': 3,
    '[1 2]': 3,
    '[,1]': 1,
    '}': 0,
    ',': 0,
    '1 2': 2,
    '[[]]]': 4,
    '01': 1,
    '-': 0,
    '1.': 1,
    '.5': 0,
    nul: 0,
    NaN: 0,
    "'a'": 0,
    '"abc': 4,
    '"a\nb"': 2,
    '"a\\x"': 2,
    '"\\u12G4"': 1,
    ' \t\n\r x': 5,
    '\ufeff1': 0,
    '\u00a01': 0,
  }
  for (const [text, place] of Object.entries(places)) {
    assert.throws(() => JSON.parse(text), SyntaxError)
    assert.equal(findSyntaxError(text), place, JSON.stringify(text))
  }
})

test('a forbidden character is found where it stands, or at the token that it breaks', () => {
  fc.assert(
    fc.property(fc.json(), fc.nat(), (text, random) => {
      const at = random % (text.length + 1)
      const found = findSyntaxError(`${text.slice(0, at)}\u0001${text.slice(at)}`)
      assert.ok(found <= at)
      assert.match(text.slice(found, at), /^(?:[\w.+-]*|\\u?[\dA-Fa-f]*)$/)
    }),
  )
})

test('a text cut short goes wrong at its end, or at the token that was cut', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), fc.nat(), (value, random) => {
      const text = JSON.stringify(value)
      const cut = text.slice(0, random % text.length)
      assert.match(cut.slice(findSyntaxError(cut)), /^(?:|-|tr?u?|fa?l?s?|nu?l?|\\(?:u[\dA-Fa-f]{0,3})?|\.|[eE][+-]?)$/)
    }),
  )
})

test('long strings and deep nesting need no stack', () => {
  assert.equal(findSyntaxError(`"${'x'.repeat(5_000_000)}`), 5_000_001)
  assert.equal(findSyntaxError('['.repeat(100_000)), 100_000)
})
