/** Runs the command that the command line names. `routes` and `openapi` are here, the other commands have a file each. */
import { describeError } from '../errors/http-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { AppModuleError, loadApp, type LoadedApp } from './load.ts'
import { runCheckCommand } from './check.ts'
import { runDiffCommand } from './diff.ts'
import { runJobsCommand, runWorkCommand } from './jobs.ts'
import { parseFlags, type Outcome } from './command-line.ts'
import type { DescribedResponse } from '../contract/contract.ts'

const USAGE = `Usage: riposte <command> <module>

  riposte routes src/app.ts         every route, its responses, and how their models are encoded
  riposte openapi src/app.ts        the OpenAPI document, as JSON
  riposte check src/app.ts          checks an app, or a server at a URL, against its document; see riposte check --help
  riposte diff old.json new.json    the changes between two documents, and which of them break clients
  riposte work src/jobs.ts          runs jobs until SIGTERM or SIGINT; see riposte work --help
  riposte jobs src/jobs.ts          queues, failed jobs, redrives; see riposte jobs --help

The module exports the app, or a function that makes it, as "app" or as its default. "src/app.ts#createApp" uses the export of that name.`

interface Command {
  readonly run: (args: readonly string[], progress?: (line: string) => void) => Promise<Outcome>
  /** The exit code if it throws. A check and a diff have 1 for what they find. */
  readonly failure: 1 | 3
}

const COMMANDS: Readonly<Record<string, Command>> = {
  routes: { run: (args) => runOnApp(args, (app) => formatRoutes(app.contracts())), failure: 1 },
  openapi: { run: (args) => runOnApp(args, async (app) => JSON.stringify(await app.document(), undefined, 2)), failure: 1 },
  check: { run: runCheckCommand, failure: 3 },
  diff: { run: runDiffCommand, failure: 3 },
  work: { run: runWorkCommand, failure: 1 },
  jobs: { run: runJobsCommand, failure: 1 },
}

/** `progress` writes the progress line of a long command. */
export async function runCommand([name = '', ...args]: readonly string[], progress?: (line: string) => void): Promise<Outcome> {
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (command === undefined) return { text: USAGE, exitCode: isHelp([name, ...args]) ? 0 : 2 }
  try {
    return await command.run(args, progress)
  } catch (error) {
    return { text: describe(error), exitCode: command.failure }
  }
}

async function runOnApp(args: readonly string[], run: (app: LoadedApp) => string | Promise<string>): Promise<Outcome> {
  if (isHelp(args)) return { text: USAGE, exitCode: 0 }
  const [target = '', ...more] = parseFlags(args, HELP)?.positionals ?? []
  if (target === '' || more.length > 0) return { text: USAGE, exitCode: 2 }
  return { text: await run(await loadApp(target)), exitCode: 0 }
}

const HELP = { help: { type: 'boolean', short: 'h' } } as const

function isHelp(args: readonly string[]): boolean {
  return parseFlags(args, HELP)?.values.help === true
}

/** The messages of our own errors name the place, also those of the project's copy of this package. Other errors need the stack. */
function describe(error: unknown): string {
  if (error instanceof AppModuleError || (error instanceof Error && error.name === DeclarationError.name)) return error.message
  return error instanceof Error && error.stack !== undefined ? error.stack : describeError(error)
}

/** Lists the routes of an app: the responses of each, how they are encoded, and which parts go through a schema library. */
function formatRoutes(responses: readonly DescribedResponse[]): string {
  const width = Math.max(0, ...responses.map((response) => contentOf(response).length))
  const lines: string[] = []
  let route: string | undefined
  for (const response of responses) {
    const { where, status, backEnd = '', islands } = response
    if (where !== route) lines.push('', where)
    route = where
    lines.push(`  ${status}  ${contentOf(response).padEnd(width)}  ${backEnd}`.trimEnd())
    for (const { path, reason } of islands) lines.push(`       ${formatPath(path)}: left to its library: ${reason}`)
  }
  return lines.slice(1).join('\n')
}

function contentOf({ mediaType = '', event }: DescribedResponse): string {
  return event === undefined ? mediaType : `${mediaType} ${event}`
}

/** `items[].email` */
function formatPath(path: readonly string[]): string {
  return path.length === 0 ? 'all of it' : path.join('.').replaceAll('.[]', '[]')
}
