/** Strings in the slab, without their quotation marks. */
import { FULL, LIMIT, SIZE, type Slab } from './memory.ts'
import { LONGEST_SHORT } from '../../run-time.ts'
import { HIGH, QUOTES, UNCLEAN } from './scan.ts'
import { LONGEST_ESCAPE, unitWriter } from './units.ts'

/** Writes a string without its quotation marks. Returns the position after it. */
export type WriteText = (text: string, at: number) => number

/** Copies only. One scan of the whole answer finds characters that need an escape, and replaced surrogates, afterwards. */
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

/** In UTF-16 units. For a longer string, scans of its bytes are faster than a loop over its units. */
const LONGEST_BY_UNITS = 48

/** Scans each string, and escapes where it is necessary. */
export function carefulText(slab: Slab): WriteText {
  const { bytes, view, scan, hasReplacement, escape, copyShort } = slab
  const longest = LONGEST_BY_UNITS
  const writeUnits = unitWriter(slab)
  /** The last short string needed no escape: the next one is tried without. */
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

  /** Copies the string to the far end of the slab, and from there back with escapes. */
  function escapeAgain(at: number, end: number): number {
    const length = end - at
    const start = SIZE - length - STEP
    if (length * LONGEST_ESCAPE + STEP > start - at) throw FULL
    bytes.copyWithin(start, at, end)
    pad(view, start + length)
    return escape(start, start + length, at)
  }

  /** A lone surrogate needs an escape, but its bytes are those of U+FFFD. */
  function stringify(text: string, at: number): number {
    const escaped = JSON.stringify(text)
    if (escaped.length * 3 > LIMIT - at) throw FULL
    // The native text has quotation marks of its own: they overwrite those around the string.
    return at - 2 + bytes.utf8Write(escaped, at - 1)
  }
}

/** The loops take steps of 16 bytes: writes spaces past the end, which they ignore. */
export function pad(view: DataView, end: number): void {
  view.setFloat64(end, SPACES, true)
  view.setFloat64(end + 8, SPACES, true)
}

/** The bytes of one step of the loops. */
const STEP = 16
/** Eight spaces. */
const SPACES = 6.013470016999068e-154
