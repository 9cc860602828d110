/** Reads the header of a part in multipart/form-data (RFC 7578). */
import { parse } from 'content-disposition'

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
    fileName: filename === undefined ? undefined : baseName(filename),
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
function baseName(fileName: string): string {
  if (fileName === '') return ''
  return fileName.split(/[/\\]/).findLast((part) => part !== '') ?? 'file'
}
