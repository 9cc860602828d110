#!/usr/bin/env node
/** The `riposte` command: prints what the declarations of an app say. */
import { runCommand } from './command.ts'

/** Each line takes the place of the one before. */
const showProgress = process.stderr.isTTY
  ? (line: string) => process.stderr.write(`\r\x1b[2K${line.slice(0, process.stderr.columns - 1)}`)
  : undefined

const args = process.argv.slice(2)
const { text, exitCode } = await runCommand(args, showProgress)
// The report of a check or a diff is its result, whatever it says.
const stream = exitCode === 0 || (exitCode === 1 && (args[0] === 'check' || args[0] === 'diff')) ? process.stdout : process.stderr
// What the app's module has opened, such as a pool of connections, would keep the process alive.
stream.write(`${text}\n`, () => process.exit(exitCode))
