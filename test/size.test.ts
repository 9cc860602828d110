/** What each entry weighs in a bundle, minified and compressed: its libraries included, peers and what is loaded on demand left out. */
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { build, type BuildOptions, type Metafile } from 'esbuild'

const SRC = join(import.meta.dirname, '../src')

interface Budget {
  readonly platform: 'node' | 'neutral'
  readonly mostKiB: number
}

/** What runs on the edge counts most: the core. */
const BUDGETS: Readonly<Record<string, Budget>> = {
  'index.ts': { platform: 'neutral', mostKiB: 111.5 },
  'channel/index.ts': { platform: 'node', mostKiB: 42.5 },
  'check/index.ts': { platform: 'node', mostKiB: 243 },
  'drizzle/index.ts': { platform: 'neutral', mostKiB: 5 },
  'middleware/index.ts': { platform: 'neutral', mostKiB: 10.5 },
  'csv/index.ts': { platform: 'neutral', mostKiB: 33.5 },
  'kysely/index.ts': { platform: 'neutral', mostKiB: 4 },
  'node/index.ts': { platform: 'node', mostKiB: 19 },
  'pagination/index.ts': { platform: 'neutral', mostKiB: 50 },
  'prisma/index.ts': { platform: 'neutral', mostKiB: 3 },
  'security/index.ts': { platform: 'neutral', mostKiB: 6 },
  'sql/index.ts': { platform: 'neutral', mostKiB: 4 },
}

/** The chunks that an import of the entry loads at once. */
function loadedAtOnce({ outputs }: Metafile, entry: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(entry)) return found
  found.add(entry)
  for (const { kind, path, external } of outputs[entry]!.imports) {
    if (kind === 'import-statement' && external !== true) loadedAtOnce({ inputs: {}, outputs }, path, found)
  }
  return found
}

async function weighKiB(options: BuildOptions): Promise<number> {
  const { outputFiles, metafile } = await build({
    splitting: true,
    ...options,
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    outdir: '.',
    format: 'esm',
    mainFields: ['module', 'main'],
    external: ['zod', 'node:*', 'swagger-ui-dist', 'drizzle-orm', 'drizzle-orm/*', 'kysely'],
  })
  const entry = Object.keys(metafile.outputs).find((path) => metafile.outputs[path]!.entryPoint !== undefined)!
  const names = loadedAtOnce(metafile, entry)
  const chunks = outputFiles.filter(({ path }) => [...names].some((name) => path.endsWith(`/${name}`)))
  assert.equal(chunks.length, names.size)
  return chunks.reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0) / 1024
}

for (const [entry, { platform, mostKiB }] of Object.entries(BUDGETS)) {
  test(`${entry} weighs at most ${mostKiB} KiB`, async (t) => {
    const weight = await weighKiB({ entryPoints: [join(SRC, entry)], platform })
    t.diagnostic(`${entry}: ${weight.toFixed(1)} KiB`)
    assert.ok(weight <= mostKiB, `${entry} weighs ${weight.toFixed(1)} KiB`)
    assert.ok(weight > 0.05, 'something is weighed')
  })
}

test('who imports one name pays for what it uses', async () => {
  const stdin = { contents: `export { defineError } from './index.ts'`, resolveDir: SRC, loader: 'ts' } as const
  const weight = await weighKiB({ stdin, platform: 'neutral', splitting: false })
  assert.ok(weight <= 2, `defineError alone weighs ${weight.toFixed(1)} KiB`)
})
