/** Whether a client shows or saves a file, and the name that it saves it under (RFC 6266). */
import { create } from 'content-disposition'
import { toWellFormed } from './fields.ts'

/** `attachment`: the client saves the file. `inline`: it shows the file. */
export type DispositionType = 'attachment' | 'inline'

/** Characters that old clients misread in the ASCII name: quotes, path separators, and `%` before two hex digits (RFC 6266 §4.3, appendix D). */
const UNSAFE_IN_FALLBACK = /[^\x20-\x7e]|["/\\]|%(?=[\dA-Fa-f]{2})/gu

/**
 * A `Content-Disposition` value for any name. Only the last part of a path is used; control characters are removed.
 * A name with other characters than ASCII is sent twice: as `filename*`, and in ASCII for clients that do not know `filename*`.
 */
export function formatContentDisposition(fileName: string, type: DispositionType = 'attachment'): string {
  const name = baseName(toWellFormed(fileName).replace(/\p{Cc}/gu, ''))
  // Without a name the client chooses one.
  return name === '' || name === '.' || name === '..' ? type : create(name, { type, fallback: toASCII(name) })
}

/** The part after the last `/` or `\`: a name must not choose the folder that the file is saved in. */
function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1)
}

/** Removes diacritics and replaces other non-ASCII characters by `_`. NFD, because NFKD would turn some characters into dots and separators. */
function toASCII(name: string): string {
  return name.normalize('NFD').replace(/\p{M}/gu, '').replace(UNSAFE_IN_FALLBACK, '_')
}
