/** One file on the disk: its size, times and tag, and its bytes, read in chunks. A file that was read recently is read without a thread. */
import { closeSync, constants, fstatSync, open as openFile, openSync, read as readFile, readSync, statfsSync, type Stats } from 'node:fs'
import { promisify } from 'node:util'
import type { FileContent, FileLike } from '../representation/file-like.ts'

/** How long one generation of paths grows. Two generations are remembered. */
const MOMENT_MS = 1_000
/** The largest number of paths in one generation. */
const MOST = 1_000

/** Remembers which files were read recently. They are still in memory, where the round trip to a thread costs five times as much as the read itself. */
export class RecentReads {
  readonly #device: number
  #young = new Set<string>()
  #old = new Set<string>()
  #since = 0

  constructor(device: number) {
    this.#device = device
  }

  /** Whether the file is on this disk: another disk may be mounted below the same folder. */
  holds({ dev }: Stats): boolean {
    return dev === this.#device
  }

  has(path: string): boolean {
    this.#forget()
    return this.#young.has(path) || this.#old.has(path)
  }

  add(path: string): void {
    this.#forget()
    this.#young.add(path)
  }

  #forget(): void {
    const now = performance.now()
    const age = now - this.#since
    if (age < MOMENT_MS && this.#young.size < MOST) return
    this.#old = age < 2 * MOMENT_MS ? this.#young : new Set()
    this.#young = new Set()
    this.#since = now
  }
}

/** File system types of `statfs(2)`: ext4, XFS, Btrfs, F2FS, ZFS, tmpfs, overlay. On others, such as network file systems, even a recent file may block. */
const LOCAL_TYPES = new Set([0xef53, 0x58465342, 0x9123683e, 0xf2f52010, 0x2fc12fc1, 0x01021994, 0x794c7630])

export function isLocal(path: string): boolean {
  return process.platform === 'linux' && LOCAL_TYPES.has(statfsSync(path).type)
}

/** Only these may wait for a disk and need a thread. Other calls on an open descriptor return at once, in a tenth of the time that a thread takes. */
const open = promisify(openFile)
const read = promisify(readFile)

/** Large enough for few reads, small enough that many slow clients do not fill the memory. */
const CHUNK_BYTES = 262_144

/** Up to this length a file that was read recently is read without a thread. */
const AT_ONCE_BYTES = 65_536

/** The path was checked: it has no links and is a regular file. If that has changed, opening must neither follow a link nor wait for a pipe. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** The resolution of file times with a margin: the clock ticks every 1 to 10 ms on Linux, by CONFIG_HZ. */
const TICK_MS = 20

/**
 * How long to wait, in milliseconds, until a further change of the file is visible in its times: two changes within one tick have the same time.
 * Zero unless the file changed in the last 20 ms.
 */
export function timeUntilSettled({ ctimeMs }: Stats): number {
  // A file that changed in this millisecond looks younger than 0, because `Date.now()` has no fractions. A time ahead of the clock is never waited for.
  const age = Date.now() - ctimeMs
  return age > -1 && age < TICK_MS ? Math.ceil(TICK_MS - age) : 0
}

export interface Place {
  /** The real path, without links. */
  readonly path: string
  /** The name in the requested path. */
  readonly name: string
  /** `undefined` if every read may have to wait for the disk. */
  readonly recent: RecentReads | undefined
}

export class DiskFile implements FileLike {
  readonly name: string
  readonly size: number
  /** This and the tag are left out for a file that is being changed. */
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

  /** Throws if the path now has another file, because size and tag of this one would be wrong for it. */
  async #open(): Promise<number> {
    // The lookup has brought the file's metadata into memory, so opening does not wait for the disk.
    const descriptor = this.#recent === undefined ? await open(this.#path, FLAGS) : openSync(this.#path, FLAGS)
    const stats = fstatSync(descriptor)
    if (stats.isFile() && stats.dev === this.#stats.dev && stats.ino === this.#stats.ino) return descriptor
    closeSync(descriptor)
    throw new Error(`FILE_REPLACED: ${this.#path}: expected the file that was opened first, got another one.`)
  }

  /** Fills the buffer from `position`. Throws if the file has become shorter. */
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
 * A strong tag: it changes with every change of the file. Build tools set `mtime` to a constant and the size may be equal, so these two are not enough.
 * `ctime` cannot be set, and a file that replaces this one has another inode.
 */
function tagOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
  const numbers = [size, Math.round(mtimeMs * 1000), Math.round(ctimeMs * 1000), ino]
  return `"${numbers.map((number) => number.toString(36)).join('-')}"`
}
