/** Files as the core sees them: in memory, on a disk, in an object store. */

/** Content to be read from its start to its end, as a WHATWG `Blob` is. */
export interface FileContent {
  /** The signal aborts when the client is gone; the iterator's `return()` is called then too. */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** As `stream`, for a reader that asks for the next chunk only when it is done with the last: all may lie in the same memory. */
  lend?(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Where there is one, small content is read by it at once instead of being streamed. */
  arrayBuffer?(): Promise<ArrayBuffer>
}

/** A WHATWG `File` or `Blob`, and whatever is like one without being in memory. */
export interface FileLike {
  /** In bytes. */
  readonly size: number
  /** Its media type; where it is missing or empty, the name tells. */
  readonly type?: string
  readonly name?: string
  /** In milliseconds since 1970. */
  readonly lastModified?: number
  /** Its entity tag, with its quotes (RFC 9110 §8.8.3). It must change with every byte. */
  readonly etag?: string
  /** The bytes from `start` up to, but not including, `end`. Nothing is opened yet. */
  slice(start: number, end: number): FileContent
}

/** A place that files are opened from by name, and that no name leads out of. */
export interface FileRoot {
  /** `path` goes by slashes from the root. `undefined` where there is no such file, or none that may be seen. */
  open(path: string): Promise<FileLike | undefined>
}

export function isFileLike(value: unknown): value is FileLike {
  return typeof value === 'object' && value !== null && 'size' in value && typeof value.size === 'number' && 'slice' in value
}
