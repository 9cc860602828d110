/** The bytes of a file as a body: the whole file, a range, or several ranges. Throws a `ModelError` if the file has fewer or more bytes than its size. */
import { createMultipartByteRanges, type MultipartByteRanges, type ByteRange } from '../http/range.ts'
import { openSource } from '../reply/declared-length.ts'
import { readChunks } from '../reply/sequence.ts'
import type { Body, Source } from '../reply/reply.ts'
import { ModelError } from '../schema/model-error.ts'
import type { FileContent, FileLike } from './file-like.ts'

/** Up to this length the content is read before the head is written: one write instead of a stream. */
const SMALL_BYTES = 65_536

export function toBody(file: FileLike, start: number, end: number, method: string): Body | Promise<Body> {
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

export interface PartsBody {
  readonly mediaType: string
  readonly body: Source
}

/** `multipart/byteranges`. */
export function toPartsBody(file: FileLike, ranges: readonly ByteRange[], mediaType: string): PartsBody {
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
