/** Several byte ranges in one response (RFC 9110 §14.6). Creates everything around the bytes of the ranges, so that the length is known beforehand. */
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
