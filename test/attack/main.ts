/**
 * `npm run test:attack`: clients that cost a server more than they pay, over loopback. Each attack ends by itself and prints one line.
 * Words choose the attacks whose names hold one of them. `--against FOLDER` attacks another checkout of Riposte.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { wrongBodies } from './bodies.ts'
import { connectAndReset, eventStreams, pipeline, readNothing, smallChunks, wrongItems } from './connections.ts'
import { swappedFolder } from './files.ts'
import { stopUnderLoad } from './stop.ts'
import type { VictimOptions } from './victim.ts'

export interface Attack {
  readonly name: string
  /** Resolves with what was measured. Rejects where the server did not hold. */
  readonly run: (options: VictimOptions) => Promise<string>
}

const ATTACKS: readonly Attack[] = [
  connectAndReset,
  ...wrongBodies,
  pipeline,
  smallChunks,
  wrongItems,
  readNothing,
  eventStreams,
  stopUnderLoad,
  swappedFolder,
]

const { values, positionals } = parseArgs({ allowPositionals: true, options: { against: { type: 'string' } } })
const root = resolve(values.against ?? join(import.meta.dirname, '../..'))
const chosen = ATTACKS.filter(({ name }) => positionals.length === 0 || positionals.some((word) => name.includes(word)))

const files = await mkdtemp(join(tmpdir(), 'riposte-attack-'))
await writeFile(join(files, 'large'), new Uint8Array(32 * 1_048_576))
let failed = 0
for (const { name, run } of chosen) {
  const [mark, outcome] = await run({ root, files }).then(
    (measured) => ['✔', measured] as const,
    (error: unknown) => ['✖', error instanceof Error ? error.message : String(error)] as const,
  )
  if (mark === '✖') failed += 1
  console.log(`${mark} ${name}: ${outcome}`)
}
await rm(files, { recursive: true })
console.log(`${chosen.length - failed} held, ${failed} failed`)
process.exitCode = failed === 0 && chosen.length > 0 ? 0 : 1
