/**
 * `npm test`: types, lint, format and unused code, then every test; the last line counts what passed. With paths, only the tests under them.
 * `npm run test:long`: only the tests that have a long form, those that import `test/support/fuzz.ts`: many more random cases, and the soak.
 * `npm run coverage`: the same as `npm test`, and what share of `src` the tests have run.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { run } from 'node:test'
import { spec } from 'node:test/reporters'
import { bundleTests } from './bundle-tests.ts'
import { readCoverage, totalOf as shareOf } from './coverage.ts'

interface Counts {
  passed: number
  failed: number
  skipped: number
}

const CHECKS: Readonly<Record<string, readonly string[]>> = {
  types: ['tsc', '--noEmit', '--pretty'],
  lint: ['oxlint', '--type-aware'],
  format: ['oxfmt', '--check'],
  unused: ['knip'],
}

const isLong = process.argv.includes('--long')
const countsCoverage = process.argv.includes('--coverage')
/** Of the characters of `src`, after `npm run coverage` of everything. */
const LEAST_COVERAGE = 0.9
/** `test/support/fuzz.ts` reads it in each test process. */
if (isLong) process.env['RIPOSTE_LONG'] = '1'

/** A test that hangs is a test that fails. */
const FILE_TIMEOUT_MS = isLong ? 3_600_000 : 180_000

/** Keeps one core busy for 20 s: as one of the last files it would leave the others idle. */
const FIRST = join('test', 'type-budget.test.ts')

/** A bare folder finds no `.ts` tests on Node 20: files are passed one by one. */
async function findTests(paths: readonly string[]): Promise<string[]> {
  const files = await readdir('test', { recursive: true })
  const found = files
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => join('test', file))
    .filter((file) => paths.length === 0 || paths.some((path) => file.startsWith(path)))
    .toSorted((one, other) => Number(other === FIRST) - Number(one === FIRST) || (one < other ? -1 : 1))
  if (!isLong) return found
  const sources = await Promise.all(found.map((file) => readFile(file, 'utf8')))
  return found.filter((_, index) => sources[index]!.includes("/support/fuzz.ts'"))
}

/** Prints what a check has to say only when it fails. */
function check(name: string, [command, ...args]: readonly string[], counts: Counts): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(join('node_modules', '.bin', command!), args)
    let output = ''
    child.stdout.on('data', (data: Buffer) => (output += data.toString()))
    child.stderr.on('data', (data: Buffer) => (output += data.toString()))
    child.once('error', reject)
    child.once('close', (code) => {
      counts[code === 0 ? 'passed' : 'failed'] += 1
      console.log(code === 0 ? `✔ ${name}` : `✖ ${name}\n${output}`)
      resolve()
    })
  })
}

/** Coverage is counted in the characters of the sources, so it needs them one by one. */
async function runTests(files: string[], counts: Counts): Promise<void> {
  if (countsCoverage) return runFiles(files, counts)
  // There, packages are found as from the sources, and no check looks.
  const folder = await mkdtemp(join('node_modules', '.tests-'))
  try {
    const bundles = await bundleTests(files, folder)
    // `test/support/program.ts` reads it in each test process.
    process.env['RIPOSTE_BUNDLES'] = resolve(folder)
    // Tests start with the options of this process, which has a loader of TypeScript.
    process.execArgv = ['--enable-source-maps']
    await runFiles(bundles, counts)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function runFiles(files: string[], counts: Counts): Promise<void> {
  const events = run({ files, concurrency: availableParallelism(), timeout: FILE_TIMEOUT_MS })
  const remarks: string[] = []
  events.on('test:pass', ({ name, skip, todo, details }) => {
    const isSkipped = skip !== undefined || todo !== undefined
    if (details.type === 'suite' && !isSkipped) return
    // A file is reported as a test of its own only where it holds none.
    if (files.includes(name)) {
      counts.failed += 1
      remarks.push(`${name}: holds no test`)
    } else if (isSkipped) {
      counts.skipped += 1
      remarks.push(`skipped: ${name}${typeof skip === 'string' ? `: ${skip}` : ''}`)
    } else counts.passed += 1
  })
  events.on('test:fail', ({ details }) => {
    if ((details.error as Error & { failureType?: string }).failureType !== 'subtestsFailed') counts.failed += 1
  })
  for await (const chunk of events.compose(new spec())) process.stdout.write(String(chunk))
  for (const remark of remarks) console.log(remark)
}

const percent = (share: number) => `${(share * 100).toFixed(1)} %`

/** Prints the share of each file that is below the floor, and of all together. Tests of a part of the house have no floor. */
async function reportCoverage(folder: string, isWhole: boolean, counts: Counts): Promise<void> {
  const files = readCoverage(folder)
  await rm(folder, { recursive: true })
  for (const { file, share } of files) if (share < LEAST_COVERAGE) console.log(`${percent(share).padStart(7)}  ${file}`)
  const share = shareOf(files)
  console.log(`coverage: ${percent(share)} of ${files.length} files, at least ${percent(LEAST_COVERAGE)} is expected of the whole`)
  if (isWhole && share < LEAST_COVERAGE) counts.failed += 1
}

const paths = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const files = await findTests(paths)
const counts: Counts = { passed: 0, failed: 0, skipped: 0 }
if (paths.length === 0 && !isLong) for (const [name, command] of Object.entries(CHECKS)) await check(name, command, counts)
const totalOf = ({ passed, failed, skipped }: Counts) => passed + failed + skipped
const checked = totalOf(counts)
const folder = countsCoverage ? await mkdtemp(join(tmpdir(), 'riposte-coverage-')) : undefined
if (folder !== undefined) process.env['NODE_V8_COVERAGE'] = folder
if (files.length > 0) await runTests(files, counts)
if (folder !== undefined) await reportCoverage(folder, paths.length === 0, counts)
if (totalOf(counts) === checked) {
  console.log('No test was found.')
  counts.failed += 1
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
process.exitCode = counts.failed === 0 ? 0 : 1
