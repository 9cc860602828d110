/** Lists in header fields, with what RFC 9110 §5.6.1.2 asks recipients to bear. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseList } from '../../src/http/list.ts'
import { fc } from '../support/fuzz.ts'

const SPECIMENS: Readonly<Record<string, readonly string[]>> = {
  a: ['a'],
  'a,b': ['a', 'b'],
  ' a ,\tb\t, c ': ['a', 'b', 'c'],
  'foo , ,bar,charlie': ['foo', 'bar', 'charlie'],
  '': [],
  ',': [],
  ',   ,': [],
  '"a,b", W/"c,d" ,e': ['"a,b"', 'W/"c,d"', 'e'],
  '"a\\",b",c': ['"a\\",b"', 'c'],
  '"a,b': ['"a,b'],
  'a\\,b': ['a\\', 'b'],
}

for (const [value, elements] of Object.entries(SPECIMENS))
  test(`a list: ${JSON.stringify(value)}`, () => assert.deepEqual(parseList(value), elements))

test('a formatted list is parsed into the same values', () => {
  const token = fc.stringMatching(/^[\w!#$%&'*+.^`|~-]+$/)
  const quoted = fc.array(fc.constantFrom('a', ',', ' ', '\\"', '\\\\')).map((parts) => `"${parts.join('')}"`)
  const element = fc.oneof(token, quoted)
  fc.assert(
    fc.property(fc.array(element), fc.constantFrom(',', ', ', ' ,, '), (elements, comma) => {
      assert.deepEqual(parseList(elements.join(comma)), elements)
    }),
  )
})
