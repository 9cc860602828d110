/**
 * `npm run test:runtimes`: the built package on the run times that the README names, driven from outside. Prints a line for each, and says which
 * one is skipped because its program is not installed.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build, type Plugin } from 'esbuild'
import { CHECKS } from './checks.ts'
import { PLATFORMS, type Platform } from './platforms.ts'

const ROOT = join(import.meta.dirname, '../..')

/** What is tested is what is published. */
const builtPackage: Plugin = {
  name: 'built package',
  setup(hooks) {
    hooks.onResolve({ filter: /\/src\/(node\/)?index\.ts$/ }, ({ path }) => ({
      path: join(ROOT, 'dist', path.includes('/node/') ? 'node/index.js' : 'index.js'),
    }))
  },
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

async function start(platform: Platform, folder: string, port: number): Promise<ChildProcess> {
  const file = join(folder, 'program.mjs')
  await build({
    stdin: { contents: platform.program, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: platform.program.includes('src/node/') || platform.program.includes('srvx') ? 'node' : 'neutral',
    mainFields: ['module', 'main'],
    define: { PORT: String(port) },
    outfile: file,
    plugins: [builtPackage],
    logLevel: 'error',
  })
  for (const [name, content] of Object.entries(platform.files?.(port) ?? {})) await writeFile(join(folder, name), content)
  const [command, ...args] = platform.command(file, port)
  return spawn(command!, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] })
}

async function isReady(child: ChildProcess, url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    const answers = await fetch(`${url}/log`).then(
      async (response) => (await response.text()).startsWith('['),
      () => false,
    )
    if (answers) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

/** Resolves with what failed. */
async function drive(platform: Platform): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-runtime-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = await start(platform, folder, port)
  let said = ''
  for (const output of [child.stdout, child.stderr]) output!.on('data', (data: Buffer) => (said += data.toString()))
  try {
    if (!(await isReady(child, url))) return [`does not answer: ${said.slice(0, 2_000)}`]
    const failed: string[] = []
    for (const { name, run } of CHECKS) {
      if (platform.exceptions?.[name] !== undefined) continue
      try {
        await run(url)
      } catch (error) {
        failed.push(`${name}: ${String(error).slice(0, 500)}`)
      }
    }
    if (child.exitCode !== null) failed.push(`the process ended: ${said.slice(0, 2_000)}`)
    return failed
  } finally {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
}

let hasFailed = false
for (const platform of PLATFORMS) {
  const missing = platform.needs.find((path) => !existsSync(path))
  if (missing !== undefined) {
    console.log(`– ${platform.name}: SKIPPED, ${missing} is not installed`)
    continue
  }
  const failed = await drive(platform)
  const exceptions = Object.entries(platform.exceptions ?? {})
  console.log(
    `${failed.length === 0 ? '✔' : '✖'} ${platform.name}: ${CHECKS.length - exceptions.length - failed.length} of ${CHECKS.length}`,
  )
  for (const line of failed) console.log(`    ${line}`)
  for (const [name, why] of exceptions) console.log(`    not asked: ${name}: ${why}`)
  if (failed.length > 0) hasFailed = true
}
process.exitCode = hasFailed ? 1 : 0
