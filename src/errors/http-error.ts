/** Errors that know their answer: a status, a detail and header fields. */
import { reasonPhrase } from '../http/status.ts'

export interface HTTPErrorOptions extends ErrorOptions {
  /** Sent with the error. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Thrown anywhere below a handler, it answers with its status, in the model that is declared for that status. */
export class HTTPError extends Error {
  readonly status: number
  /** What went wrong, for the client: text, or any JSON. By default the status's reason phrase. */
  readonly detail: unknown
  readonly headers: Readonly<Record<string, string>>

  /** Throws a `RangeError` for a status that can't end a request: only 200 to 599 can. */
  constructor(status: number, detail?: unknown, options: HTTPErrorOptions = {}) {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(
        'ERROR_STATUS: HTTPError: the status must be an integer from 200 to 599. Use the status that the client shall see.',
      )
    }
    const phrase = reasonPhrase(status)
    super(typeof detail === 'string' ? detail : phrase, options)
    this.name = 'HTTPError'
    this.status = status
    this.detail = detail ?? phrase
    this.headers = options.headers ?? {}
  }

  /** The status's reason phrase: `Not Found`. */
  get title(): string {
    return reasonPhrase(this.status)
  }
}

/** Of anything at all: a proxy that throws when it is looked at is none. */
export function isHTTPError(thrown: unknown): thrown is HTTPError {
  try {
    return thrown instanceof HTTPError
  } catch {
    return false
  }
}
