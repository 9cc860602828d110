/** Several byte ranges in one answer (RFC 9110 §14.6): everything around the bytes themselves, so that the length is known beforehand. */
import { formatContentRange, lengthOf, type ByteRange } from './range.ts'

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

/** `mediaType` is that of the whole, of `size` bytes. */
export function createMultipartByteRanges(ranges: readonly ByteRange[], size: number, mediaType: string): MultipartByteRanges {
  // A delimiter must not occur in the bytes, which nobody reads beforehand: 122 random bits won't.
  const boundary = crypto.randomUUID()
  const parts = ranges.map((range, index) => ({ head: encoder.encode(formatHead(range, index)), range }))
  const end = encoder.encode(`\r\n--${boundary}--\r\n`)
  const length = parts.reduce((sum, { head }) => sum + head.byteLength, lengthOf(ranges) + end.byteLength)
  return { mediaType: `multipart/byteranges; boundary=${boundary}`, parts, end, length }

  /** `delimiter CRLF header-fields CRLF`; only between two parts does a line end belong to the delimiter (RFC 2046 §5.1.1). */
  function formatHead(range: ByteRange, index: number): string {
    const delimiter = `${index === 0 ? '' : '\r\n'}--${boundary}`
    return `${delimiter}\r\nContent-Type: ${mediaType}\r\nContent-Range: ${formatContentRange(range, size)}\r\n\r\n`
  }
}
