/** `Content-Disposition`: of a response with a file (RFC 6266), and of a part in multipart/form-data (RFC 7578). */
import { create, parse } from 'content-disposition'
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

export interface FormDataHead {
  /** The field's name. */
  readonly name: string
  /** The client's name for the file, without folders; `undefined` if the part is not a file. */
  readonly fileName: string | undefined
  /** Default: `application/octet-stream` for a file. */
  readonly mediaType: string
}

/** `undefined` if the part is not a form field. `filename*` is ignored (RFC 7578 §4.2). */
export function parseFormDataHead(fields: ReadonlyMap<string, string>): FormDataHead | undefined {
  const { type, parameters } = parse(readQuotes(fields.get('content-disposition') ?? ''), { multipart: true, extended: false })
  const { name, filename } = parameters
  if (type !== 'form-data' || name === undefined) return undefined
  return {
    name,
    fileName: filename === undefined ? undefined : withoutFolders(filename),
    mediaType: fields.get('content-type') ?? (filename === undefined ? 'text/plain' : 'application/octet-stream'),
  }
}

/** Old clients write a quote inside a name as `\"`. Before a `;` or at the end it closes the name, as in `"C:\"`. */
function readQuotes(field: string): string {
  return field.replaceAll(/\\"(\s*)(;?)/g, (whole, spaces: string, semicolon: string, at: number) =>
    semicolon === '' && at + whole.length < field.length ? `%22${spaces}` : whole,
  )
}

/**
 * Removes folders, which would be dangerous for an app that stores a file under its name. The result is empty only if the name was sent empty: a file
 * called `dir/` or `a\"b.txt` is still a file.
 */
function withoutFolders(fileName: string): string {
  if (fileName === '') return ''
  return fileName.split(/[/\\]/).findLast((part) => part !== '') ?? 'file'
}
