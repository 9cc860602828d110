/** Strings in the slab have the same bytes as the output of `JSON.stringify`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FULL, getSlab, LIMIT } from '../../../../src/schema/encode/slab/memory.ts'
import { HIGH, NON_ASCII, QUOTES, UNCLEAN } from '../../../../src/schema/encode/slab/wasm.ts'
import { carefulText, optimisticText, pad } from '../../../../src/schema/encode/slab/strings.ts'
import { fc } from '../../../support/fuzz.ts'

const slab = getSlab()!
const { bytes, view, scan, hasReplacement, copyShort } = slab
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

test('the careful variant writes each string as JSON.stringify does', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 40 }), (one, at) => {
      bytes[at - 1] = 34
      assert.equal(`"${bytes.utf8Slice(at, careful(one, at))}"`, JSON.stringify(one))
    }),
    { numRuns: 5000 },
  )
})

const withoutWasm = optimisticText({ ...slab, copyShort: undefined })

for (const [name, write] of Object.entries({ optimistic, withoutWasm })) {
  test(`${name}: each is written as by JSON.stringify, or the need for escapes is found`, () => {
    fc.assert(
      fc.property(text, (one) => {
        const end = write(one, 8)
        pad(view, end)
        const found = scan(8, end)
        const isReplaced = (found & HIGH) !== 0 && hasReplacement(8, end) !== 0
        const isClean = (found & (UNCLEAN | QUOTES)) === 0 && !isReplaced
        assert.equal(isClean, JSON.stringify(one) === `"${one}"` && !one.includes('\ufffd'))
        assert.equal((found & NON_ASCII) !== 0, /[^\0-\x7f]/.test(bytes.utf8Slice(8, end))) // oxlint-disable-line no-control-regex -- ASCII is all of U+0000 to U+007F
        if (isClean) assert.equal(bytes.utf8Slice(8, end), one)
      }),
      { numRuns: 5000 },
    )
  })
}

test('a replacement character is found at any position', () => {
  for (const before of [0, 1, 13, 14, 15, 16, 17, 31, 32]) {
    for (const [character, expected] of [
      ['\ufffd', 1],
      ['\uff0c', 0],
      ['\ufffc', 0],
    ] as const) {
      const end = 8 + bytes.utf8Write(`${'x'.repeat(before)}${character}`, 8)
      pad(view, end)
      assert.equal(hasReplacement(8, end), expected, `${before}`)
    }
  }
})

test('WebAssembly reads strings on the runtimes that are known to support it', () => {
  assert.equal(copyShort !== undefined, Number.parseInt(process.versions.node, 10) >= 22)
})

test('a string that does not fit into the slab is refused', () => {
  const long = 'x'.repeat(100)
  for (const write of [careful, optimistic]) {
    assert.equal(write(long, LIMIT - 300), LIMIT - 200)
    assert.throws(() => write(long, LIMIT - 299), FULL)
  }
  assert.throws(() => careful('"'.repeat(1_000_000), 0), FULL, 'also for its escapes')
})
