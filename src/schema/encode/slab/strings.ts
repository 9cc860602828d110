/** The insides of strings in the slab. */
import { DIRTY, FULL, LIMIT, SIZE, type Slab } from './memory.ts'
import { hasFastCalls } from './run-time.ts'
import { QUOTES, UNCLEAN } from './scan.ts'

/** Writes a string without its quotation marks. Gives where it ended. */
export type WriteText = (text: string, at: number) => number

/** Longer strings are copied faster by the native method than by a loop. In UTF-16 units. */
const LONG = hasFastCalls ? 16 : 34

/** Copies. Characters that need an escape are looked for afterwards, in all that was written. Throws `DIRTY` on a lone surrogate. */
export function optimisticText({ bytes }: Slab): WriteText {
  return (text, at) => {
    const { length } = text
    if (length > LONG) return copy(text, at)
    let all = 0
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      bytes[at + i] = unit
      all |= unit
    }
    return all < 128 ? at + length : copy(text, at)
  }

  function copy(text: string, at: number): number {
    const { length } = text
    if (length * 3 > LIMIT - at) throw FULL
    const written = bytes.utf8Write(text, at)
    if (written !== length && !text.isWellFormed()) throw DIRTY
    return at + written
  }
}

/** Looks at each string by itself, and escapes where it must. */
export function carefulText({ bytes, view, scan, escape }: Slab): WriteText {
  return (text, at) => {
    const { length } = text
    if (length > LONG) return copy(text, at)
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 32 || unit > 126 || unit === 34 || unit === 92) return copy(text, at)
      bytes[at + i] = unit
    }
    return at + length
  }

  function copy(text: string, at: number): number {
    const { length } = text
    if (length * 3 > LIMIT - at) throw FULL
    const end = at + bytes.utf8Write(text, at)
    pad(view, end)
    const isASCII = end - at === length
    if (!isASCII && !text.isWellFormed()) return stringify(text, at)
    return (scan(at, end) & (UNCLEAN | QUOTES)) === 0 ? end : escapeAgain(at, end)
  }

  /** From the far end of the slab. */
  function escapeAgain(at: number, end: number): number {
    const length = end - at
    const start = SIZE - length - STEP
    if (length * LONGEST_ESCAPE + STEP > start - at) throw FULL
    bytes.copyWithin(start, at, end)
    pad(view, start + length)
    return escape(start, start + length, at)
  }

  /** A lone surrogate needs an escape that no byte tells. */
  function stringify(text: string, at: number): number {
    const escaped = JSON.stringify(text)
    if (escaped.length * 3 > LIMIT - at) throw FULL
    // One byte back and forth: the quotation marks of the native text fall on those that are there already.
    return at - 2 + bytes.utf8Write(escaped, at - 1)
  }
}

/** The scan takes steps of 16 bytes: past the end must stand what it does not mind. */
export function pad(view: DataView, end: number): void {
  view.setFloat64(end, SPACES, true)
  view.setFloat64(end + 8, SPACES, true)
}

/** What the loops over bytes look at in one step. */
const STEP = 16
/** Of one byte: `\\u0000`. */
const LONGEST_ESCAPE = 6
/** Eight spaces. */
const SPACES = 6.013470016999068e-154
