/** Strings in the slab are those of `JSON.stringify`, byte for byte. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { DIRTY, FULL, getSlab, LIMIT } from '../../../../src/schema/encode/slab/memory.ts'
import { NON_ASCII, QUOTES, UNCLEAN } from '../../../../src/schema/encode/slab/scan.ts'
import { carefulText, optimisticText, pad } from '../../../../src/schema/encode/slab/strings.ts'

const slab = getSlab()!
const { bytes, view, scan } = slab
const careful = carefulText(slab)
const optimistic = optimisticText(slab)

const unit = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'x', 'y', ' ') },
  { weight: 3, arbitrary: fc.constantFrom('"', '\\', '\n', '\t', '\b', '\f', '\r', '\0', '\u000b', '\u001f', '\u007f') },
  { weight: 3, arbitrary: fc.constantFrom('é', '\u00ff', '日', '\u2028', '\u{1f680}', '\ufffd') },
  { weight: 1, arbitrary: fc.constantFrom('\ud800', '\udc00') },
)
const text = fc.oneof(
  fc.string({ unit, maxLength: 60 }),
  fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 60 }),
  fc.string({ unit, minLength: 100, maxLength: 300 }),
)

test('with care, each as native', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (one, at) => {
      bytes[at - 1] = 34
      assert.equal(`"${bytes.utf8Slice(at, careful(one, at))}"`, JSON.stringify(one))
    }),
    { numRuns: 5000 },
  )
})

test('optimistically, each as native or found out', () => {
  fc.assert(
    fc.property(text, (one) => {
      let end: number
      try {
        end = optimistic(one, 8)
      } catch (error) {
        assert.equal(error, DIRTY)
        assert.ok(!one.isWellFormed())
        return
      }
      pad(view, end)
      const found = scan(8, end)
      const isClean = (found & (UNCLEAN | QUOTES)) === 0
      assert.equal(isClean, JSON.stringify(one) === `"${one}"`)
      assert.equal((found & NON_ASCII) !== 0, /[^\0-\x7f]/.test(one)) // oxlint-disable-line no-control-regex -- ASCII is all of U+0000 to U+007F
      assert.equal(found & QUOTES, one.split('"').length - 1)
      if (isClean) assert.equal(bytes.utf8Slice(8, end), one)
    }),
    { numRuns: 5000 },
  )
})

test('what has no room is refused', () => {
  const long = 'x'.repeat(100)
  for (const write of [careful, optimistic]) {
    assert.equal(write(long, LIMIT - 300), LIMIT - 200)
    assert.throws(() => write(long, LIMIT - 299), FULL)
  }
  assert.throws(() => careful('"'.repeat(1_000_000), 0), FULL, 'also for its escapes')
})
