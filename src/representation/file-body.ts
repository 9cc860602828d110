/** A file's bytes as a body: the whole, a part, or several parts. */
import { createMultipartByteRanges, type MultipartByteRanges } from '../http/multipart-byteranges.ts'
import type { ByteRange } from '../http/range.ts'
import type { Body, Source } from '../reply/reply.ts'
import type { FileContent, FileLike } from './file-like.ts'

/** So little is read at once, before the head: one write instead of a stream. */
const SMALL_BYTES = 65_536

export function toBody(file: FileLike, start: number, end: number, method: string): Body | Promise<Body> {
  const length = end - start
  if (length === 0) return ''
  const content = file.slice(start, end)
  // An answer to HEAD needs the length alone.
  if (method !== 'HEAD' && length <= SMALL_BYTES && content.arrayBuffer !== undefined)
    return content.arrayBuffer().then((bytes) => new Uint8Array(bytes))
  return { length, ...toSource(content) }
}

function toSource(content: FileContent): Source {
  const open: Source['open'] = (signal) => content.stream(signal)[Symbol.asyncIterator]()
  return content.lend === undefined ? { open } : { open, lend: (signal) => content.lend!(signal)[Symbol.asyncIterator]() }
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
    yield* file.slice(range.start, range.end + 1).stream(signal)
  }
  yield end
}
