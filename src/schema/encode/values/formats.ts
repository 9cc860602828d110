/** Tests of the most common formats with loops over the characters, which are two to three times as fast as the regular expressions. */

const HEX_PART = '[0-9a-fA-F]'

/** zod's expression for a UUID of some versions. */
function uuidSource(version: string): string {
  return `${HEX_PART}{8}-${HEX_PART}{4}-${version}${HEX_PART}{3}-[89abAB]${HEX_PART}{3}-${HEX_PART}{12}`
}

/** The bits in `CLASSES`, and the codes of single characters. */
export const MARKS = { LETTER: 1, DIGIT: 2, HEX: 4, LOCAL: 8, APOSTROPHE: 39, HYPHEN: 45, DOT: 46, AT: 64 } as const

/** By character code: whether it is a letter, a digit, a hexadecimal digit, or another character that is allowed in the local part of an email address. */
export const CLASSES: Uint8Array = Uint8Array.from({ length: 256 }, (_, unit) => {
  const character = String.fromCharCode(unit)
  return (
    (/[A-Za-z]/.test(character) ? MARKS.LETTER : 0) |
    (/[0-9]/.test(character) ? MARKS.DIGIT : 0) |
    (/[0-9A-Fa-f]/.test(character) ? MARKS.HEX : 0) |
    (/[_'+-]/.test(character) ? MARKS.LOCAL : 0)
  )
})

export const { isEmail, isUUID, isUUID4, isUUID7 } = textTests()

/** By the source of zod's regular expression. Any other expression runs unchanged. */
const TESTS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  [String.raw`^(?:[A-Za-z0-9_'+\-]+\.)*[A-Za-z0-9_'+\-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9\-]*\.)+[A-Za-z]{2,}$`, isEmail],
  [`^(${uuidSource('[1-8]')}|00000000-0000-0000-0000-000000000000|ffffffff-ffff-ffff-ffff-ffffffffffff)$`, isUUID],
  [`^(${uuidSource('4')})$`, isUUID4],
  [`^(${uuidSource('7')})$`, isUUID7],
])

/** A function that accepts the same strings as the expression; `undefined` for most expressions. */
export function fastTestOf({ source, flags }: RegExp): ((text: string) => boolean) | undefined {
  return flags === '' ? TESTS.get(source) : undefined
}

function textTests() {
  // V8 treats these locals as constants. A bundler turns constants at the top of a module into variables.
  const classes = CLASSES
  const { LETTER, DIGIT, HEX, APOSTROPHE, HYPHEN, DOT, AT } = MARKS

  return { isEmail, isUUID, isUUID4, isUUID7 }

  function isEmail(text: string): boolean {
    const { length } = text
    let i = 0
    let last: number = DOT
    for (; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit === AT) break
      if (unit === DOT ? last === DOT : classOf(unit) === 0) return false
      last = unit
    }
    return last !== DOT && last !== APOSTROPHE && isDomain(text, i + 1)
  }

  /** Labels separated by dots. The last label consists of letters. */
  function isDomain(text: string, from: number): boolean {
    const { length } = text
    let start = from
    let isOfLetters = true
    for (let i = from; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit === DOT) {
        if (i === start) return false
        start = i + 1
        isOfLetters = true
      } else if ((classOf(unit) & LETTER) === 0) {
        if ((classOf(unit) & DIGIT) === 0 && (unit !== HYPHEN || i === start)) return false
        isOfLetters = false
      }
    }
    return start > from && isOfLetters && length - start >= 2
  }

  function isUUID(text: string): boolean {
    if (!hasHexDigits(text)) return false
    const version = text.charCodeAt(14)
    return (version >= 49 && version <= 56 && isVariant(text.charCodeAt(19))) || isNilOrMax(text)
  }

  function isUUID4(text: string): boolean {
    return hasHexDigits(text) && text.charCodeAt(14) === 52 && isVariant(text.charCodeAt(19))
  }

  function isUUID7(text: string): boolean {
    return hasHexDigits(text) && text.charCodeAt(14) === 55 && isVariant(text.charCodeAt(19))
  }

  /** Hexadecimal digits in groups of 8-4-4-4-12. */
  function hasHexDigits(text: string): boolean {
    if (text.length !== 36) return false
    for (let i = 0; i < 36; i++) {
      const unit = text.charCodeAt(i)
      if (i === 8 || i === 13 || i === 18 || i === 23 ? unit !== HYPHEN : (classOf(unit) & HEX) === 0) return false
    }
    return true
  }

  function classOf(unit: number): number {
    return unit < 128 ? classes[unit]! : 0
  }
}

/** `8`, `9`, `a` or `b`: a digit whose upper bits are 10. */
export function isVariant(unit: number): boolean {
  return unit === 56 || unit === 57 || (unit | 32) === 97 || (unit | 32) === 98
}

export function isNilOrMax(text: string): boolean {
  return text === '00000000-0000-0000-0000-000000000000' || text === 'ffffffff-ffff-ffff-ffff-ffffffffffff'
}
