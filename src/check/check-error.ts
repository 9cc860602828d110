/** A check that can't be made: the document can't be read, the server can't be reached, an option is wrong. */
export class CheckError extends Error {
  override readonly name = 'CheckError'
  readonly code: string

  /** `CODE: where: what. Fix.` */
  constructor(code: string, where: string, what: string, fix: string) {
    super(`${code}: ${where}: ${what}. ${fix}.`)
    this.code = code
  }
}
