/** Errors of the framework itself. */

/*
 * The tree of all errors:
 *
 *     Error
 *     ├── HTTPError             an error that knows its response; anyone may throw one
 *     │   ├── DefinedError      made by a class of defineError(), part of the contract
 *     │   ├── RequestError      the request is wrong; only the framework makes one
 *     │   ├── ContractError     the handler broke its contract: 500
 *     │   └── UnhandledError    anything else that was thrown: 500
 *     ├── ModelError            a value does not fit its model
 *     └── TypeError
 *         └── DeclarationError  a declaration is wrong; thrown at start-up
 */
import { HTTPError, type HTTPErrorOptions } from './http-error.ts'

/** One problem of a request. */
export interface InputProblem {
  /** The place: `path`, `query`, `header`, `cookie` or `body`, then names and list indexes. */
  readonly location: readonly (string | number)[]
  /** A stable name of the problem: `missing`, `int_parsing`, … */
  readonly code: string
  /** Never contains the value. */
  readonly message: string
}

let make: (status: number, detail?: string, options?: RequestErrorOptions) => RequestError

export interface RequestErrorOptions extends HTTPErrorOptions {
  readonly problems?: readonly InputProblem[]
}

/** Not exported: an undeclared `RequestError` is sent to the client, so a handler that could create one could bypass its contract. */
const FRAMEWORK = Symbol('framework')

/**
 * The request is refused: 400, 404, 405, 406, 413, 415, 417, 422, 431, 503. Recognise it with `instanceof`. Only the framework creates one: in a
 * handler, throw an error that is declared in `errors` instead.
 */
export class RequestError extends HTTPError {
  /** The problems of the inputs, for 422. Empty for other statuses. */
  readonly problems: readonly InputProblem[]

  private constructor(maker: unknown, status: number, detail?: string, options: RequestErrorOptions = {}) {
    if (maker !== FRAMEWORK)
      throw new TypeError('REQUEST_ERROR: RequestError: only the framework makes one. Throw an error that is declared in errors.')
    const { stackTraceLimit } = Error
    // The fault of a client needs no stack trace, and capturing one for each of many bad requests would be expensive.
    Error.stackTraceLimit = 0
    super(status, detail, options)
    Error.stackTraceLimit = stackTraceLimit
    this.name = 'RequestError'
    this.problems = options.problems ?? []
  }

  static {
    make = (status, detail, options) => new RequestError(FRAMEWORK, status, detail, options)
  }
}

/** For the framework alone. */
export function requestError(status: number, detail?: string, options?: RequestErrorOptions): RequestError {
  return make(status, detail, options)
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
