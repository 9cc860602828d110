/** A folder for tests, with a secret beside it that must never be seen. */
import { mkdirSync, mkdtempSync, readdirSync, readlinkSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'

export const SECRET = 'TOP-SECRET'

export interface TestFolder {
  readonly path: string
  /** A folder beside it; its file `secret.txt` holds the secret. */
  readonly outside: string
  write(name: string, content: string | Uint8Array): string
}

export function folderFor(test: TestContext): TestFolder {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'riposte-test-')))
  test.after(() => rmSync(base, { recursive: true, force: true }))
  const path = join(base, 'files')
  const outside = join(base, 'files-outside')
  mkdirSync(path)
  mkdirSync(outside)
  writeFileSync(join(outside, 'secret.txt'), SECRET)
  return {
    path,
    outside,
    write(name, content) {
      const file = join(path, name)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, content)
      return file
    },
  }
}

export const CAN_SEE_DESCRIPTORS = process.platform === 'linux'

/** How many descriptors of this process are open on files of a folder. */
export function openFilesIn(path: string): number {
  return readdirSync('/proc/self/fd').filter((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`).startsWith(path)
    } catch {
      return false
    }
  }).length
}
