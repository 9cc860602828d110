/**
 * PGlite in this process. To make an empty database takes 5 s of CPU, to load one takes 2 s: the first test that needs one keeps it beside the package,
 * until the next installation.
 */
import { readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PGlite } from '@electric-sql/pglite'

const KEPT = join(import.meta.dirname, '../../node_modules/@electric-sql/pglite/empty.tar')

export async function createPGlite(): Promise<PGlite> {
  const kept = await readFile(KEPT).catch(() => undefined)
  if (kept !== undefined) return PGlite.create({ loadDataDir: new Blob([kept]) })
  const made = await PGlite.create()
  const dump = await made.dumpDataDir('none')
  // Tests that make one at the same time each write a whole file.
  const own = `${KEPT}.${process.pid}`
  await writeFile(own, new Uint8Array(await dump.arrayBuffer()))
  await rename(own, KEPT)
  return made
}
