/** Programs of tests that run as processes of their own, so that several use one server and each can be killed. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join, relative } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { afterwards } from './afterwards.ts'

export interface Program {
  /** The next line that it prints. Rejects where it has ended. */
  readLine(): Promise<string>
  /** SIGKILL: the process does nothing more. Resolves when it is gone. */
  kill(): Promise<void>
}

/** Ends a program whose test was killed. */
const END_WITH_TEST = "data:text/javascript,process.on('disconnect', () => process.exit())"

const ROOT = join(import.meta.dirname, '../..')
const BUNDLES = process.env['RIPOSTE_BUNDLES']

/** The bundle of a `.program.ts`, where `npm test` has made one. */
export const programAt = (file: string): string =>
  BUNDLES === undefined ? file : join(BUNDLES, relative(ROOT, file).replace(/\.ts$/, '.mjs'))

/** The options with which Node starts a program. */
export const PROGRAM_OPTIONS: readonly string[] = BUNDLES === undefined ? ['--import', 'tsx'] : ['--enable-source-maps']

/** Is killed when the test ends. What it prints to stderr is seen. */
export function startProgram(t: TestContext, file: string, ...args: readonly string[]): Program {
  const child = spawn(process.execPath, [...PROGRAM_OPTIONS, '--import', END_WITH_TEST, programAt(file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const lines = createInterface(child.stdout!)[Symbol.asyncIterator]()
  const program: Program = {
    async readLine() {
      const { value, done } = await lines.next()
      if (done === true) throw new Error(`${file} ended`)
      return value
    },
    async kill() {
      child.kill('SIGKILL')
      await ended
    },
  }
  afterwards(t, () => program.kill())
  return program
}
