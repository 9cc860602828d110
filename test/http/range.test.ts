/** Byte ranges: what is asked for, held against sets of byte positions. */
import { strict as assert } from 'node:assert'
import { test } from 'node:test'
import { formatContentRange, formatUnsatisfiedRange, lengthOf, parseRange } from '../../src/http/range.ts'
import { mixOf, wireText } from './arbitraries.ts'
import { assertEnds, repeated } from './hostile.ts'
import { fc } from '../support/fuzz.ts'

const IGNORED = undefined
const UNSATISFIABLE: [] = []

const read: [header: string, size: number, ranges: [start: number, end: number][] | undefined][] = [
  ['bytes=0-0', 1024, [[0, 0]]],
  ['bytes=500-599', 1024, [[500, 599]]],
  ['bytes=1000-', 1024, [[1000, 1023]]],
  ['bytes=0-', 1024, [[0, 1023]]],
  ['bytes=-1', 1024, [[1023, 1023]]],
  ['bytes=-1024', 1024, [[0, 1023]]],
  ['bytes=-5000', 1024, [[0, 1023]]],
  ['bytes=1000-5000', 1024, [[1000, 1023]]],
  ['bytes=0-99999999999999999999999', 1024, [[0, 1023]]],
  ['BYTES=0-0', 1024, [[0, 0]]],
  ['bytes=1024-', 1024, UNSATISFIABLE],
  ['bytes=1024-2000', 1024, UNSATISFIABLE],
  ['bytes=99999999999999999999999-', 1024, UNSATISFIABLE],
  ['bytes=-0', 1024, UNSATISFIABLE],
  ['bytes=2000-,3000-', 1024, UNSATISFIABLE],
  ['bytes=0-0', 0, UNSATISFIABLE],
  ['bytes=0-', 0, UNSATISFIABLE],
  ['bytes=-0', 0, UNSATISFIABLE],
  ['bytes=-5', 0, IGNORED],
  [
    'bytes=0-9,20-29',
    1024,
    [
      [0, 9],
      [20, 29],
    ],
  ],
  [
    'bytes=20-29,0-9',
    1024,
    [
      [20, 29],
      [0, 9],
    ],
  ],
  [
    'bytes=0-9, 2000-, -1',
    1024,
    [
      [0, 9],
      [1023, 1023],
    ],
  ],
  ['bytes=0-5,3-9', 1024, [[0, 9]]],
  ['bytes=0-3,4-5', 1024, [[0, 5]]],
  [
    'bytes=0-3,5-6',
    1024,
    [
      [0, 3],
      [5, 6],
    ],
  ],
  [
    'bytes=50-,0-9,40-60',
    100,
    [
      [40, 99],
      [0, 9],
    ],
  ],
  [
    'bytes= 0-0 ,\t, 5-5,',
    1024,
    [
      [0, 0],
      [5, 5],
    ],
  ],
  ['bytes=0-,0-', 1024, [[0, 1023]]],
  ['bytes=0-,0-,0-', 1024, IGNORED],
  ['bytes=0-,-1024,5-,1-', 1024, IGNORED],
  ['bytes=4-3', 1024, IGNORED],
  ['bytes=0-9,4-3', 1024, IGNORED],
  ['bytes=2000-1999', 1024, IGNORED],
  ['bytes=0-1,x', 1024, IGNORED],
  ['bytes=', 1024, IGNORED],
  ['bytes=,', 1024, IGNORED],
  ['bytes=-', 1024, IGNORED],
  ['bytes=--1', 1024, IGNORED],
  ['bytes=1-2-3', 1024, IGNORED],
  ['bytes=+1-2', 1024, IGNORED],
  ['bytes=1.0-2', 1024, IGNORED],
  ['bytes=0x1-2', 1024, IGNORED],
  ['bytes=0 - 1', 1024, IGNORED],
  ['bytes=0-\xa01', 1024, IGNORED],
  ['bytes 0-1', 1024, IGNORED],
  ['bytes', 1024, IGNORED],
  ['bytes =0-1', 1024, IGNORED],
  ['items=0-1', 1024, IGNORED],
  ['xbytes=0-1', 1024, IGNORED],
  ['', 1024, IGNORED],
]
for (const [header, size, ranges] of read) {
  test(`${header} of ${size} bytes`, () => {
    assert.deepEqual(
      parseRange(header, size),
      ranges?.map(([start, end]) => ({ start, end })),
    )
  })
}

const distant = (count: number) => `bytes=${Array.from({ length: count }, (_, i) => `${2 * i}-${2 * i}`).join(',')}`

test('64 ranges are read, one more is too many', () => {
  assert.equal(parseRange(distant(64), 1024)?.length, 64)
  assert.equal(parseRange(distant(65), 1024), undefined)
})

const SIZE = 40
const position = fc.integer({ min: 0, max: SIZE + 10 })
const spec = fc.oneof(
  fc.tuple(position, position).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const),
  position.map((first) => [first, undefined] as const),
  position.map((suffix) => [undefined, suffix] as const),
)

test('the merged ranges cover the requested bytes once, separated and in the requested order', () => {
  fc.assert(
    fc.property(fc.array(spec, { minLength: 1, maxLength: 8 }), (specs) => {
      const ranges = parseRange(`bytes=${specs.map(([first, last]) => `${first ?? ''}-${last ?? ''}`).join(',')}`, SIZE)
      const asked = specs.map(([first, last]) =>
        Array.from({ length: SIZE }, (_, i) => i).filter((i) =>
          first === undefined ? i >= SIZE - last : i >= first && i <= (last ?? SIZE),
        ),
      )
      const wanted = new Set(asked.flat())
      if (ranges === undefined) return assert.ok(asked.flat().length > 2 * wanted.size)
      const sent = ranges.flatMap(({ start, end }) => Array.from({ length: end - start + 1 }, (_, i) => start + i))
      assert.deepEqual(new Set(sent), wanted)
      assert.equal(sent.length, wanted.size)
      assert.equal(lengthOf(ranges), wanted.size)
      for (const { start, end } of ranges) assert.ok(!wanted.has(start - 1) && !wanted.has(end + 1))
    }),
  )
})

test('parts that stand alone keep the order asked', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 10, 20, 30], { minLength: 1 }), (starts) => {
      const ranges = parseRange(`bytes=${starts.map((start) => `${start}-${start + 4}`).join(',')}`, SIZE)
      assert.deepEqual(
        ranges!.map(({ start }) => start),
        starts,
      )
    }),
  )
})

test('any field is ignored, unsatisfiable, or ranges within the size', () => {
  fc.assert(
    fc.property(fc.oneof(wireText, mixOf('bytes=', '0-', '-5', '3-9', ',', '-', ' ', '7')), fc.nat(20), (header, size) => {
      for (const { start, end } of parseRange(header, size) ?? []) assert.ok(start >= 0 && start <= end && end < size)
    }),
  )
})

test('hostile fields are read in linear time', () => {
  for (const text of repeated(' ', ',', '0', '-', '0-', '0-0,', '\t')) {
    assertEnds(() => parseRange(text, 1024))
    assertEnds(() => parseRange(`bytes=${text}`, 1024))
    assertEnds(() => parseRange(`bytes=0-0${text}x`, 1024))
  }
})

test('Content-Range of a 206 and of a 416', () => {
  assert.equal(formatContentRange({ start: 0, end: 9 }, 1024), 'bytes 0-9/1024')
  assert.equal(formatUnsatisfiedRange(1024), 'bytes */1024')
})
