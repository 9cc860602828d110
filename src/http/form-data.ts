/** What the head of a part says in multipart/form-data (RFC 7578). */
import { parse } from 'content-disposition'

export interface FormDataHead {
  /** The field's name. */
  readonly name: string
  /** As the client calls it, without any folders; `undefined` where the part is no file. */
  readonly fileName: string | undefined
  /** Default: `application/octet-stream` for a file. */
  readonly mediaType: string
}

/** `undefined` where the part is no form field. `filename*` is not looked at (RFC 7578 §4.2). */
export function parseFormDataHead(fields: ReadonlyMap<string, string>): FormDataHead | undefined {
  const { type, parameters } = parse((fields.get('content-disposition') ?? '').replaceAll(ESCAPED_QUOTE, '%22'), {
    multipart: true,
    extended: false,
  })
  const { name, filename } = parameters
  if (type !== 'form-data' || name === undefined) return undefined
  return {
    name,
    fileName: filename === undefined ? undefined : baseName(filename),
    mediaType: fields.get('content-type') ?? (filename === undefined ? 'text/plain' : 'application/octet-stream'),
  }
}

/** Old clients write a quote inside of a name so; before a `;` or at the end it closes the name, as in `"C:\\"`. */
const ESCAPED_QUOTE = /\\"(?!\s*(?:;|$))/g

/**
 * Folders are the client's affair, and dangerous where a file is stored under its name. Only a name that was sent empty is empty: a file called
 * `dir/` or `a\"b.txt` is a file.
 */
function baseName(fileName: string): string {
  if (fileName === '') return ''
  return fileName.split(/[/\\]/).findLast((part) => part !== '') ?? 'file'
}
