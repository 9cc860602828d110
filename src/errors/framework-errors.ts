/** The framework's own errors: what the wire or the contract did wrong. They never reach a handler that a user registered for a class. */
import { HTTPError, type HTTPErrorOptions } from './http-error.ts'

/** One thing wrong with a request. */
export interface InputProblem {
  /** Where: `path`, `query`, `header`, `cookie` or `body`, then names and list indexes. */
  readonly location: readonly (string | number)[]
  /** A stable name of what is wrong: `missing`, `int_parsing`, … */
  readonly code: string
  /** Never holds the value. */
  readonly message: string
}

/** The request can't be answered as it came: 400, 404, 405, 406, 413, 415, 417, 422, 431, 503. */
export class RequestError extends HTTPError {
  readonly problems: readonly InputProblem[]

  constructor(status: number, detail?: string, options: HTTPErrorOptions & { readonly problems?: readonly InputProblem[] } = {}) {
    const { stackTraceLimit } = Error
    // Nobody asks where in the framework a client's mistake was noticed, and a flood of them should not pay for a stack each.
    Error.stackTraceLimit = 0
    super(status, detail, options)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'RequestError'
    this.problems = options.problems ?? []
  }
}

/** A handler broke its contract. The client learns only that the server failed; `message` is for the log. */
export class ContractError extends HTTPError {
  constructor(message: string, options: ErrorOptions = {}) {
    super(500, undefined, options)
    this.name = 'ContractError'
    this.message = message
  }
}

/** An error of whatever kind, thrown where nothing was declared for it. */
export class UnhandledError extends HTTPError {
  constructor(cause: unknown) {
    super(500, undefined, { cause })
    this.name = 'UnhandledError'
  }
}
