/** The error for a wrong declaration, thrown at start-up, before any request. */

/** Thrown by a declaration that is wrong. Reads `CODE: where: expected X, got Y. Fix.` */
export class DeclarationError extends TypeError {
  readonly code: string

  constructor(code: string, where: string, what: string, fix: string) {
    super(`${code}: ${where}: ${what}. ${fix}.`)
    this.name = 'DeclarationError'
    this.code = code
  }
}
