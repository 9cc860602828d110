/** Turns JSON text, or bytes of the slab, into the body of a response. */
import { TEXT_LIMIT } from '../run-time.ts'

// oxlint-disable-next-line no-control-regex -- ASCII is all of U+0000 to U+007F
const ASCII = /^[\0-\x7f]*$/
const hasBuffer = typeof Buffer === 'function'
const encoder = new TextEncoder()

/** The most bytes that one UTF-16 unit needs in UTF-8. */
const MOST_BYTES = 3
let scratch: Buffer | undefined

/** Returns the string if it is short and ASCII, else its UTF-8 bytes. */
export function toOutput(text: string): string | Uint8Array {
  if (text.length > TEXT_LIMIT) return toBytes(text)
  if (!hasBuffer) return ASCII.test(text) ? text : toBytes(text)
  // Encoding is faster than looking for characters beyond ASCII, and the bytes are ready if there are any.
  scratch ??= Buffer.allocUnsafeSlow(TEXT_LIMIT * MOST_BYTES)
  const end = scratch.write(text)
  return end === text.length ? text : copyOut(scratch, end)
}

export function toBytes(text: string): Uint8Array {
  return hasBuffer ? Buffer.from(text, 'utf8') : encoder.encode(text)
}

const PIECE_BYTES = 131_072

/** A longer copy gets memory of its own, so that a slow client keeps at most one piece alive in addition to its response. */
const SHARED_LIMIT = PIECE_BYTES / 4

let piece: Buffer | undefined
let used = 0

/** Copies the first `end` bytes. Short copies share one piece of memory. */
export function copyOut(bytes: Buffer, end: number): Uint8Array {
  if (end > SHARED_LIMIT) return Buffer.concat([bytes.subarray(0, end)])
  if (piece === undefined || used + end > PIECE_BYTES) {
    piece = Buffer.allocUnsafeSlow(PIECE_BYTES)
    used = 0
  }
  const start = used
  used += end
  bytes.copy(piece, start, 0, end)
  return piece.subarray(start, used)
}
