/** Errors that define their HTTP response: a status, a detail and headers. */
import { isFinalStatus, reasonPhrase } from '../http/status.ts'

/** Options of `new HTTPError()`. */
export interface HTTPErrorOptions extends ErrorOptions {
  /** Sent with the error. */
  readonly headers?: Readonly<Record<string, string>>
}

/** An error that becomes a response with its status when a handler, or a function that it calls, throws it. The body is what the contract declares for that status. */
export class HTTPError extends Error {
  readonly status: number
  /** What went wrong, for the client: text, or any JSON. Default: the reason phrase of the status. */
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>>

  /** Throws a `RangeError` for a status that is not final: it must be from 200 to 599. */
  constructor(status: number, detail?: unknown, options: HTTPErrorOptions = {}) {
    if (!isFinalStatus(status))
      throw new RangeError(`ERROR_STATUS: HTTPError: expected a status from 200 to 599, got ${status}. Pass the status of the response.`)
    const phrase = reasonPhrase(status)
    super(typeof detail === 'string' ? detail : phrase, options)
    this.name = 'HTTPError'
    this.status = status
    this.detail = detail ?? phrase
    this.headers = options.headers ?? {}
  }

  /** The reason phrase of the status: `Not Found`. */
  get title(): string {
    return reasonPhrase(this.status)
  }
}

/** Takes any value: a proxy that throws when it is inspected is not an `HTTPError`. */
export function isHTTPError(thrown: unknown): thrown is HTTPError {
  try {
    return thrown instanceof HTTPError
  } catch {
    return false
  }
}

/** Describes a thrown value for the log. Never throws. */
export function describeError(error: unknown): string {
  try {
    if (error instanceof Error) return `${error.name}: ${error.message}`
    return `a thrown ${error === null ? 'null' : typeof error}`
  } catch {
    return 'an unreadable thrown value'
  }
}
