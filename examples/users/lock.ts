/** One process per data folder: an embedded database has no server that would keep two writers apart. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Throws where another living process holds the folder. Disposing of the lock lets it go. */
export async function lockFolder(folder: string): Promise<AsyncDisposable> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, 'process.lock')
  for (;;) {
    try {
      await writeFile(path, String(process.pid), { flag: 'wx' })
      return { [Symbol.asyncDispose]: () => rm(path, { force: true }) }
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
    }
    const holder = Number(await readFile(path, 'utf8'))
    if (isAlive(holder)) throw new Error(`${folder} is in use by process ${holder}. Stop that process or set DATA_DIR to another folder.`)
    await rm(path, { force: true })
  }
}

/** A process that was killed leaves its lock behind; the number in it tells. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return isCode(error, 'EPERM')
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
