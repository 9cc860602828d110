/** `riposte check`: reads its flags, runs the check, writes the reports. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import type * as Room from '../check/index.ts'
import type { CheckOptions, CheckResult, Phase, Progress, RuleName } from '../check/index.ts'
import { loadApp, type LoadedApp } from './load.ts'
import type { Outcome } from './command-line.ts'

export const CHECK_USAGE = `Usage: riposte check <url | module> [options]

  riposte check http://localhost:8000      a running server, with its /openapi.json
  riposte check src/app.ts                 the app of a module, in this process
  riposte check openapi.yaml --base URL    a running server, with a document in a file

  --document PLACE         the document, a URL or a file, as JSON or YAML; default: /openapi.json of the server

What is sent
  --header "Name: value"   a header that is sent with each request, such as credentials; may be repeated
  --as "Name: value"       a header of a second user, who must not have access to resources of the first; may be repeated
  --unsafe                 also sends POST, PUT, PATCH and DELETE to a server
  --allow-host HOST        allows a host that is not this machine
  --operations PATTERN     checks only these operations, such as "GET /users*"; may be repeated
  --exclude PATTERN        does not check these operations; may be repeated
  --phases LIST            examples, boundaries, random, invalid, probes, sequences
  --requests N             random requests for each operation (40)
  --concurrency N          requests at the same time (4)
  --max-time SECONDS       the time limit of the whole check (60)
  --timeout SECONDS        the time limit of one response (10)
  --seed N                 the same seed generates the same requests

Which rules apply
  --skip RULE              turns a rule off; may be repeated
  --slow MILLISECONDS      a response that takes longer is a failure
  --baseline FILE          known causes, with reason and expiry
  --write-baseline FILE    writes the causes that were found, with the known ones, as a baseline

What is written
  --report KIND[=FILE]     pretty, json, junit, html or github; may be repeated
  --coverage               prints how often each response was seen
  --test-file FILE         writes a node:test file that reproduces the failures

The exit code is 0 without causes, 1 with causes, 2 if the command line is wrong, 3 if the check cannot run.`

const MANY = { type: 'string', multiple: true } as const
const ONE = { type: 'string' } as const
const FLAG = { type: 'boolean' } as const

const FLAGS = {
  header: MANY,
  as: MANY,
  unsafe: FLAG,
  'allow-host': MANY,
  operations: MANY,
  exclude: MANY,
  phases: ONE,
  requests: ONE,
  concurrency: ONE,
  'max-time': ONE,
  timeout: ONE,
  seed: ONE,
  skip: MANY,
  slow: ONE,
  baseline: ONE,
  'write-baseline': ONE,
  report: MANY,
  coverage: FLAG,
  'test-file': ONE,
  document: ONE,
  base: ONE,
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parse>['values']

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: FLAGS, allowPositionals: true })
}

class UsageError extends Error {}

/** `progress` writes the progress line. `undefined`: no terminal. */
export async function runCheckCommand(args: readonly string[], progress?: (line: string) => void): Promise<Outcome> {
  try {
    const { values, positionals } = parse(args)
    if (values.help === true) return { text: CHECK_USAGE, exitCode: 0 }
    const [target, ...more] = positionals
    if (target === undefined || more.length > 0) return { text: CHECK_USAGE, exitCode: 2 }
    return await check(target, values, progress)
  } catch (error) {
    if (error instanceof UsageError) return { text: `${error.message}\n\n${CHECK_USAGE}`, exitCode: 2 }
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
      return { text: `${error.message}\n\n${CHECK_USAGE}`, exitCode: 2 }
    throw error
  }
}

async function check(target: string, values: Values, progress: ((line: string) => void) | undefined): Promise<Outcome> {
  const room = await loadRoom()
  if (room === undefined)
    return {
      text: 'CHECK_PACKAGES: riposte check: expected fast-check, ajv and ajv-formats, got none. Install them: npm i -D fast-check ajv ajv-formats',
      exitCode: 3,
    }
  const reports = (values.report ?? ['pretty']).map(toReport)
  try {
    const baseline = values.baseline === undefined ? [] : room.parseBaseline(await readFile(values.baseline, 'utf8'), values.baseline)
    const options: CheckOptions = {
      ...toOptions(values),
      baseline,
      ...(progress !== undefined && { onProgress: (state) => progress(formatProgress(state)) }),
    }
    const result = await room.checkContract(await toTarget(target, values), {
      ...options,
      ...(isFile(target, values) && { document: target }),
    })
    progress?.('')
    if (values['write-baseline'] !== undefined) {
      const found = new Set(result.known.map(({ id }) => id))
      const known = baseline.filter(({ cause }) => found.has(cause))
      await writeFile(values['write-baseline'], room.formatBaseline(result.causes, inThreeMonths(), known))
    }
    if (values['test-file'] !== undefined) await writeFile(values['test-file'], room.toTestFile(result))
    return { text: await write(room, result, { reports, hasCoverage: values.coverage === true }), exitCode: result.isPassed ? 0 : 1 }
  } catch (error) {
    progress?.('')
    if (error instanceof Error && error.name === 'CheckError') return { text: error.message, exitCode: 3 }
    throw error
  }
}

type Room = typeof Room

/** Returns `undefined` if a package that `riposte/check` needs is not installed. */
async function loadRoom(): Promise<Room | undefined> {
  try {
    return await import('../check/index.ts')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

function isFile(target: string, { base }: Values): boolean {
  return base !== undefined && !/^https?:/.test(target)
}

/** A module whose app is checked in this process, or a URL. */
async function toTarget(target: string, values: Values): Promise<string | (LoadedApp & Parameters<Room['checkContract']>[0])> {
  if (values.base !== undefined) return values.base
  if (/^https?:\/\//.test(target)) return target
  return (await loadApp(target)) as LoadedApp & Exclude<Parameters<Room['checkContract']>[0], string>
}

function toOptions(values: Values): CheckOptions {
  const number = (name: 'requests' | 'concurrency' | 'max-time' | 'timeout' | 'seed' | 'slow', scale = 1) => {
    const text = values[name]
    if (text === undefined) return undefined
    const value = Number(text)
    if (text.trim() === '' || !Number.isFinite(value)) throw new UsageError(`--${name}: expected a number, got other text.`)
    return value * scale
  }
  const all = {
    headers: toHeaders('header', values.header),
    as: values.as === undefined ? undefined : toHeaders('as', values.as),
    unsafe: values.unsafe,
    allowHosts: values['allow-host'],
    operations: values.operations,
    exclude: values.exclude,
    phases: values.phases?.split(',').map((phase) => phase.trim() as Phase),
    skip: values.skip?.flatMap((each) => each.split(',')).map((rule) => rule.trim() as RuleName),
    requests: number('requests'),
    concurrency: number('concurrency'),
    maxTimeMs: number('max-time', 1000),
    timeoutMs: number('timeout', 1000),
    seed: number('seed'),
    slowMs: number('slow'),
    document: values.document,
  }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

function toHeaders(flag: string, lines: readonly string[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/.exec(line) ?? []
      if (name === undefined || value === undefined) throw new UsageError(`--${flag}: expected "Name: value", got other text.`)
      return [name.toLowerCase(), value]
    }),
  )
}

interface Report {
  readonly kind: 'pretty' | 'json' | 'junit' | 'html' | 'github'
  readonly file: string | undefined
}

function toReport(text: string): Report {
  const [kind = '', ...file] = text.split('=')
  if (kind !== 'pretty' && kind !== 'json' && kind !== 'junit' && kind !== 'html' && kind !== 'github')
    throw new UsageError(`--report: expected pretty, json, junit, html or github, got other text.`)
  return { kind, file: file.length === 0 ? undefined : file.join('=') }
}

interface Writing {
  readonly reports: readonly Report[]
  readonly hasCoverage: boolean
}

/** Reports without a file go to standard output. */
async function write(room: Room, result: CheckResult, { reports, hasCoverage }: Writing): Promise<string> {
  const format = {
    pretty: () => room.formatResult(result, { coverage: hasCoverage }),
    json: () => room.formatJSON(result),
    junit: () => room.formatJUnit(result),
    html: () => room.formatHTML(result),
    github: () => room.formatGitHub(result),
  }
  const shown: string[] = []
  for (const { kind, file } of reports) {
    if (file === undefined) shown.push(format[kind]())
    else {
      await writeFile(file, format[kind]())
      shown.push(`${kind}: ${file}`)
    }
  }
  return shown.join('\n')
}

function formatProgress({ done, total, requests, causes, operation }: Progress): string {
  return `${done}/${total} operations, ${requests} requests, ${causes} causes  ${operation}`
}

/** `2027-03-31` */
function inThreeMonths(): string {
  const day = new Date()
  day.setUTCMonth(day.getUTCMonth() + 3)
  return day.toISOString().slice(0, 10)
}
