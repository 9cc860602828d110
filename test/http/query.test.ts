/** The query as browsers write it. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { parseQuery } from '../../src/http/request-url.ts'
import { anyText, mixOf } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const read: [search: string, pairs: [name: string, values: string[]][]][] = [
  ['', []],
  ['a=1', [['a', ['1']]]],
  [
    'a=1&b=2&a=3',
    [
      ['a', ['1', '3']],
      ['b', ['2']],
    ],
  ],
  ['a', [['a', ['']]]],
  ['a=', [['a', ['']]]],
  ['=a', [['', ['a']]]],
  ['=', [['', ['']]]],
  ['a=b=c', [['a', ['b=c']]]],
  ['&&a=1&', [['a', ['1']]]],
  ['a+b=c+d', [['a b', ['c d']]]],
  ['a=%2B%26%3D', [['a', ['+&=']]]],
  ['a=%', [['a', ['%']]]],
  ['a=%zz%4', [['a', ['%zz%4']]]],
  ['a=%FF', [['a', ['\ufffd']]]],
  ['s=Zo%C3%AB%20%E6%97%A5', [['s', ['Zoë 日']]]],
  ['a=%00', [['a', ['\0']]]],
  ['a=%EF%BB%BFx', [['a', ['\ufeffx']]]],
  ['?a=1', [['?a', ['1']]]],
  ['a;b=1', [['a;b', ['1']]]],
  [
    '__proto__=1&constructor=2',
    [
      ['__proto__', ['1']],
      ['constructor', ['2']],
    ],
  ],
]
for (const [search, pairs] of read) {
  test(`read: ${search === '' ? 'nothing' : search}`, () => assert.deepEqual([...parseQuery(search)!], pairs))
}

test('a thousand pairs are read, one more is too many', () => {
  assert.equal(parseQuery(Array.from({ length: 1000 }, () => 'a=1').join('&'))?.get('a')?.length, 1000)
  assert.equal(parseQuery(Array.from({ length: 1001 }, (_, i) => `a${i}=1`).join('&')), undefined)
  assert.equal(parseQuery('&'.repeat(5000))?.size, 0)
})

test('pairs come back as URLSearchParams writes them', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))), (pairs) => {
      const query = parseQuery(new URLSearchParams(pairs).toString())!
      for (const name of new Set(pairs.map(([name]) => name))) {
        assert.deepEqual(
          query.get(name),
          pairs.filter(([other]) => other === name).map(([, value]) => value),
        )
      }
    }),
  )
})

test('plain queries are read as URLSearchParams reads them', () => {
  fc.assert(
    fc.property(mixOf('&', '=', '?', '#', 'a', 'b', '~', '!'), (search) => {
      const pairs = [...new URLSearchParams(`?${search}`)]
      const names = [...new Set(pairs.map(([name]) => name))]
      assert.deepEqual(
        [...parseQuery(search)!],
        names.map((name) => [name, pairs.filter(([other]) => other === name).map(([, value]) => value)]),
      )
    }),
  )
})

test('reading never throws', () => {
  fc.assert(fc.property(fc.oneof(anyText, mixOf('%', '&', '=', '+', '?', 'a')), (search) => void parseQuery(search)))
})

test('hostile queries are read in linear time', () => {
  for (const search of repeated('%', '&', '=', '+', 'a=1&', '%FF', 'a')) assertEnds(() => parseQuery(search))
})
