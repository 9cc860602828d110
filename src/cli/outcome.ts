/** The outcome of a command. */

export interface Outcome {
  /** Text for standard output, or for standard error if the command failed. */
  readonly text: string
  /** 0: success. 1: the module or its declarations are wrong, or a check has failures. 2: the command line is wrong. 3: a check cannot run. */
  readonly exitCode: 0 | 1 | 2 | 3
}
