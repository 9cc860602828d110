/**
 * `npm run test:runtimes`: the built package on the runtimes that the README names, driven from outside. Prints a line for each, and says which
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
import { findCases, makeFixtures, readFixtures, runCases } from './conformance.ts'
import { runJobs } from './jobs.ts'
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

interface Served {
  /** The module that exports the app, below the tests. Default: the program has none. */
  readonly module?: string
  /** Default: the platform's. */
  readonly program?: string
  /** Answers as soon as the app is there. */
  readonly probe: string
  /** The files that the app reads. */
  readonly root?: string
}

/** Files of the app that are not on a disk. */
const inMemory: Plugin = {
  name: 'files in memory',
  setup(hooks) {
    hooks.onResolve({ filter: /^\.\/files\.ts$/ }, () => ({ path: join(import.meta.dirname, 'files-in-memory.ts') }))
  },
}

async function start(
  platform: Platform,
  { module, program = platform.program, root = '' }: Served,
  folder: string,
  port: number,
): Promise<ChildProcess> {
  const file = join(folder, 'program.mjs')
  const { hasDisk = true } = platform
  const app = module === undefined ? '' : `import { app } from '${join(import.meta.dirname, '..', module)}'\n`
  const fixtures = hasDisk || root === '' ? {} : await readFixtures(root)
  await build({
    stdin: { contents: app + program, resolveDir: import.meta.dirname },
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    define: { PORT: String(port), FIXTURES: JSON.stringify(fixtures) },
    outfile: file,
    plugins: hasDisk ? [builtPackage] : [builtPackage, inMemory],
    logLevel: 'error',
  })
  for (const [name, content] of Object.entries(platform.files?.(port) ?? {})) await writeFile(join(folder, name), content)
  const [command, ...args] = platform.command(file, port)
  return spawn(command!, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, CONFORMANCE_ROOT: root } })
}

async function isReady(child: ChildProcess, url: string): Promise<boolean> {
  for (let attempt = 0; attempt < 300 && child.exitCode === null; attempt += 1) {
    const answers = await fetch(url).then(
      async (response) => (await response.text(), response.ok),
      () => false,
    )
    if (answers) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return false
}

/** Serves an app while it is asked. Resolves with what failed. */
async function drive(platform: Platform, served: Served, ask: (url: string) => Promise<string[]>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'riposte-runtime-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const child = await start(platform, served, folder, port)
  let said = ''
  for (const output of [child.stdout, child.stderr]) output!.on('data', (data: Buffer) => (said += data.toString()))
  try {
    if (!(await isReady(child, url + served.probe))) return [`does not answer: ${said.slice(0, 2_000)}`]
    const failed = await ask(url)
    if (child.exitCode !== null) failed.push(`the process ended: ${said.slice(0, 2_000)}`)
    return failed
  } finally {
    child.kill('SIGKILL')
    await rm(folder, { recursive: true })
  }
}

async function check({ exceptions = {} }: Platform, url: string): Promise<string[]> {
  const failed: string[] = []
  for (const { name, run } of CHECKS) {
    if (exceptions[name] !== undefined) continue
    try {
      await run(url)
    } catch (error) {
      failed.push(`${name}: ${String(error).slice(0, 500)}`)
    }
  }
  return failed
}

const cases = findCases()
const root = cases === undefined ? undefined : await makeFixtures(cases)
if (cases === undefined) console.log('– conformance cases: SKIPPED, none beside this checkout (CONFORMANCE_CASES names their folder)')

/** Resolves with a line for what was asked, and with what failed. */
async function runConformance(platform: Platform): Promise<readonly [line: string, failed: readonly string[]] | undefined> {
  if (cases === undefined || root === undefined) return undefined
  let line = ''
  const failed = await drive(platform, { module: 'conformance/app.ts', probe: '/lab/alive', root }, async (url) => {
    const report = await runCases(cases, url, root)
    const own = Object.keys(platform.cases ?? {})
    line = `${report.passed} of ${report.passed + report.failed.size} conformance cases`
    const surprising = [...report.failed].filter(([id]) => !own.includes(id)).map(([id, error]) => `${id}: ${error}`)
    return [
      ...surprising,
      ...own.filter((id) => !report.failed.has(id)).map((id) => `${id}: passes, though it is listed as one that can't`),
    ]
  })
  return [line, failed]
}

/** Resolves with the controls that do not show what the exceptions say. */
async function runControls(platform: Platform): Promise<string[]> {
  const failed: string[] = []
  for (const { name, program, shows } of platform.controls ?? []) {
    failed.push(
      ...(await drive(platform, { program, probe: '/' }, async (url) =>
        (await shows(url)) ? [] : [`the control does not show it: ${name}`],
      )),
    )
  }
  return failed
}

const words = process.argv.slice(2)
let hasFailed = false
for (const platform of PLATFORMS.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)))) {
  const missing = platform.needs.find((path) => !existsSync(path))
  if (missing !== undefined) {
    console.log(`– ${platform.name}: SKIPPED, ${missing} is not installed`)
    continue
  }
  const failed = await drive(platform, { module: 'runtimes/app.ts', probe: '/log' }, (url) => check(platform, url))
  const [line = '', failedCases = []] = (await runConformance(platform)) ?? []
  const failedControls = await runControls(platform)
  const exceptions = Object.entries({ ...platform.exceptions, ...platform.cases })
  const checks = `${CHECKS.length - Object.keys(platform.exceptions ?? {}).length - failed.length} of ${CHECKS.length} checks`
  const hasPassed = failed.length + failedCases.length + failedControls.length === 0
  console.log(`${hasPassed ? '✔' : '✖'} ${platform.name}: ${checks}${line === '' ? '' : `, ${line}`}`)
  for (const problem of [...failed, ...failedCases, ...failedControls]) console.log(`    ${problem}`)
  for (const [name, why] of exceptions) console.log(`    not passed by the runtime itself: ${name}: ${why}`)
  if (!hasPassed) hasFailed = true
}
if ((words.length === 0 || words.includes('jobs')) && !(await runJobs())) hasFailed = true
if (root !== undefined) await rm(root, { recursive: true })
process.exitCode = hasFailed ? 1 : 0
