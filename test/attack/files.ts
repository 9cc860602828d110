/** A folder that is exchanged for a link to the outside while its files are read. */
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attack } from './main.ts'
import { startVictim } from './victim.ts'

const SWAPS = 100
const CLIENTS = 16
const OUTSIDE = 'outside'

export const swappedFolder: Attack = {
  name: `${SWAPS} swaps of a folder for a link to the outside`,
  async run({ root }) {
    const home = await mkdtemp(join(tmpdir(), 'riposte-attack-'))
    const files = join(home, 'files')
    const [swapped, aside, link] = [join(files, 'swapped'), join(home, 'aside'), join(home, 'link')]
    await mkdir(swapped, { recursive: true })
    await mkdir(join(home, OUTSIDE))
    await writeFile(join(swapped, 'name'), 'inside')
    await writeFile(join(home, OUTSIDE, 'name'), OUTSIDE)
    await symlink(join(home, OUTSIDE), link)
    try {
      await using victim = await startVictim({ root, files })
      const seen = new Map<string, number>()
      const load = { isOver: false }
      const read = async () => {
        while (!load.isOver) {
          const response = await fetch(`http://127.0.0.1:${victim.port}/swapped/name`)
          const content = await response.text()
          const kind = response.status === 200 ? content : String(response.status)
          seen.set(kind, (seen.get(kind) ?? 0) + 1)
        }
      }
      const clients = Promise.all(Array.from({ length: CLIENTS }, read))
      for (let count = 0; count < SWAPS; count += 1) {
        await rename(swapped, aside)
        await rename(link, swapped)
        await rename(swapped, link)
        await rename(aside, swapped)
        // Some requests find the folder, so that the load does not become one of 404s.
        const inside = seen.get('inside') ?? 0
        while ((seen.get('inside') ?? 0) < inside + CLIENTS && !victim.hasEnded) await new Promise(setImmediate)
      }
      load.isOver = true
      await clients
      const counts = [...seen].map(([kind, count]) => `${count} × ${kind}`).join(', ')
      if (seen.has(OUTSIDE)) throw new Error(counts)
      return counts
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  },
}
