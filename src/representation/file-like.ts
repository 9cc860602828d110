/** The interfaces of files: in memory, on a disk, in an object store. */

/** Content that is read from its start to its end, as a WHATWG `Blob` is. */
export interface FileContent {
  /** The signal aborts when the client has disconnected; the iterator's `return()` is called then too. */
  stream(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Like `stream`, for a reader that uses a chunk only until it asks for the next: all chunks may share their memory. Default: `stream` is used. */
  lend?(signal: AbortSignal): AsyncIterable<Uint8Array>
  /** All bytes at once. Used for content of up to 64 KiB. Default: `stream` is used. */
  arrayBuffer?(): Promise<ArrayBuffer>
}

/** A WHATWG `File` or `Blob`, or another object that gives its bytes like one, such as an object in a store. */
export interface FileLike {
  /** In bytes. If the content has fewer or more, the response is a 500, or its connection is closed if the head was already sent. */
  readonly size: number
  /** Its media type. Default: the type for the extension of its name. */
  readonly type?: string
  readonly name?: string
  /** In milliseconds since 1970. Times before 1990 are not sent as `Last-Modified`, because build tools set such times as constants. */
  readonly lastModified?: number
  /** Its entity tag, quotes included (RFC 9110 §8.8.3). A strong tag must change with every byte. Use a weak one, `W/"…"`, if that is not certain. */
  readonly etag?: string
  /** The bytes from `start` up to, but not including, `end`. Must not open the file yet. */
  slice(start: number, end: number): FileContent
}

/** A folder of files. No path leads out of it. */
export interface FileRoot {
  /** `path` is relative to the root, its names joined by slashes. `undefined` if the file does not exist or must not be served. */
  open(path: string): Promise<FileLike | undefined>
}

export function isFileLike(value: unknown): value is FileLike {
  return typeof value === 'object' && value !== null && 'size' in value && typeof value.size === 'number' && 'slice' in value
}
