/** Byte ranges (RFC 9110 §14): what a `Range` field asks for, and how an answer names what it holds. */
import resolve from 'range-parser'

/** Positions of the first and the last byte, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const MAX_RANGES = 64

/** `"bytes" "=" range-set`. Range units are case-insensitive (§14.1). */
const BYTES = /^bytes=(.*)$/i

/** `int-range = first-pos "-" [ last-pos ]`, `suffix-range = "-" suffix-length`, or an empty element (§5.6.1.2) */
const SPEC = /^[ \t]*(?:(\d+)-(\d*)|-(\d+))?[ \t]*$/

/**
 * The ranges of a representation of `size` bytes that are asked for, merged where they overlap or touch, else in the order asked.
 * Empty where none can be satisfied (416). `undefined` where the field must or may be ignored (§14.2): another unit, what is no range,
 * more than 64 of them, or most of them asked for more than twice.
 */
export function parseRange(header: string, size: number): readonly ByteRange[] | undefined {
  const set = BYTES.exec(header)?.[1]?.split(',')
  if (set === undefined || set.length > MAX_RANGES) return undefined
  const specs: string[] = []
  for (const text of set) {
    const spec = SPEC.exec(text)
    if (spec === null) return undefined
    const [, first, last, suffix] = spec
    if (first !== undefined) {
      // "An int-range is invalid if the last-pos value is present and less than first-pos."
      if (last !== '' && Number(last) < Number(first)) return undefined
      specs.push(`${first}-${last}`)
    } else if (suffix !== undefined) {
      // "When a selected representation has zero length, the only satisfiable form … is a suffix-range with a non-zero suffix-length":
      // there is no byte to name in a 206.
      if (size === 0 && Number(suffix) > 0) return undefined
      // "If the selected representation is shorter than the specified suffix-length, the entire representation is used."
      specs.push(Number(suffix) > size ? '0-' : `-${suffix}`)
    }
  }
  return specs.length === 0 ? undefined : merge(specs, size)
}

function merge(specs: readonly string[], size: number): readonly ByteRange[] | undefined {
  const field = `bytes=${specs.join(',')}`
  const asked = resolve(size, field)
  const merged = resolve(size, field, { combine: true })
  if (typeof asked === 'number' || typeof merged === 'number') return []
  return lengthOf(asked) > 2 * lengthOf(merged) ? undefined : [...merged]
}

/** In bytes. */
export function lengthOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + end - start + 1, 0)
}

/** `range-unit SP first-pos "-" last-pos "/" complete-length` (§14.4), for a 206. */
export function formatContentRange({ start, end }: ByteRange, size: number): string {
  return `bytes ${start}-${end}/${size}`
}

/** `range-unit SP "*" "/" complete-length` (§14.4), for a 416. */
export function formatUnsatisfiedRange(size: number): string {
  return `bytes */${size}`
}
