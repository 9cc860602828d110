/** One file on the disk: its size, times and tag, and its bytes, read a piece at a time. */
import { closeSync, constants, fstatSync, open as openFile, openSync, read as readFile, readSync, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import type { FileContent, FileLike } from '../representation/file-like.ts'
import type { RecentReads } from './recent-reads.ts'

/** Only these may wait for a disk and need a thread. The kernel answers other questions about an open descriptor at once, in a tenth of a thread's time. */
const open = promisify(openFile)
const read = promisify(readFile)

/** Large enough that reading costs little, small enough that many slow clients do not fill the memory. */
const CHUNK_BYTES = 262_144

/** Up to this length a file that was read recently is read without a thread. */
const AT_ONCE_BYTES = 65_536

/** The path has no links and leads to a file. Where that has changed meanwhile, opening must neither follow a link nor wait for a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The clock of the file system's times: it ticks every 1 to 10 ms on Linux, by CONFIG_HZ. */
const TICK_MS = 20

/**
 * How long to wait until a later change of the file shows in its times, in milliseconds: two changes within one tick leave the same time.
 * Zero for nearly all files: only one that changed in the last 20 ms has to wait.
 */
export function timeUntilSettled({ ctimeMs }: Stats): number {
  const age = Date.now() - ctimeMs
  return age >= 0 && age < TICK_MS ? Math.ceil(TICK_MS - age) : 0
}

export interface Place {
  /** The real path, without links. */
  readonly path: string
  /** The name that it was asked for by. */
  readonly name: string
  /** `undefined` if any read may have to wait for the disk. */
  readonly recent: RecentReads | undefined
}

export class DiskFile implements FileLike {
  readonly name: string
  readonly size: number
  /** Both are left out for a file that is being changed right now. */
  readonly lastModified?: number
  readonly etag?: string
  readonly #path: string
  readonly #stats: Stats
  readonly #recent: RecentReads | undefined

  constructor({ path, name, recent }: Place, stats: Stats) {
    this.name = name
    this.size = stats.size
    if (timeUntilSettled(stats) === 0) {
      this.lastModified = stats.mtimeMs
      this.etag = tagOf(stats)
    }
    this.#path = path
    this.#stats = stats
    this.#recent = recent
  }

  slice(start: number, end: number): FileContent {
    const length = Math.min(CHUNK_BYTES, end - start)
    return {
      stream: () => this.#stream(start, end, () => Buffer.allocUnsafeSlow(length)),
      lend: () => {
        // New memory for each chunk would make the garbage collector run every 64 MiB.
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

  /** Throws if another file is at the path by now: size and tag of this one would not fit it. */
  async #open(): Promise<number> {
    // Finding the file has brought its metadata into memory, so opening does not wait for the disk.
    const descriptor = this.#recent === undefined ? await open(this.#path, FLAGS) : openSync(this.#path, FLAGS)
    const stats = fstatSync(descriptor)
    if (stats.isFile() && stats.dev === this.#stats.dev && stats.ino === this.#stats.ino) return descriptor
    closeSync(descriptor)
    throw new Error(`FILE_REPLACED: ${this.#path}: expected the file that was opened first, got another one.`)
  }

  /** Throws if the file has become shorter. */
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

/**
 * A strong tag: it is another one after any change of the file. Builds set `mtime` to a constant and may keep the size, so these two alone do not tell;
 * nobody can set `ctime`, and a file that replaces this one has another inode.
 */
function tagOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  const numbers = [size, Math.round(mtimeMs * 1000), Math.round(ctimeMs * 1000), ino]
  return `"${numbers.map((number) => number.toString(36)).join('-')}"`
}
