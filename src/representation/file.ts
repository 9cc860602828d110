/** Files: by their path from a root, or by themselves; with validators, conditions and ranges (RFC 9110 §13, §14). */
import { z } from 'zod'
import { RequestError } from '../errors/framework-errors.ts'
import { formatContentDisposition, type DispositionType } from '../http/content-disposition.ts'
import { mediaTypeOf } from '../http/file-type.ts'
import { parseMediaType, withCharset } from '../http/media-type.ts'
import { ModelError } from '../schema/model-error.ts'
import { isFileLike, type FileLike, type FileRoot } from './file-like.ts'
import { sendFile } from './file-reply.ts'
import { openEncoded } from './precompressed.ts'
import type { DocumentedHeader, Representation } from './representation.ts'

export interface FilePresentation {
  /** What the client shall do with the file. Default: `attachment` where there is a `fileName`, else nothing is said. */
  readonly disposition?: DispositionType | undefined
  /** The name under which the client keeps it. Default: the file's own. */
  readonly fileName?: string | undefined
}

export interface FileOptions extends FilePresentation {
  /** Default: what the file itself says, else what its name tells, else `application/octet-stream`. */
  readonly mediaType?: string
}

export interface RootedFileOptions extends FileOptions {
  /** Where paths lead, such as `directory('files')`. */
  readonly root: FileRoot
  /** Sends `a.js.br` or `a.js.gz` in the place of `a.js` where there is one and the client takes it. Default: false. */
  readonly precompressed?: boolean
}

/** A path that is presented otherwise than declared. */
export interface PathAnswer extends FilePresentation {
  /** Names joined by slashes, from the root. */
  readonly path: string
  /** The file there, if it was opened already. */
  readonly file?: FileLike
}

/** A file that is presented otherwise than declared. */
export interface FileAnswer extends FilePresentation {
  readonly file: FileLike
}

/** The handler returns a path. Where it leads to no file below the root, the answer is 404. */
export function file(options: RootedFileOptions): Representation<string | PathAnswer>
/** The handler returns a `File`, a `Blob`, or anything like one. */
export function file(options?: FileOptions): Representation<FileLike | FileAnswer>
export function file(options: FileOptions | RootedFileOptions = {}): Representation {
  const { root, precompressed = false } = 'root' in options ? options : {}
  const mediaType = options.mediaType === undefined ? undefined : withCharset(options.mediaType)
  return {
    kind: 'file',
    mediaType,
    content: mediaType === undefined ? { mediaType: '*/*', form: {} } : { form: { type: 'string', contentMediaType: mediaType } },
    headers: precompressed ? { ...HEADERS, ...ENCODED_HEADERS } : HEADERS,
    statuses: [206, 304],
    faults: root === undefined ? [412, 416] : [404, 412, 416],
    rendersLast: true,
    compile: () => async (reply, value, exchange) => {
      const answer = toAnswer(value, root !== undefined)
      const { path } = answer
      const found = answer.file ?? (await root!.open(path!))
      if (found === undefined) throw new RequestError(404)
      const { headers } = reply
      const disposition = toDisposition(answer, options, path ?? found.name ?? '')
      if (disposition !== undefined) headers.setDefault('content-disposition', disposition)
      const acceptEncoding = exchange.incoming.header('accept-encoding') ?? ''
      const encoded = precompressed && path !== undefined ? await openEncoded(root!, path, acceptEncoding) : undefined
      if (precompressed) headers.append('vary', 'Accept-Encoding')
      if (encoded !== undefined) headers.set('content-encoding', encoded.coding)
      await sendFile(reply, encoded?.file ?? found, mediaType ?? typeOf(found, path), exchange)
    },
  }
}

const HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Accept-Ranges': { description: 'That parts can be asked for', schema: z.literal('bytes') },
  'Content-Disposition': { description: 'What to do with the file, and its name', schema: z.string() },
  ETag: { description: 'The entity tag of the file', schema: z.string() },
  'Last-Modified': { description: 'When the file was last changed', schema: z.string() },
}

const ENCODED_HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Content-Encoding': { description: 'How the file is compressed', schema: z.enum(['br', 'gzip']) },
  Vary: { description: 'Header fields of the request that the content was chosen by', schema: z.string() },
}

type Answer = FilePresentation & { readonly path?: string; readonly file?: FileLike }

function toAnswer(value: unknown, hasRoot: boolean): Answer {
  if (isFileLike(value)) return { file: value }
  if (typeof value === 'string' && hasRoot) return { path: value }
  const answer: Answer = typeof value === 'object' && value !== null ? value : {}
  if (hasRoot ? typeof answer.path === 'string' : isFileLike(answer.file)) return answer
  throw ModelError.at([], hasRoot ? 'a path' : 'a file', value)
}

function toDisposition(answer: FilePresentation, declared: FilePresentation, ownName: string): string | undefined {
  const fileName = answer.fileName ?? declared.fileName
  const type = answer.disposition ?? declared.disposition ?? (fileName === undefined ? undefined : 'attachment')
  return type === undefined ? undefined : formatContentDisposition(fileName ?? ownName, type)
}

function typeOf({ type = '', name = '' }: FileLike, path = name): string {
  return parseMediaType(type) === undefined ? mediaTypeOf(path) : withCharset(type)
}
