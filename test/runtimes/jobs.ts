/** The engine contract of jobs on pg-boss 12, which needs Node 22: `npm test` runs it on pg-boss 10. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const ROOT = join(import.meta.dirname, '../..')
const MODULES = join(import.meta.dirname, 'node_modules')
const NODE = join(MODULES, 'node/bin/node')
const PG_BOSS = join(MODULES, 'pg-boss')
const TESTS = ['jobs', 'upkeep', 'transactions', 'requests'].map((name) => join(ROOT, `test/jobs/${name}.test.ts`))

/** Node takes this pg-boss for that of the package. */
function toHook(): string {
  const url = pathToFileURL(join(PG_BOSS, 'dist/index.js')).href
  const hook = `export const resolve = (name, context, next) => name === 'pg-boss' ? { url: '${url}', shortCircuit: true } : next(name, context)`
  return toURL(`import { register } from 'node:module'; register('${toURL(hook)}')`)
}

function toURL(source: string): string {
  return `data:text/javascript,${encodeURIComponent(source).replaceAll("'", '%27')}`
}

/** Resolves with whether all tests have passed. */
export async function runJobs(): Promise<boolean> {
  const missing = [NODE, PG_BOSS].find((path) => !existsSync(path))
  if (missing !== undefined) {
    console.log(`– jobs on pg-boss 12: SKIPPED, ${missing} is not installed`)
    return true
  }
  const { version } = JSON.parse(readFileSync(join(PG_BOSS, 'package.json'), 'utf8')) as { version: string }
  const child = spawn(
    NODE,
    ['--import', 'tsx', '--test', '--test-reporter=tap', '--test-name-pattern=pg-boss|transaction|killed', ...TESTS],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, NODE_OPTIONS: `--import=${toHook()}` },
    },
  )
  let report = ''
  for await (const chunk of child.stdout) report += String(chunk)
  const count = (what: string) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(report)?.[1] ?? 0)
  const hasPassed = count('fail') === 0 && count('cancelled') === 0 && count('pass') > 0
  console.log(`${hasPassed ? '✔' : '✖'} jobs on pg-boss ${version}, Node 22: ${count('pass')} tests passed, ${count('fail')} failed`)
  for (const skipped of new Set(report.match(/# SKIP no .*/g))) console.log(`    ${skipped.slice(2)}`)
  if (!hasPassed)
    console.log(
      report
        .split('\n')
        .filter((line) => /not ok|error:/.test(line))
        .join('\n'),
    )
  return hasPassed
}
