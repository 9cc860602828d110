/** A folder on the disk as a root of files. Nothing outside it is ever opened, whatever a path says and wherever links lead. */
import { realpath as findPath, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { FileLike, FileRoot } from '../representation/file-like.ts'
import { DiskFile } from './disk-file.ts'
import { isLocal, RecentReads } from './recent-reads.ts'

const realpath = promisify(findPath.native)

export interface DirectoryOptions {
  /** Opens also what lies under a name that begins with a dot. Default: false. */
  readonly dotfiles?: boolean
}

/** `path` is relative to the working directory of now. Links within the folder are followed. */
export function directory(path: string | URL, options: DirectoryOptions = {}): FileRoot {
  return new Directory(typeof path === 'string' ? resolve(path) : fileURLToPath(path), options.dotfiles ?? false)
}

class Directory implements FileRoot {
  readonly #path: string
  readonly #dotfiles: boolean
  /** Where the folder really is, with a separator at its end. */
  #realRoot: string | undefined
  /** Of the disk that the folder is on, where it is one that can be relied on. */
  #recent: RecentReads | undefined

  constructor(path: string, dotfiles: boolean) {
    this.#path = path
    this.#dotfiles = dotfiles
  }

  /** Throws where the folder itself is not there. */
  async open(path: string): Promise<FileLike | undefined> {
    if (!isPlainPath(path, this.#dotfiles)) return undefined
    const root = (this.#realRoot ??= await this.#findRoot())
    const found = await ifThere(this.#findRealPath(path, root))
    if (found === undefined || !(await this.#holds(found, root))) return undefined
    // Finding the path has just brought this into memory: a thread's round trip would cost more.
    const stats = statSync(found, { throwIfNoEntry: false })
    // A pipe would never be done with opening, a device never with reading.
    if (stats?.isFile() !== true) return undefined
    const recent = this.#recent?.holds(stats) === true ? this.#recent : undefined
    return new DiskFile({ path: found, name: basename(path), recent }, stats)
  }

  async #findRealPath(path: string, root: string): Promise<string> {
    const whole = join(this.#path, path)
    return this.#recent?.has(root + path) === true ? realpathSync.native(whole) : realpath(whole)
  }

  async #holds(path: string, root: string): Promise<boolean> {
    if (path.startsWith(root)) return true
    // The folder may be a link itself, and lead elsewhere since a new release went live.
    this.#realRoot = await this.#findRoot()
    return path.startsWith(this.#realRoot)
  }

  async #findRoot(): Promise<string> {
    const path = await ifThere(realpath(this.#path))
    if (path === undefined)
      throw new Error(
        `DIRECTORY: directory(${this.#path}): expected a folder, got a path where there is none. Create it or correct the path.`,
      )
    this.#recent = isLocal(path) ? new RecentReads(statSync(path).dev) : undefined
    return path.endsWith(sep) ? path : path + sep
  }
}

/** What no name may hold: the end of a C string, the other separator, and on Windows what names a drive or a stream. */
const FORBIDDEN = sep === '\\' ? /[\0\\:]/ : /[\0\\]/

/** Names joined by slashes: none empty, none of them `.` or `..`. */
function isPlainPath(path: string, dotfiles: boolean): boolean {
  if (FORBIDDEN.test(path)) return false
  return path.split('/').every((name) => name !== '' && name !== '.' && name !== '..' && (dotfiles || !name.startsWith('.')))
}

/** What the file system says of a path where there is nothing, or nothing that this process may see. */
const NOT_THERE = new Set(['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EACCES', 'EPERM'])

async function ifThere<Found>(finding: Promise<Found>): Promise<Found | undefined> {
  try {
    return await finding
  } catch (error) {
    if (NOT_THERE.has((error as NodeJS.ErrnoException).code ?? '')) return undefined
    throw error
  }
}
