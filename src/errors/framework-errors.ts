/** The framework's own errors: a bad request or a broken contract. They never reach an error handler that is registered for a class. */
import { HTTPError, type HTTPErrorOptions } from './http-error.ts'

/** One thing wrong with a request. */
export interface InputProblem {
  /** The place: `path`, `query`, `header`, `cookie` or `body`, then names and list indexes. */
  readonly location: readonly (string | number)[]
  /** A stable name of the problem: `missing`, `int_parsing`, … */
  readonly code: string
  /** Never holds the value. */
  readonly message: string
}

/** The request is refused by the framework: 400, 404, 405, 406, 413, 415, 417, 422, 431, 503. */
export class RequestError extends HTTPError {
  readonly problems: readonly InputProblem[]

  constructor(status: number, detail?: string, options: HTTPErrorOptions & { readonly problems?: readonly InputProblem[] } = {}) {
    const { stackTraceLimit } = Error
    // A stack would only show where the framework noticed a client's mistake, and many bad requests would pay for one each.
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

/** Any thrown value that the contract does not declare. */
export class UnhandledError extends HTTPError {
  constructor(cause: unknown) {
    super(500, undefined, { cause })
    this.name = 'UnhandledError'
  }
}
