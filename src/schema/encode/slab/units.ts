/** Short strings in the slab, unit by unit with all escapes: faster than the several native calls that a string would need. */
import { FULL, LIMIT, type Slab } from './memory.ts'

/** The bytes of the longest escape of one unit: `\\u0000`. */
export const LONGEST_ESCAPE = 6

const BACKSLASH = 92
/** The letter of escapes that carry the number of the unit. */
const U = 117

/** By unit: the letter of its escape; 0 for a unit that needs no escape. */
const ESCAPES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const escaped = JSON.stringify(String.fromCharCode(unit)).slice(1, -1)
  return escaped.length === 1 ? 0 : escaped.charCodeAt(1)
})

/** Writes a string as `JSON.stringify` does, without the quotation marks. Returns the position after it. */
export function unitWriter({ bytes }: Slab): (text: string, at: number) => number {
  // V8 treats this local as a constant. A bundler turns constants at the top of a module into variables.
  const escapes = ESCAPES

  return (text, at) => {
    const { length } = text
    if (length * LONGEST_ESCAPE > LIMIT - at) throw FULL
    let p = at
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 0x80) {
        if (escapes[unit] === 0) bytes[p++] = unit
        else p = escape(unit, p)
      } else if (unit < 0x800) {
        bytes[p] = 0xc0 | (unit >> 6)
        bytes[p + 1] = 0x80 | (unit & 0x3f)
        p += 2
      } else if ((unit & 0xf800) !== 0xd800) {
        bytes[p] = 0xe0 | (unit >> 12)
        bytes[p + 1] = 0x80 | ((unit >> 6) & 0x3f)
        bytes[p + 2] = 0x80 | (unit & 0x3f)
        p += 3
      } else {
        const character = text.codePointAt(i)!
        if (character === unit) p = escapeNumber(unit, p)
        else {
          p = writePair(character, p)
          i++
        }
      }
    }
    return p
  }

  function writePair(character: number, p: number): number {
    bytes[p] = 0xf0 | (character >> 18)
    bytes[p + 1] = 0x80 | ((character >> 12) & 0x3f)
    bytes[p + 2] = 0x80 | ((character >> 6) & 0x3f)
    bytes[p + 3] = 0x80 | (character & 0x3f)
    return p + 4
  }

  function escape(unit: number, p: number): number {
    const letter = escapes[unit]!
    if (letter === U) return escapeNumber(unit, p)
    bytes[p] = BACKSLASH
    bytes[p + 1] = letter
    return p + 2
  }

  function escapeNumber(unit: number, p: number): number {
    bytes[p] = BACKSLASH
    bytes[p + 1] = U
    for (let digit = 0; digit < 4; digit++) {
      const value = (unit >> (12 - digit * 4)) & 15
      bytes[p + 2 + digit] = value < 10 ? 48 + value : 87 + value
    }
    return p + 6
  }
}
