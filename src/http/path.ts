/** Percent-encoding in paths and references (RFC 3986 §2.1). */
import { toWellFormed } from './well-formed.ts'

/** A URI has no other characters (§2). */
const OUTSIDE_URI = /[^\x21-\x7e]/

/** Everything but `unreserved / gen-delims / sub-delims / "%"` */
const TO_ESCAPE = /[^\w.~:/%#?=@[\]!$&'()*+,;-]+/g

/** The value of one path segment. `undefined` where an escape is malformed or the octets are not UTF-8. */
export function decodeSegment(segment: string): string | undefined {
  if (OUTSIDE_URI.test(segment)) return undefined
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** A reference as `Location` takes it: what no URI holds is percent-encoded as UTF-8; what is encoded already stays. */
export function escapeLocation(url: string): string {
  return toWellFormed(url).replace(TO_ESCAPE, encodeURIComponent)
}
