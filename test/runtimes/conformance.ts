/** The cases that drive the conformance app from outside, on a runtime. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

const REPOSITORY = join(import.meta.dirname, '../..')

/** The folder of the cases; `undefined` without one beside the checkout. */
export function findCases(): string | undefined {
  const folders = [process.env['CONFORMANCE_CASES'], join(REPOSITORY, '../shared/conformance')]
  return folders.find((folder) => folder !== undefined && existsSync(join(folder, 'run.mjs')))
}

/** Writes the files that the app reads; resolves with their folder. */
export async function makeFixtures(cases: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'riposte-conformance-'))
  await run(process.execPath, [join(cases, 'make-fixtures.mjs'), root])
  return root
}

/** The same as base64, by path, for a runtime without a disk. */
export async function readFixtures(root: string): Promise<Record<string, string>> {
  const found: Record<string, string> = { 'large_file.csv': await readFile(join(root, 'large_file.csv'), 'base64') }
  const entries = await readdir(join(root, 'files'), { withFileTypes: true, recursive: true })
  for (const entry of entries.filter((one) => one.isFile())) {
    const file = join(entry.parentPath, entry.name)
    found[relative(root, file)] = await readFile(file, 'base64')
  }
  return found
}

interface Result {
  readonly id: string
  readonly ok: boolean
  readonly errs: readonly string[]
}

export interface Report {
  readonly passed: number
  /** By the ids of the cases: what is wrong. */
  readonly failed: ReadonlyMap<string, string>
}

export async function runCases(cases: string, url: string, root: string): Promise<Report> {
  const file = join(root, 'report.json')
  await run(process.execPath, [join(cases, 'run.mjs'), '--base', url, '--quiet', '--json', file], { maxBuffer: 1e8 }).catch(() => undefined)
  const { passed, results } = JSON.parse(await readFile(file, 'utf8')) as { readonly passed: number; readonly results: readonly Result[] }
  return { passed, failed: new Map(results.filter(({ ok }) => !ok).map(({ id, errs }) => [id, errs[0] ?? ''])) }
}
