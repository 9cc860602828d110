/** Responds with a file: validators, preconditions and ranges in the order of RFC 9110 §13.2.2, and its bytes as a body. */
import { requestError } from '../errors/framework-errors.ts'
import { parseEntityTag } from '../http/entity-tag.ts'
import { formatHTTPDate } from '../http/fields.ts'
import {
  formatContentRange,
  formatUnsatisfiedRange,
  type ByteRange,
  createMultipartByteRanges,
  type MultipartByteRanges,
} from '../http/range.ts'
import { applyPreconditions, findRanges, selectedContent } from '../reply/conditions.ts'
import { openSource } from '../reply/declared-length.ts'
import type { Reply, Body, Source } from '../reply/reply.ts'
import { readChunks } from '../reply/sequence.ts'
import { ModelError } from '../schema/model-error.ts'
import type { FileLike, FileContent } from './file-like.ts'
import type { Exchange } from './representation.ts'

/** Headers that are already on the reply win over those of the file. Throws a `RequestError` 412 or 416. */
export async function sendFile(reply: Reply, file: FileLike, mediaType: string, { incoming }: Exchange): Promise<void> {
  const { size } = file
  const { status } = reply
  describe(reply, file, mediaType)
  const outcome = applyPreconditions(reply, incoming, size)
  if (outcome === 'precondition-failed') throw requestError(412)
  if (outcome === 'not-modified') return
  const isRead = incoming.method === 'GET' || incoming.method === 'HEAD'
  if (isRead && status === 200) reply.headers.setDefault('accept-ranges', 'bytes')
  const ranges = findRanges(reply, incoming, size)
  if (ranges === undefined) reply.body = await toBody(file, 0, size, incoming.method)
  else await sendRanges(reply, file, ranges)
}

/**
 * An earlier time is not the time of a change, because the web did not exist. Build tools set such times so that equal inputs give equal archives:
 * 0 (container images), 1 (Nix), 1980 (zip), 1985 (npm).
 */
const FIRST_DATE = Date.UTC(1990, 0)

function describe({ headers }: Reply, { size, etag, lastModified }: FileLike, mediaType: string): void {
  if (!Number.isSafeInteger(size) || size < 0) throw ModelError.at(['size'], 'a number of bytes', size)
  headers.setDefault('content-type', mediaType)
  if (etag !== undefined) {
    if (parseEntityTag(etag) === undefined) throw ModelError.at(['etag'], 'an entity tag with its quotes', etag)
    headers.setDefault('etag', etag)
  }
  // "An origin server with a clock MUST NOT generate a Last-Modified date that is later than the server's time" (§8.8.2.1).
  const modified = Math.min(lastModified ?? NaN, Date.now())
  if (modified >= FIRST_DATE) headers.setDefault('last-modified', formatHTTPDate(new Date(modified)))
}

async function sendRanges(reply: Reply, file: FileLike, ranges: readonly ByteRange[]): Promise<void> {
  const { headers } = reply
  const { size } = file
  const [range] = ranges
  if (range === undefined) throw requestError(416, undefined, { headers: { 'content-range': formatUnsatisfiedRange(size) } })
  const mediaType = headers.get('content-type')!
  const parts = ranges.length === 1 ? undefined : toPartsBody(file, ranges, mediaType)
  // Read before the reply is changed, because the caller uses the reply again if this fails.
  const body = parts === undefined ? await toBody(file, range.start, range.end + 1, 'GET') : parts.body
  reply.selected = selectedContent(reply, size)
  reply.status = 206
  if (parts === undefined) headers.set('content-range', formatContentRange(range, size))
  else headers.set('content-type', parts.mediaType)
  reply.body = body
}

/** Up to this length the content is read before the head is written: one write instead of a stream. */
const SMALL_BYTES = 65_536

/** Throws a `ModelError` if the file has fewer or more bytes than its size. */
function toBody(file: FileLike, start: number, end: number, method: string): Body | Promise<Body> {
  const length = end - start
  if (length === 0) return ''
  const content = file.slice(start, end)
  // A response to HEAD needs only the length, so nothing is read.
  if (method !== 'HEAD' && length <= SMALL_BYTES && content.arrayBuffer !== undefined) return readWhole(content, length)
  return toSource(content, length)
}

async function readWhole(content: FileContent, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(await content.arrayBuffer!())
  if (bytes.byteLength !== length) throw new ModelError(['content'], `${length} bytes`, `${bytes.byteLength}`)
  return bytes
}

/** The writer checks that the content has this length. */
function toSource(content: FileContent, length: number): Source {
  const open: Source['open'] = (signal) => openContent(content, signal)
  return content.lend === undefined ? { length, open } : { length, open, lend: (signal) => content.lend!(signal)[Symbol.asyncIterator]() }
}

/** `stream()` of a WHATWG `Blob` has no parameter for a signal. In Bun it throws for an argument that is not a number. */
function openContent(content: FileContent, signal: AbortSignal): AsyncIterator<Uint8Array> {
  return content instanceof Blob ? readChunks(content.stream()) : content.stream(signal)[Symbol.asyncIterator]()
}

interface PartsBody {
  readonly mediaType: string
  readonly body: Source
}

/** `multipart/byteranges`. */
function toPartsBody(file: FileLike, ranges: readonly ByteRange[], mediaType: string): PartsBody {
  const multipart = createMultipartByteRanges(ranges, file.size, mediaType)
  return { mediaType: multipart.mediaType, body: { length: multipart.length, open: (signal) => readParts(file, multipart, signal) } }
}

async function* readParts(
  file: FileLike,
  { parts, end }: MultipartByteRanges,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  for (const { head, range } of parts) {
    yield head
    yield* readRange(file, range, signal)
  }
  yield end
}

/** The length of each part is checked, because a short part would shift the bytes of the next. */
async function* readRange(file: FileLike, { start, end }: ByteRange, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const chunks = openSource(toSource(file.slice(start, end + 1), end + 1 - start), signal)
  try {
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) yield next.value as Uint8Array
  } finally {
    await chunks.return?.()
  }
}
