/** Byte ranges (RFC 9110 §14): parses `Range`, formats `Content-Range`, and frames several ranges in one response. */
import { trimWhitespace } from './list.ts'

/** Positions of the first and the last byte, both included. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

const MAX_RANGES = 64

/** `"bytes" "=" range-set`. Range units are case-insensitive (§14.1). */
const BYTES = /^bytes=(.*)$/i

/** `int-range = first-pos "-" [ last-pos ]`, `suffix-range = "-" suffix-length` */
const SPEC = /^(?:(\d+)-(\d*)|-(\d+))$/

/**
 * The ranges that the header requests of a representation of `size` bytes. Ranges that overlap or touch are merged; the order of the others is kept.
 * An empty list means that no range can be satisfied (416). `undefined` means that the header is ignored (§14.2): another unit, invalid syntax,
 * more than 64 ranges, or ranges whose total length is more than twice the number of bytes that they cover.
 */
export function parseRange(header: string, size: number): readonly ByteRange[] | undefined {
  const set = BYTES.exec(header)?.[1]?.split(',')
  if (set === undefined || set.length > MAX_RANGES) return undefined
  const asked: ByteRange[] = []
  let isEmpty = true
  for (const text of set) {
    const spec = trimWhitespace(text)
    // "A recipient MUST parse and ignore a reasonable number of empty list elements" (§5.6.1.2).
    if (spec === '') continue
    isEmpty = false
    const range = parseSpec(spec, size)
    if (range === undefined) return undefined
    if (range !== UNSATISFIABLE) asked.push(range)
  }
  if (isEmpty) return undefined
  const merged = merge(asked)
  return lengthOf(asked) > 2 * lengthOf(merged) ? undefined : merged
}

const UNSATISFIABLE: ByteRange = { start: 0, end: -1 }

/** `undefined` if the whole header is ignored. */
function parseSpec(spec: string, size: number): ByteRange | undefined {
  const match = SPEC.exec(spec)
  if (match === null) return undefined
  const [, first, last, suffix] = match
  if (first !== undefined) {
    const start = Number(first)
    const end = last === '' ? Infinity : Number(last)
    // "An int-range is invalid if the last-pos value is present and less than first-pos."
    if (end < start) return undefined
    return start < size ? { start, end: Math.min(end, size - 1) } : UNSATISFIABLE
  }
  const length = Number(suffix)
  if (length === 0) return UNSATISFIABLE
  // "When a selected representation has zero length, the only satisfiable form … is a suffix-range with a non-zero suffix-length":
  // a 206 could not name a byte position in it.
  if (size === 0) return undefined
  // "If the selected representation is shorter than the specified suffix-length, the entire representation is used."
  return { start: Math.max(0, size - length), end: size - 1 }
}

/** Merges ranges, so that each byte is sent once. A merged range is in the position of the first of its ranges. */
function merge(asked: readonly ByteRange[]): readonly ByteRange[] {
  const merged: { start: number; end: number; place: number }[] = []
  for (const { start, end, place } of asked.map((range, index) => ({ ...range, place: index })).sort((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last === undefined || start > last.end + 1) merged.push({ start, end, place })
    else {
      last.end = Math.max(last.end, end)
      last.place = Math.min(last.place, place)
    }
  }
  return merged.sort((a, b) => a.place - b.place).map(({ start, end }) => ({ start, end }))
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

export interface ByteRangesPart {
  /** Goes before the bytes of the range. */
  readonly head: Uint8Array
  readonly range: ByteRange
}

export interface MultipartByteRanges {
  /** `multipart/byteranges` with its boundary. */
  readonly mediaType: string
  readonly parts: readonly ByteRangesPart[]
  /** Goes after the bytes of the last range. */
  readonly end: Uint8Array
  /** Of everything, in bytes. */
  readonly length: number
}

const encoder = new TextEncoder()

/** Creates everything around the bytes of several ranges (§14.6), so that the length is known beforehand. `mediaType` is that of the whole, of `size` bytes. */
export function createMultipartByteRanges(ranges: readonly ByteRange[], size: number, mediaType: string): MultipartByteRanges {
  // The delimiter must not occur in the content, which is not searched: 122 random bits make that improbable enough.
  const boundary = crypto.randomUUID()
  const parts = ranges.map((range, index) => ({ head: encoder.encode(formatHead(range, index)), range }))
  const end = encoder.encode(`\r\n--${boundary}--\r\n`)
  const length = parts.reduce((sum, { head }) => sum + head.byteLength, lengthOf(ranges) + end.byteLength)
  return { mediaType: `multipart/byteranges; boundary=${boundary}`, parts, end, length }

  /** `delimiter CRLF header-fields CRLF`. Only between two parts does the delimiter begin with a line break (RFC 2046 §5.1.1). */
  function formatHead(range: ByteRange, index: number): string {
    const delimiter = `${index === 0 ? '' : '\r\n'}--${boundary}`
    return `${delimiter}\r\nContent-Type: ${mediaType}\r\nContent-Range: ${formatContentRange(range, size)}\r\n\r\n`
  }
}
