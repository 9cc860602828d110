#!/usr/bin/env node
/** The `riposte` command. */
import { Console } from 'node:console'
import { runCommand } from './command.ts'

/** Each line replaces the line before. */
const showProgress = process.stderr.isTTY
  ? (line: string) => process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`)
  : undefined

const args = process.argv.slice(2)
// What the app logs must not be a part of the document or of the report. The log of a worker is its output.
if (args[0] !== 'work') globalThis.console = new Console(process.stderr)
const { text, exitCode } = await runCommand(args, showProgress)
// The report of a check or a diff is its result, also if it has failures, so it goes to standard output.
const stream = exitCode === 0 || (exitCode === 1 && (args[0] === 'check' || args[0] === 'diff')) ? process.stdout : process.stderr
// Resources that the module of the app has opened, such as a connection pool, would keep the process alive.
stream.write(`${text}\n`, () => process.exit(exitCode))
