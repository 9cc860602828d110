/** What a client shall do with a file, and under which name it keeps it (RFC 6266). */
import { create } from 'content-disposition'
import { toWellFormed } from './well-formed.ts'

/** Offered for keeping, or shown where it came. */
export type DispositionType = 'attachment' | 'inline'

/** What old clients take for more than a character, and separators in a decomposed one (RFC 6266 §4.3 and appendix D). */
const UNSAFE_IN_FALLBACK = /[^\x20-\x7e]|["/\\]|%(?=[\dA-Fa-f]{2})/gu

/**
 * A `Content-Disposition` field value for any name. Of a path the last part counts; controls are left out.
 * A name that ASCII can't hold goes out twice: as `filename*`, and in ASCII for clients that don't know that.
 */
export function formatContentDisposition(fileName: string, type: DispositionType = 'attachment'): string {
  const name = baseName(toWellFormed(fileName).replace(/\p{Cc}/gu, ''))
  // Without a name the client makes one of its own.
  return name === '' || name === '.' || name === '..' ? type : create(name, { type, fallback: toASCII(name) })
}

/** The part after the last separator of either kind: a name must not choose where it is kept. */
function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** Letters without their marks, `_` for all else. The compatible forms of NFKD would make dots and separators of other characters. */
function toASCII(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').replace(UNSAFE_IN_FALLBACK, '_')
}
