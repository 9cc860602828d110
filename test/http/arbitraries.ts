/** What the property tests of this room draw from. */
import { fc } from '../support/fuzz.ts'

/** Any sequence of UTF-16 code units, lone surrogates and controls included. */
export const anyText = fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 60 })

/** A field value as it comes over the wire: Latin-1. */
export const wireText = fc.string({ unit: fc.integer({ min: 0, max: 0xff }).map((code) => String.fromCharCode(code)), maxLength: 60 })

/** Text made of the pieces that a grammar cares about, in any order. */
export function mixOf(...pieces: readonly string[]): fc.Arbitrary<string> {
  return fc
    .array(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...pieces) }, { weight: 1, arbitrary: wireText }))
    .map((parts) => parts.join(''))
}
