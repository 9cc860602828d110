/** Keeps large uploaded files on the disk until their request ends, in a folder that is removed with the process. */
import { mkdtempSync, openAsBlob, rmSync } from 'node:fs'
import { open, readdir, rm, stat } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { ByteCollector } from '../http/collect-bytes.ts'
import type { FileStore } from '../representation/multipart.ts'

/** Options of `temporaryFiles()`. */
export interface TemporaryFileOptions {
  /** Smaller files stay in memory. Default: 65,536 bytes. */
  readonly thresholdBytes?: number
  /** The folder for the files. Default: the system's folder for temporary files. */
  readonly directory?: string
}

/**
 * Keeps large uploads in temporary files.
 * For `multipart(Schema, { store: temporaryFiles() })`. A file is deleted when its response is complete or has failed: copy a file to keep it.
 * Each process has a folder of its own, which it removes when it exits. The folder of a killed process is removed by the next process on the same
 * host.
 */
export function temporaryFiles({ thresholdBytes = 65_536, directory = tmpdir() }: TemporaryFileOptions = {}): FileStore {
  return async ({ name, type, content }, cleanUp) => {
    const chunks = content[Symbol.asyncIterator]()
    const held = new ByteCollector()
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      held.add(next.value)
      if (held.length > thresholdBytes) {
        const folder = enterFolder(directory)
        const path = join(folder.path, crypto.randomUUID())
        cleanUp(() => leaveFolder(folder, directory, path))
        await write(path, held.take(), chunks)
        return new File([await openAsBlob(path)], name, { type })
      }
    }
    return new File([held.take()], name, { type })
  }
}

/** Containers may share a folder, and their process ids may be equal: the host name distinguishes them. */
const PREFIX = `riposte-${hostname().replaceAll(/[^\w.]/g, '_')}-`

interface Folder {
  readonly path: string
  /** The number of files in it. The folder is removed with the last one. */
  files: number
}

/** The folder of this process below each directory. */
const folders = new Map<string, Folder>()
const swept = new Set<string>()

function enterFolder(directory: string): Folder {
  if (!swept.has(directory)) {
    swept.add(directory)
    void sweep(directory)
    // A process that exceeds its stop timeout exits in the middle of uploads.
    if (swept.size === 1) process.once('exit', removeAll)
  }
  // `mkdtemp` creates a folder that only this user may enter.
  const folder = folders.get(directory) ?? { path: mkdtempSync(join(directory, `${PREFIX}${process.pid}-`)), files: 0 }
  folder.files++
  folders.set(directory, folder)
  return folder
}

/** Removes the file, and the folder after its last file. */
async function leaveFolder(folder: Folder, directory: string, path: string): Promise<void> {
  const isLast = --folder.files === 0
  if (isLast) folders.delete(directory)
  await rm(isLast ? folder.path : path, { recursive: true, force: true })
}

function removeAll(): void {
  for (const { path } of folders.values()) rmSync(path, { recursive: true, force: true })
}

/** Removes the folders of killed processes. Ignores folders that can't be removed, which belong to other users. */
async function sweep(directory: string): Promise<void> {
  const names = await readdir(directory).catch(() => [])
  for (const name of names) {
    const pid = name.startsWith(PREFIX) ? /^(\d+)-\w{6}$/.exec(name.slice(PREFIX.length))?.[1] : undefined
    const path = join(directory, name)
    if (pid !== undefined && (await isLeftBehind(path, Number(pid))))
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function isLeftBehind(path: string, pid: number): Promise<boolean> {
  if (pid !== process.pid) return !isRunning(pid)
  // In a restarted container the process may have the same id: then the folder is older than this process. Folders of other threads are younger.
  const stats = await stat(path).catch(() => undefined)
  return stats !== undefined && stats.ctimeMs < Date.now() - process.uptime() * 1000
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Only this user may read the file. An existing file of that path is never written to. */
async function write(path: string, held: Uint8Array, rest: AsyncIterator<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(held)
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) await file.writeFile(next.value)
  } finally {
    await file.close()
  }
}
