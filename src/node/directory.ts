/** A folder on the disk as a root of files. No path leads out of it: not by `..`, not by links, not by a folder that is replaced by a link while a file is opened. */
import {
  closeSync,
  fstatSync,
  open as openFile,
  openSync,
  readlinkSync,
  realpath as findPath,
  realpathSync,
  statSync,
  type Stats,
} from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FileLike, FileRoot } from '../representation/file-like.ts'
import { DiskFile, isLocal, RecentReads, timeUntilSettled } from './disk-file.ts'

const realpath = promisify(findPath.native)
const open = promisify(openFile)

/** Linux (`open(2)`): the descriptor names a file without opening it, so a device or pipe is not touched. Node has no constant for it. */
const O_PATH = 0o10000000

/** Options of `directory()`. */
export interface DirectoryOptions {
  /** Also opens files whose name, or the name of a folder on the way, begins with a dot. Default: false. */
  readonly dotfiles?: boolean
}

/**
 * The files below a folder, for `file({ root })` and `staticFiles()`. A relative `path` is resolved against the working directory at the time of the call.
 * Links are followed if they stay inside the folder. Throws an `Error` (`DIRECTORY`) at the first request if the folder does not exist.
 */
export function directory(path: string | URL, options: DirectoryOptions = {}): FileRoot {
  return new Directory(typeof path === 'string' ? resolve(path) : fileURLToPath(path), options.dotfiles ?? false)
}

/** A path after its links were resolved, and the file's stats. */
interface Located {
  readonly path: string
  readonly stats: Stats
}

interface Root {
  /** The folder's real path, with a separator at its end. */
  readonly path: string
  /** Whether `/proc/self/fd` names the files of descriptors. */
  readonly hasDescriptorPaths: boolean
  /** Set if the folder is on a local disk, whose recently read files can be read again without a thread. */
  readonly recent: RecentReads | undefined
}

/** A timer may fire some milliseconds early, because it counts from the start of the turn of the event loop. A file may also change all the time. */
const MOST_WAITS = 3

class Directory implements FileRoot {
  readonly #path: string
  readonly #dotfiles: boolean
  #root: Root | undefined

  constructor(path: string, dotfiles: boolean) {
    this.#path = path
    this.#dotfiles = dotfiles
  }

  /** Throws an `Error` if the folder itself does not exist. */
  async open(path: string): Promise<FileLike | undefined> {
    if (!isPlainPath(path, this.#dotfiles)) return undefined
    let found = await this.#find(path)
    for (let waits = 0; found !== undefined && waits < MOST_WAITS; waits++) {
      const wait = timeUntilSettled(found.stats)
      if (wait === 0) break
      await sleep(wait)
      found = await this.#find(path)
    }
    // Opening a pipe or reading a device could block indefinitely.
    if (found === undefined || !found.stats.isFile()) return undefined
    const recent = this.#root?.recent?.holds(found.stats) === true ? this.#root.recent : undefined
    return new DiskFile({ path: found.path, name: basename(path), recent }, found.stats)
  }

  /** The file at the path; `undefined` if it does not exist or is outside the folder. */
  async #find(path: string): Promise<Located | undefined> {
    const root = (this.#root ??= await this.#findRoot())
    const whole = join(this.#path, path)
    const isRecent = root.recent?.has(root.path + path) === true
    const found = await ifThere(root.hasDescriptorPaths ? locateByDescriptor(whole, isRecent) : locateByPath(whole, isRecent))
    if (found === undefined || found.path.startsWith(root.path)) return found
    // The folder itself may be a link, which a deploy has changed to a new release.
    this.#root = await this.#findRoot()
    return found.path.startsWith(this.#root.path) ? found : undefined
  }

  async #findRoot(): Promise<Root> {
    const path = await ifThere(realpath(this.#path))
    if (path === undefined)
      throw new Error(
        `DIRECTORY: directory(${this.#path}): expected a folder, got a path that does not exist. Create it or correct the path.`,
      )
    return {
      path: path.endsWith(sep) ? path : path + sep,
      hasDescriptorPaths: hasDescriptorPaths(path),
      recent: isLocal(path) ? new RecentReads(statSync(path).dev) : undefined,
    }
  }
}

/** Path and stats come from one descriptor, so renaming or linking in between cannot make them differ. */
async function locateByDescriptor(path: string, isRecent: boolean): Promise<Located> {
  const descriptor = isRecent ? openSync(path, O_PATH) : await open(path, O_PATH)
  try {
    return { path: pathOf(descriptor), stats: fstatSync(descriptor) }
  } finally {
    closeSync(descriptor)
  }
}

function pathOf(descriptor: number): string {
  return readlinkSync(`/proc/self/fd/${descriptor}`)
}

/** For systems that do not give the path of a descriptor: after reading the stats, the path is resolved again and must be the same. */
async function locateByPath(path: string, isRecent: boolean): Promise<Located | undefined> {
  const real = isRecent ? realpathSync.native(path) : await realpath(path)
  const stats = statSync(real)
  return realpathSync.native(path) === real ? { path: real, stats } : undefined
}

/** Checks once, with the folder itself: `/proc` may be missing, and descriptors in Deno were not always those of the system. */
function hasDescriptorPaths(path: string): boolean {
  if (process.platform !== 'linux') return false
  try {
    const descriptor = openSync(path, O_PATH)
    try {
      return pathOf(descriptor) === path
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return false
  }
}

/** Characters that no name may contain: NUL ends a C string, `\` separates names on Windows, `:` names a drive or a stream there. */
const FORBIDDEN = sep === '\\' ? /[\0\\:]/ : /[\0\\]/

/** Names joined by slashes; none of them is empty, `.` or `..`. */
function isPlainPath(path: string, dotfiles: boolean): boolean {
  if (FORBIDDEN.test(path)) return false
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && (dotfiles || !name.startsWith('.')))
}

/** Errors that mean that the file does not exist, or that this process may not see it. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM'])

async function ifThere<Found>(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding
  } catch (error) {
    if (NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
