/** What the app reads from the disk, and nothing else. */
import { createReadStream } from 'node:fs'
import { join } from 'node:path'
import type { FileRoot, Sequence } from '../../src/index.ts'
import { directory } from '../../src/node/index.ts'

const { CONFORMANCE_ROOT = '.' } = process.env

export const files = directory(join(CONFORMANCE_ROOT, 'files'))

/** By their names alone, not by a path to one further down. */
export const downloads: FileRoot = { open: async (name) => (name.includes('/') ? undefined : files.open(name)) }

export function openLargeFile(): Sequence<Uint8Array> {
  return createReadStream(join(CONFORMANCE_ROOT, 'large_file.csv'))
}
