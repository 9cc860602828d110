/** Serves files by a path below a root or as objects, and their compressed copies, with validators, preconditions and ranges (RFC 9110 §13, §14). */
import { z } from 'zod'
import { RequestError, requestError } from '../errors/framework-errors.ts'
import { acceptedEncodings } from '../http/accept.ts'
import { formatContentDisposition, type DispositionType } from '../http/content-disposition.ts'
import { HeaderList } from '../http/header-list.ts'
import { mediaTypeOf, parseMediaType, withCharset } from '../http/media-type.ts'
import type { Reply } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import { isFileLike, type FileLike, type FileRoot } from './file-like.ts'
import { sendFile } from './file-reply.ts'
import type { DocumentedHeader, Exchange, Representation } from './representation.ts'

export interface FilePresentation {
  /** Whether the client shows the file or saves it. Default: `attachment` if there is a `fileName`; otherwise no `Content-Disposition` is sent. */
  readonly disposition?: DispositionType | undefined
  /** The name under which the client saves it. Default: the file's own name. */
  readonly fileName?: string | undefined
}

/** Options of `file()`. */
export interface FileOptions extends FilePresentation {
  /** Default: the file's `type`, else the type of its extension, else `application/octet-stream`. */
  readonly mediaType?: string
}

/** Options of `file()` for a handler that returns paths below a root. */
export interface RootedFileOptions extends FileOptions {
  /** The folder that paths are relative to, such as `directory('files')`. */
  readonly root: FileRoot
  /** Sends `a.js.br` or `a.js.gz` instead of `a.js` if that file exists and the client accepts its coding. Default: false. */
  readonly precompressed?: boolean
}

/** A path with its own presentation. */
export interface PathResult extends FilePresentation {
  /** Names joined by slashes, relative to the root. */
  readonly path: string
  /** The file at that path, if it is already open. */
  readonly file?: FileLike
}

/** A file with its own presentation. */
export interface FileResult extends FilePresentation {
  readonly file: FileLike
}

/** A file, with conditional and range requests. The handler returns a path. The response is a 404 if the root has no such file. */
export function file(options: RootedFileOptions): Representation<string | PathResult>
/** The handler returns a `File`, a `Blob`, or another `FileLike`. */
export function file(options?: FileOptions): Representation<FileLike | FileResult>
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
      const result = toResult(value, root !== undefined)
      if (result.path === undefined) return send(reply, result, result.file, exchange)
      const unchanged = reply.headers.flat.slice()
      try {
        await send(reply, result, result.file ?? (await root!.open(result.path)), exchange)
      } catch (error) {
        if (error instanceof RequestError || error instanceof ModelError) throw error
        // A deploy may replace the file by renaming another one over it, between opening and reading it: it is opened once more.
        reply.headers = HeaderList.from(unchanged)
        await send(reply, result, await root!.open(result.path), exchange)
      }
    },
  }

  async function send(reply: Reply, result: Result, found: FileLike | undefined, exchange: Exchange): Promise<void> {
    if (found === undefined) throw requestError(404)
    const { path } = result
    const { headers } = reply
    const disposition = toDisposition(result, options, path ?? found.name ?? '')
    if (disposition !== undefined) headers.setDefault('content-disposition', disposition)
    if (precompressed) headers.vary('Accept-Encoding')
    const acceptEncoding = exchange.incoming.header('accept-encoding') ?? ''
    const encoded = precompressed && path !== undefined ? await openEncoded(root!, path, acceptEncoding) : undefined
    if (encoded !== undefined) headers.set('content-encoding', encoded.coding)
    await sendFile(reply, encoded?.file ?? found, mediaType ?? typeOf(found, path), exchange)
  }
}

const HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Accept-Ranges': { description: 'The file can be requested in parts, by `Range`', schema: z.literal('bytes') },
  'Content-Disposition': { description: 'Whether to show or to save the file, and its name', schema: z.string() },
  ETag: { description: 'Entity tag of the file', schema: z.string() },
  'Last-Modified': { description: 'Time of the last change', schema: z.string() },
}

const ENCODED_HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Content-Encoding': { description: 'How the content is compressed', schema: z.enum(['br', 'gzip']) },
  Vary: { description: 'Request headers that the choice of the content depends on', schema: z.string() },
}

type Result = FilePresentation & { readonly path?: string; readonly file?: FileLike }

function toResult(value: unknown, hasRoot: boolean): Result {
  if (isFileLike(value)) return { file: value }
  if (typeof value === 'string' && hasRoot) return { path: value }
  const result: Result = typeof value === 'object' && value !== null ? value : {}
  if (hasRoot ? typeof result.path === 'string' : isFileLike(result.file)) return result
  throw ModelError.at([], hasRoot ? 'a path' : 'a file', value)
}

function toDisposition(result: FilePresentation, declared: FilePresentation, ownName: string): string | undefined {
  const fileName = result.fileName ?? declared.fileName
  const type = result.disposition ?? declared.disposition ?? (fileName === undefined ? undefined : 'attachment')
  return type === undefined ? undefined : formatContentDisposition(fileName ?? ownName, type)
}

function typeOf({ type = '', name = '' }: FileLike, path = name): string {
  return parseMediaType(type) === undefined ? mediaTypeOf(path) : withCharset(type)
}

/** By coding: the extension of the compressed copy of a file, which is in the same folder: `a.js.br`, `a.js.gz` (RFC 9110 §8.4). */
const EXTENSIONS = new Map([
  ['br', '.br'],
  ['gzip', '.gz'],
])

interface EncodedFile {
  readonly file: FileLike
  /** Its `Content-Encoding`. */
  readonly coding: string
}

/** The compressed copy of `path` whose coding the client prefers; `undefined` if it prefers the file itself or there is no copy. */
async function openEncoded(root: FileRoot, path: string, acceptEncoding: string): Promise<EncodedFile | undefined> {
  for (const coding of acceptedEncodings(acceptEncoding, [...EXTENSIONS.keys()])) {
    const file = await root.open(path + EXTENSIONS.get(coding)!)
    if (file !== undefined) return { file: withTag(file, coding), coding }
  }
  return undefined
}

/** Adds the coding to the tag: representations with different bytes need different strong tags (RFC 9110 §8.8.3.3), even if both files have the same tag. */
function withTag(file: FileLike, coding: string): FileLike {
  const { size, lastModified, etag } = file
  return {
    size,
    ...(lastModified === undefined ? {} : { lastModified }),
    ...(etag === undefined ? {} : { etag: etag.replace(/"$/, `-${coding}"`) }),
    slice: (start, end) => file.slice(start, end),
  }
}
