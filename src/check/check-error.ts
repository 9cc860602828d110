/** Thrown if a check cannot run: the document cannot be read, the host is not allowed, or an option is wrong. */
export class CheckError extends Error {
  override readonly name = 'CheckError'
  readonly code: string

  /** `CODE: where: what. Fix.` */
  constructor(code: string, where: string, what: string, fix: string) {
    super(`${code}: ${where}: ${what}. ${fix}.`)
    this.code = code
  }
}
