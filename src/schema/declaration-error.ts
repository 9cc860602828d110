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

/** The error of a part that does not know its place, such as a field of a model. `within()` adds the place. */
export class PartError extends DeclarationError {
  readonly #what: string
  readonly #fix: string
  #place: string | undefined = undefined

  constructor(code: string, part: string, what: string, fix: string) {
    super(code, part, what, fix)
    this.#what = what
    this.#fix = fix
  }

  within(outer: string, separator: string): PartError {
    const place = this.#place === undefined ? outer : `${outer}${separator}${this.#place}`
    const error = new PartError(this.code, place, this.#what, this.#fix)
    error.#place = place
    return error
  }
}

/** Runs a part of a declaration, and adds its place to an error that does not name it. */
export function within<T>(place: string, declare: () => T, separator = '.'): T {
  try {
    return declare()
  } catch (error) {
    throw error instanceof PartError ? error.within(place, separator) : error
  }
}
