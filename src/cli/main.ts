#!/usr/bin/env node
/** The `riposte` command: prints what the declarations of an app say. */
import { runCommand } from './command.ts'

const { text, exitCode } = await runCommand(process.argv.slice(2))
const stream = exitCode === 0 ? process.stdout : process.stderr
// What the app's module has opened, such as a pool of connections, would keep the process alive.
stream.write(`${text}\n`, () => process.exit(exitCode))
