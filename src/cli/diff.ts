/** `riposte diff`: lists the changes between two documents, and checks the version of the newer one. */
import { pathToFileURL } from 'node:url'
import { DIFF_RULES, formatDiff, isCovered, type DocumentChange } from '../check/diff/change.ts'
import { diffDocuments } from '../check/diff/diff.ts'
import { loadDocument, readText } from '../check/document/load.ts'
import { parseFlags, type Outcome } from './command-line.ts'

export const DIFF_USAGE = `Usage: riposte diff <old.json> <new.json> [options]

  The documents are files, as JSON or YAML.

  --semver       info.version must be raised as much as the changes require
  --skip RULE    ignores a kind of change; may be repeated
  --json         prints the changes as JSON

The exit code is 0 without breaking changes, or with --semver if the version covers them, 1 otherwise, 2 if the command line is wrong,
3 if a document cannot be read.`

const FLAGS = {
  semver: { type: 'boolean' },
  skip: { type: 'string', multiple: true },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

export async function runDiffCommand(args: readonly string[]): Promise<Outcome> {
  const asked = parseFlags(args, FLAGS)
  if (asked === undefined) return { text: DIFF_USAGE, exitCode: 2 }
  const { values, positionals } = asked
  if (values.help === true) return { text: DIFF_USAGE, exitCode: 0 }
  const [olderFile, newerFile, ...more] = positionals
  const skip = values.skip ?? []
  const isWrong =
    olderFile === undefined || newerFile === undefined || more.length > 0 || skip.some((rule) => !Object.hasOwn(DIFF_RULES, rule))
  if (isWrong) return { text: DIFF_USAGE, exitCode: 2 }
  try {
    const older = await loadDocument(pathToFileURL(olderFile), olderFile, readText)
    const newer = await loadDocument(pathToFileURL(newerFile), newerFile, readText)
    const changes = diffDocuments(older, newer).filter(({ rule }) => !skip.includes(rule))
    const covered = values.semver === true ? isCovered(changes, versionOf(older), versionOf(newer)) : undefined
    const text =
      values.json === true
        ? JSON.stringify(changes, undefined, 2)
        : `${formatDiff(changes)}${describe(changes, values.semver === true, covered)}`
    const isBroken = changes.some(({ verdict }) => verdict === 'breaking')
    return { text, exitCode: (covered === undefined ? isBroken : !covered) ? 1 : 0 }
  } catch (error) {
    if (error instanceof Error && error.name === 'CheckError') return { text: error.message, exitCode: 3 }
    throw error
  }
}

function versionOf(document: object): string {
  const { info } = document as { info?: { version?: unknown } }
  return typeof info?.version === 'string' ? info.version : ''
}

function describe(changes: readonly DocumentChange[], isAsked: boolean, covered: boolean | undefined): string {
  if (!isAsked) return ''
  if (covered === undefined) return '\n\nThe versions of the documents are not semantic versions, so --semver is ignored.'
  return covered ? '\n\nThe version covers the changes.' : `\n\nThe version does not cover the changes: ${changes.length} of them.`
}
