/** Entity tags: one, lists of them, and the two comparisons. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatEntityTag, isStrongMatch, isWeakMatch, parseEntityTag, parseEntityTags, type EntityTag } from '../../src/http/entity-tag.ts'
import { mixOf, wireText } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const tag = (opaque: string, weak = false): EntityTag => ({ weak, opaque })

test('one tag', () => {
  assert.deepEqual(parseEntityTag('"a"'), tag('a'))
  assert.deepEqual(parseEntityTag('W/"a"'), tag('a', true))
  assert.deepEqual(parseEntityTag('""'), tag(''))
  assert.deepEqual(parseEntityTag('"a,\\\xe9"'), tag('a,\\\xe9'))
  for (const text of [
    '',
    'a',
    '"a',
    'a"',
    'w/"a"',
    'W/ "a"',
    '"a b"',
    '"a""',
    '"\u0100"',
    '"\x7f"',
    ' "a"',
    '"a" ',
    '"a"\n',
    '*',
    '"a","b"',
  ]) {
    assert.equal(parseEntityTag(text), undefined, text)
  }
})

const lists: [text: string, tags: '*' | EntityTag[] | undefined][] = [
  ['*', '*'],
  ['"a"', [tag('a')]],
  ['"a", W/"b"', [tag('a'), tag('b', true)]],
  ['"a","b" ,\t"c"', [tag('a'), tag('b'), tag('c')]],
  ['"a"\t,"b"', [tag('a'), tag('b')]],
  ['"a,b", "c"', [tag('a,b'), tag('c')]],
  [',, "a" , ,"b",', [tag('a'), tag('b')]],
  ['', []],
  [' ', []],
  ['"a" "b"', undefined],
  ['"a", *', undefined],
  ['"a", b', undefined],
  ['"a', undefined],
  ['w/"a"', undefined],
]
for (const [text, tags] of lists) test(`list: ${text === '' ? 'nothing' : text}`, () => assert.deepEqual(parseEntityTags(text), tags))

/** RFC 9110 §8.8.3.2, its table. */
const compared: [a: EntityTag, b: EntityTag, strong: boolean, weak: boolean][] = [
  [tag('1', true), tag('1', true), false, true],
  [tag('1', true), tag('2', true), false, false],
  [tag('1', true), tag('1'), false, true],
  [tag('1'), tag('1', true), false, true],
  [tag('1'), tag('1'), true, true],
  [tag('1'), tag('2'), false, false],
]
test('the two comparisons', () => {
  for (const [a, b, strong, weak] of compared) {
    assert.equal(isStrongMatch(a, b), strong)
    assert.equal(isWeakMatch(a, b), weak)
  }
})

const anyTag = fc.tuple(fc.stringMatching(/^[\x21\x23-\x7e\x80-\xff]{0,8}$/), fc.boolean()).map(([opaque, weak]) => tag(opaque, weak))

test('tags come back as they were written', () => {
  fc.assert(
    fc.property(fc.array(anyTag), (tags) => {
      assert.deepEqual(parseEntityTags(tags.map(formatEntityTag).join(', ')), tags)
      for (const one of tags) assert.deepEqual(parseEntityTag(formatEntityTag(one)), one)
    }),
  )
})

test('a tag with invalid characters is refused', () => {
  for (const opaque of ['a b', '"', '\n', '\u0100', '\x7f']) assert.throws(() => formatEntityTag(tag(opaque)), TypeError)
})

test('reading never throws', () => {
  fc.assert(
    fc.property(fc.oneof(wireText, mixOf('"', 'W/', ',', ' ', 'a', '*')), (text) => {
      parseEntityTag(text)
      parseEntityTags(text)
    }),
  )
})

test('hostile lists are read in linear time', () => {
  for (const text of repeated(',', ' ', '"', '"a"', '"a",', 'W/', 'W/"', ' ,', '\t')) assertEnds(() => parseEntityTags(text))
  for (const text of repeated(' ', 'a')) assertEnds(() => parseEntityTags(`"a"${text}x`))
})
