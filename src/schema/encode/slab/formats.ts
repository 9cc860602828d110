/** Tests of formats over the bytes of a string in the slab, which are faster than the tests of the string before it is written. */
import { CLASSES, isEmail, isUUID, isUUID4, isUUID7, isVariant, MARKS } from '../values/formats.ts'
import { getSlab, type Slab } from './memory.ts'

/** Whether the bytes from `start` to `end` have the format. */
type TestBytes = (start: number, end: number) => boolean

let tests: ReadonlyMap<unknown, TestBytes> | undefined

/** The test of bytes that replaces a test of strings; `undefined` if there is no such test. */
export function byteTestOf(test: unknown): TestBytes | undefined {
  return (tests ??= byteTests(getSlab()!)).get(test)
}

const NIL = '00000000-0000-0000-0000-000000000000'
const MAX = 'ffffffff-ffff-ffff-ffff-ffffffffffff'

/** By the function that tests a string for the same format. */
function byteTests({ bytes, isHexadecimal }: Slab): ReadonlyMap<unknown, TestBytes> {
  // V8 treats these locals as constants. A bundler turns constants at the top of a module into variables.
  const classes = CLASSES
  const { LETTER, DIGIT, APOSTROPHE, HYPHEN, DOT, AT } = MARKS
  return new Map<unknown, TestBytes>([
    [isEmail, isEmailAt],
    [
      isUUID,
      (start, end) => hasHexDigits(start, end) && ((isVersion(bytes[start + 14]!) && isVariant(bytes[start + 19]!)) || isNilOrMax(start)),
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

  function isNilOrMax(start: number): boolean {
    const text = bytes.latin1Slice(start, start + 36)
    return text === NIL || text === MAX
  }
}

/** `1` to `8`. */
function isVersion(byte: number): boolean {
  return byte >= 49 && byte <= 56
}
