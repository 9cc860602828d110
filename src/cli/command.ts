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

const COMMANDS: Readonly<Record<string, (app: LoadedApp) => string | Promise<string>>> = {
  routes: (app) => formatRoutes(app.contracts()),
  openapi: async (app) => JSON.stringify(await app.document(), undefined, 2),
}

/** `progress` writes the progress line of a long command. */
export async function runCommand(args: readonly string[], progress?: (line: string) => void): Promise<Outcome> {
  if (args[0] === 'check') return runLong(() => runCheckCommand(args.slice(1), progress))
  if (args[0] === 'diff') return runLong(() => runDiffCommand(args.slice(1)))
  if (args[0] === 'work') return runLong(() => runWorkCommand(args.slice(1)), 1)
  if (args[0] === 'jobs') return runLong(() => runJobsCommand(args.slice(1)), 1)
  const asked = parse(args)
  if (asked === undefined) return { text: USAGE, exitCode: 2 }
  if (asked === 'help') return { text: USAGE, exitCode: 0 }
  try {
    return { text: await asked.command(await loadApp(asked.target)), exitCode: 0 }
  } catch (error) {
    return { text: describe(error), exitCode: 1 }
  }
}

/** An error that the module throws has another exit code than a check that finds causes. */
async function runLong(run: () => Promise<Outcome>, exitCode: 1 | 3 = 3): Promise<Outcome> {
  try {
    return await run()
  } catch (error) {
    return { text: describe(error), exitCode }
  }
}

function parse(args: readonly string[]) {
  const flags = parseFlags(args, { help: { type: 'boolean', short: 'h' } })
  if (flags?.values.help === true) return 'help'
  const [name = '', target = '', ...more] = flags?.positionals ?? []
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  return command === undefined || target === '' || more.length > 0 ? undefined : { command, target }
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
