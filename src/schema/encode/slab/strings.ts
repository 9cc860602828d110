/** Writes strings into the slab, without their quotation marks: copied, or escaped as by `JSON.stringify`. Tests the formats of strings in the slab. */
import { LONGEST_SHORT } from '../../run-time.ts'
import { CLASSES, isEmail, isNilOrMax, isUUID, isUUID4, isUUID7, isVariant, MARKS } from '../values/formats.ts'
import { FULL, getSlab, LIMIT, SIZE, type Slab } from './memory.ts'
import { HIGH, QUOTES, UNCLEAN } from './wasm.ts'

/** Writes a string without its quotation marks. Returns the position after the string. */
export type WriteText = (text: string, at: number) => number

/** Does not search for characters that need escapes. The encoder scans the whole response once, and finds these and the surrogates that were replaced. */
export function optimisticText(slab: Slab): WriteText {
  const { bytes, copyShort } = slab
  const long = LONGEST_SHORT
  const limit = LIMIT
  const writeUnits = unitWriter(slab)

  return copyShort === undefined
    ? (text, at) => {
        const { length } = text
        if (length > long) return copy(text, at)
        let all = 0
        for (let i = 0; i < length; i++) {
          const unit = text.charCodeAt(i)
          bytes[at + i] = unit
          all |= unit
        }
        return all < 128 ? at + length : writeUnits(text, at)
      }
    : (text, at) => {
        const { length } = text
        if (length > long) return copy(text, at)
        return copyShort(text, length, at) < 128 ? at + length : writeUnits(text, at)
      }

  function copy(text: string, at: number): number {
    if (text.length * 3 > limit - at) throw FULL
    return at + bytes.utf8Write(text, at)
  }
}

/** In UTF-16 units. For a longer string, a scan of its bytes is faster than a loop over its units. */
const LONGEST_BY_UNITS = 48

/** Scans each string, and escapes it if necessary. */
export function carefulText(slab: Slab): WriteText {
  const { bytes, view, scan, hasReplacement, escape, copyShort } = slab
  const longest = LONGEST_BY_UNITS
  const writeUnits = unitWriter(slab)
  /** Whether the last short string needed no escape. The next one is then first copied without escapes. */
  let isPlain = true

  return (text, at) => {
    const { length } = text
    if (length > longest) return copy(text, at)
    if (isPlain && copyShort !== undefined && copyShort(text, length, at) < 128 && isClean(at, at + length)) return at + length
    const end = writeUnits(text, at)
    isPlain = end - at === length
    return end
  }

  function isClean(at: number, end: number): boolean {
    pad(view, end)
    return (scan(at, end) & (UNCLEAN | QUOTES)) === 0
  }

  function copy(text: string, at: number): number {
    if (text.length * 3 > LIMIT - at) throw FULL
    const end = at + bytes.utf8Write(text, at)
    pad(view, end)
    const found = scan(at, end)
    if ((found & HIGH) !== 0 && hasReplacement(at, end) !== 0 && !text.isWellFormed()) return stringify(text, at)
    return (found & (UNCLEAN | QUOTES)) === 0 ? end : escapeAgain(at, end)
  }

  /** Copies the string to the end of the slab, and from there back to its place with escapes. */
  function escapeAgain(at: number, end: number): number {
    const length = end - at
    const start = SIZE - length - STEP
    if (length * LONGEST_ESCAPE + STEP > start - at) throw FULL
    bytes.copyWithin(start, at, end)
    pad(view, start + length)
    return escape(start, start + length, at)
  }

  /** A lone surrogate needs an escape, but `utf8Write` has replaced it by U+FFFD. */
  function stringify(text: string, at: number): number {
    const escaped = JSON.stringify(text)
    if (escaped.length * 3 > LIMIT - at) throw FULL
    // The text of `JSON.stringify` has quotation marks. The first one overwrites the one before the string, and the code overwrites the last one.
    return at - 2 + bytes.utf8Write(escaped, at - 1)
  }
}

/** Writes 16 spaces after the end. The loops take steps of 16 bytes, and ignore spaces. */
export function pad(view: DataView, end: number): void {
  view.setFloat64(end, SPACES, true)
  view.setFloat64(end + 8, SPACES, true)
}

/** The number of bytes in one step of the loops. */
const STEP = 16
/** The bits of eight spaces. */
const SPACES = 6.013470016999068e-154

/** The length of the longest escape of one unit: `\\u0000`. */
const LONGEST_ESCAPE = 6

const BACKSLASH = 92
/** The letter of escapes with the code of the unit. */
const U = 117

/** By unit: the letter of its escape, or 0 for a unit that needs no escape. */
const ESCAPES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const escaped = JSON.stringify(String.fromCharCode(unit)).slice(1, -1)
  return escaped.length === 1 ? 0 : escaped.charCodeAt(1)
})

/** Writes each unit of a string as `JSON.stringify` does, without the quotation marks. */
function unitWriter({ bytes }: Slab): WriteText {
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

/** Whether the bytes from `start` to `end` have the format. */
type TestBytes = (start: number, end: number) => boolean

let tests: ReadonlyMap<unknown, TestBytes> | undefined

/** The test over bytes for a test over strings; `undefined` if it does not exist. */
export function byteTestOf(test: unknown): TestBytes | undefined {
  return (tests ??= byteTests(getSlab()!)).get(test)
}

/** By the function that tests a string for the same format. */
function byteTests({ bytes, isHexadecimal }: Slab): ReadonlyMap<unknown, TestBytes> {
  // V8 treats these locals as constants. A bundler turns constants at the top of a module into variables.
  const classes = CLASSES
  const { LETTER, DIGIT, APOSTROPHE, HYPHEN, DOT, AT } = MARKS
  return new Map<unknown, TestBytes>([
    [isEmail, isEmailAt],
    [
      isUUID,
      (start, end) => hasHexDigits(start, end) && ((isVersion(bytes[start + 14]!) && isVariant(bytes[start + 19]!)) || isNilOrMaxAt(start)),
    ],
    [isUUID4, (start, end) => hasHexDigits(start, end) && bytes[start + 14] === 52 && isVariant(bytes[start + 19]!)],
    [isUUID7, (start, end) => hasHexDigits(start, end) && bytes[start + 14] === 55 && isVariant(bytes[start + 19]!)],
  ])

  function isEmailAt(start: number, end: number): boolean {
    let i = start
    let last: number = DOT
    for (; i < end; i++) {
      const byte = bytes[i]!
      if (byte === AT) break
      if (byte === DOT ? last === DOT : classes[byte] === 0) return false
      last = byte
    }
    return last !== DOT && last !== APOSTROPHE && isDomainAt(i + 1, end)
  }

  function isDomainAt(from: number, end: number): boolean {
    let start = from
    let isOfLetters = true
    for (let i = from; i < end; i++) {
      const byte = bytes[i]!
      if (byte === DOT) {
        if (i === start) return false
        start = i + 1
        isOfLetters = true
      } else if ((classes[byte]! & LETTER) === 0) {
        if ((classes[byte]! & DIGIT) === 0 && (byte !== HYPHEN || i === start)) return false
        isOfLetters = false
      }
    }
    return start > from && isOfLetters && end - start >= 2
  }

  function hasHexDigits(start: number, end: number): boolean {
    return end - start === 36 && isHexadecimal(start) !== 0
  }

  function isNilOrMaxAt(start: number): boolean {
    return isNilOrMax(bytes.latin1Slice(start, start + 36))
  }
}

/** `1` to `8`. */
function isVersion(byte: number): boolean {
  return byte >= 49 && byte <= 56
}
