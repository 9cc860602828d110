/** One of these scripts as plain JavaScript, as users run what they built: what runs TypeScript directly gives each closure its name at run time. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

/** Gives the path of the built script. `file` is relative to this folder, without its `.ts`. */
export async function buildScript(file: string): Promise<string> {
  const outfile = fileURLToPath(new URL(`.built/${file}.mjs`, import.meta.url))
  await build({
    entryPoints: [fileURLToPath(new URL(`${file}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'es2023',
    logLevel: 'error',
  })
  return outfile
}
