/** One file on the disk: what is told of it, and its bytes, read a piece at a time. */
import { constants, type Stats } from 'node:fs'
import { open, type FileHandle } from 'node:fs/promises'
import type { FileContent, FileLike } from '../representation/file-like.ts'

/** Large enough that reading costs little, small enough that many slow clients do not fill the memory. */
const CHUNK_BYTES = 131_072

/** The path holds no links, and what lies there is a file: should that have changed, opening must neither follow nor wait. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export class DiskFile implements FileLike {
  readonly name: string
  readonly size: number
  readonly lastModified: number
  /** Changes when the file does, to the microsecond. */
  readonly etag: string
  readonly #path: string
  readonly #stats: Stats

  constructor(path: string, name: string, stats: Stats) {
    this.name = name
    this.size = stats.size
    this.lastModified = stats.mtimeMs
    this.etag = `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}"`
    this.#path = path
    this.#stats = stats
  }

  slice(start: number, end: number): FileContent {
    return { stream: () => this.#stream(start, end), arrayBuffer: () => this.#readAll(start, end) }
  }

  async *#stream(start: number, end: number): AsyncGenerator<Uint8Array, void, void> {
    const handle = await this.#open()
    try {
      for (let at = start; at < end;) {
        const chunk = await this.#read(handle, at, Math.min(CHUNK_BYTES, end - at))
        at += chunk.length
        yield chunk
      }
    } finally {
      await handle.close()
    }
  }

  async #readAll(start: number, end: number): Promise<ArrayBuffer> {
    const handle = await this.#open()
    try {
      return (await this.#read(handle, start, end - start)).buffer
    } finally {
      await handle.close()
    }
  }

  /** Throws where something else has come to its place: what was told of this one would not hold for it. */
  async #open(): Promise<FileHandle> {
    const handle = await open(this.#path, FLAGS)
    try {
      const stats = await handle.stat()
      if (!stats.isFile() || stats.dev !== this.#stats.dev || stats.ino !== this.#stats.ino)
        throw new Error(`FILE_REPLACED: ${this.#path}: something else came to its place.`)
      return handle
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  /** Throws where the file has become too short for so much. */
  async #read(handle: FileHandle, position: number, length: number): Promise<Buffer<ArrayBuffer>> {
    const bytes = Buffer.allocUnsafeSlow(length)
    for (let at = 0; at < length;) {
      const { bytesRead } = await handle.read(bytes, at, length - at, position + at)
      if (bytesRead === 0) throw new Error(`FILE_SHORTENED: ${this.#path}: ${this.size} bytes were promised, it ends at ${position + at}.`)
      at += bytesRead
    }
    return bytes
  }
}
