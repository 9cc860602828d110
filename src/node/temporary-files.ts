/** Uploaded files that are too large for the memory: on the disk while their request lasts. */
import { openAsBlob } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileStore } from '../representation/multipart.ts'

export interface TemporaryFileOptions {
  /** Smaller files stay in memory. Default: 65,536 bytes. */
  readonly thresholdBytes?: number
  /** Where larger ones go. Default: the system's own place for them. */
  readonly directory?: string
}

/** For `multipart(Schema, { store: temporaryFiles() })`. A file is gone when its request has been answered or has failed: what is to be kept must be copied before. */
export function temporaryFiles({ thresholdBytes = 65_536, directory = tmpdir() }: TemporaryFileOptions = {}): FileStore {
  return async ({ name, type, content }, cleanUp) => {
    const chunks = content[Symbol.asyncIterator]()
    const held: Uint8Array[] = []
    let size = 0
    for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
      held.push(next.value)
      size += next.value.byteLength
      if (size > thresholdBytes) {
        const path = join(directory, `riposte-${crypto.randomUUID()}`)
        cleanUp(() => rm(path, { force: true }))
        await write(path, held, chunks)
        return new File([await openAsBlob(path)], name, { type })
      }
    }
    return new File(held, name, { type })
  }
}

/** Nobody but this user may read it, and nothing that lies at the path already is written to. */
async function write(path: string, held: readonly Uint8Array[], rest: AsyncIterator<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    for (const chunk of held) await file.writeFile(chunk)
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) await file.writeFile(next.value)
  } finally {
    await file.close()
  }
}
