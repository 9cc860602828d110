/** What the commands share: how they read their flags, and the outcome that they return. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

type FlagsOf<Options extends ParseArgsConfig['options']> = ReturnType<
  typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>
>

/** Returns `undefined` if the command line has an unknown flag, or a flag without its value. */
export function parseFlags<const Options extends NonNullable<ParseArgsConfig['options']>>(
  args: readonly string[],
  options: Options,
): FlagsOf<Options> | undefined {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch {
    return undefined
  }
}

/** The outcome of a command. */
export interface Outcome {
  /** Text for standard output, or for standard error if the command failed. */
  readonly text: string
  /** 0: success. 1: the module or its declarations are wrong, or a check has failures. 2: the command line is wrong. 3: a check cannot run. */
  readonly exitCode: 0 | 1 | 2 | 3
}
