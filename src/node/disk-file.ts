/** One file on the disk: what is told of it, and its bytes, read a piece at a time. */
import { closeSync, constants, fstatSync, open as openFile, openSync, read as readFile, readSync, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import type { FileContent, FileLike } from '../representation/file-like.ts'
import type { RecentReads } from './recent-reads.ts'

/** Only these may wait for a disk. What an open descriptor is asked otherwise, the kernel answers at once, in a tenth of a thread's time. */
const open = promisify(openFile)
const read = promisify(readFile)

/** Large enough that reading costs little, small enough that many slow clients do not fill the memory. */
const CHUNK_BYTES = 262_144

/** So much at most is read without a thread when it is in memory. */
const AT_ONCE_BYTES = 65_536

/** The path holds no links, and what lies there is a file: should that have changed, opening must neither follow nor wait. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

export interface Place {
  /** Where it really is. */
  readonly path: string
  /** What it was asked for by. */
  readonly name: string
  /** `undefined` where anything may have to wait. */
  readonly recent: RecentReads | undefined
}

export class DiskFile implements FileLike {
  readonly name: string
  readonly size: number
  readonly lastModified: number
  /** Changes when the file does, to the microsecond. */
  readonly etag: string
  readonly #path: string
  readonly #stats: Stats
  readonly #recent: RecentReads | undefined

  constructor({ path, name, recent }: Place, stats: Stats) {
    this.name = name
    this.size = stats.size
    this.lastModified = stats.mtimeMs
    this.etag = `"${stats.size.toString(36)}-${Math.round(stats.mtimeMs * 1000).toString(36)}"`
    this.#path = path
    this.#stats = stats
    this.#recent = recent
  }

  slice(start: number, end: number): FileContent {
    const length = Math.min(CHUNK_BYTES, end - start)
    return {
      stream: () => this.#stream(start, end, () => Buffer.allocUnsafeSlow(length)),
      lend: () => {
        // New memory for each chunk would be a collector's whole round every 64 MiB, and as much garbage in between.
        const memory = Buffer.allocUnsafeSlow(length)
        return this.#stream(start, end, () => memory)
      },
      arrayBuffer: () => this.#readAll(start, end),
    }
  }

  async *#stream(start: number, end: number, allocate: () => Buffer<ArrayBuffer>): AsyncGenerator<Uint8Array, void, void> {
    const descriptor = await this.#open()
    try {
      for (let at = start; at < end;) {
        const chunk = allocate().subarray(0, end - at)
        await this.#fill(chunk, descriptor, at)
        at += chunk.length
        yield chunk
      }
    } finally {
      closeSync(descriptor)
    }
  }

  async #readAll(start: number, end: number): Promise<ArrayBuffer> {
    const descriptor = await this.#open()
    try {
      const bytes = Buffer.allocUnsafeSlow(end - start)
      const isAtOnce = bytes.length <= AT_ONCE_BYTES && this.#recent?.has(this.#path) === true
      await this.#fill(bytes, descriptor, start, isAtOnce)
      if (bytes.length === this.size) this.#recent?.add(this.#path)
      return bytes.buffer
    } finally {
      closeSync(descriptor)
    }
  }

  /** Throws where something else has come to its place: what was told of this one would not hold for it. */
  async #open(): Promise<number> {
    // Finding a file has brought all of it but its content into memory.
    const descriptor = this.#recent === undefined ? await open(this.#path, FLAGS) : openSync(this.#path, FLAGS)
    const stats = fstatSync(descriptor)
    if (stats.isFile() && stats.dev === this.#stats.dev && stats.ino === this.#stats.ino) return descriptor
    closeSync(descriptor)
    throw new Error(`FILE_REPLACED: ${this.#path}: expected the file that was opened first, got another one.`)
  }

  /** Throws where the file has become too short for so much. */
  async #fill(bytes: Uint8Array, descriptor: number, position: number, isAtOnce = false): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const length = bytes.length - at
      const bytesRead = isAtOnce
        ? readSync(descriptor, bytes, at, length, position + at)
        : (await read(descriptor, bytes, at, length, position + at)).bytesRead
      if (bytesRead === 0) throw new Error(`FILE_SHORTENED: ${this.#path}: expected ${this.size} bytes, got ${position + at}.`)
      at += bytesRead
    }
  }
}
