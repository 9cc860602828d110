/** What a command comes to. */

export interface Outcome {
  /** For standard output, or for standard error where it failed. */
  readonly text: string
  /** 0; 1: the app's module, or what it declares, is wrong, or a check found something; 2: the command line is wrong; 3: a check can't be made. */
  readonly exitCode: 0 | 1 | 2 | 3
}
