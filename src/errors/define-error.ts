/** Declares errors by name. Their status, text and data are part of every contract that lists them. */
import { isErrorStatus, isFinalStatus, reasonPhrase } from '../http/status.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { HTTPError } from './http-error.ts'
import type { Accepted, AnySchema } from '../schema/schema.ts'

/** What `defineError()` takes. */
export interface ErrorDefinition<Status extends number, Data extends AnySchema | undefined> {
  /** 400 to 599. */
  readonly status: Status
  /** What went wrong, for the client: text, or a function that makes it from the data. */
  readonly detail: string | ((data: DataOf<Data>) => string)
  /** The model of data for the client, in addition to the text. The data is validated and filtered like any response. */
  readonly data?: Data
  /**
   * Sent with the error. Each is text, or a function that makes it from the data. A 401 must have `WWW-Authenticate` (RFC 9110 §15.5.2): set it here, unless
   * a dependency with `security` throws the error, which adds its own. Default: none.
   */
  readonly headers?: Readonly<Record<string, string | ((data: DataOf<Data>) => string)>>
  /** For the OpenAPI document. Default: `detail` if it is text, else the reason phrase of the status. */
  readonly description?: string
}

type DataOf<Data> = Data extends AnySchema ? Accepted<Data> : undefined

/** A definition of any types. */
interface AnyDefinition {
  readonly status: number
  readonly detail: string | ((data: never) => string)
  readonly headers?: Readonly<Record<string, string | ((data: never) => string)>>
  readonly data?: AnySchema | undefined
}

/** An error that was declared with `defineError`. */
export class DefinedError<Code extends string = string, Data = unknown> extends HTTPError {
  readonly code: Code
  readonly data: Data

  constructor(code: Code, { status, detail, headers = {} }: AnyDefinition, data: Data, options?: ErrorOptions) {
    const make = (part: string | ((data: never) => string)) => (typeof part === 'function' ? part(data as never) : part) // the data of its own definition
    super(status, make(detail), { ...options, headers: mapValues(headers, make) })
    this.name = code
    this.code = code
    this.data = data
  }
}

/** The class of a declared error: `throw new UserNotFound({ user_id: 7 })`. */
export interface ErrorClass<Code extends string = string, Status extends number = number, Data = unknown> {
  new (
    ...data: Data extends undefined
      ? [data?: undefined, options?: ErrorOptions | undefined]
      : [data: Data, options?: ErrorOptions | undefined]
  ): DefinedError<Code, Data>
  readonly code: Code
  readonly status: Status
  /** The text; the reason phrase of its status if the text is made from data. */
  readonly detail: string
  readonly data: AnySchema | undefined
  /** A value is `undefined` if it is made from data. */
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly description: string
}

export type AnyErrorClass = ErrorClass<string, number, any> // oxlint-disable-line typescript/no-explicit-any -- the data stands in a parameter position: a constraint must take every class

/**
 * Declares an error. `code` is its stable name for clients: upper case with underscores.
 *
 * @throws {DeclarationError} when `status` is not an error status, an integer from 400 to 599
 */
export function defineError<const Code extends string, const Status extends number, Data extends AnySchema | undefined = undefined>(
  code: Code,
  definition: ErrorDefinition<Status, Data>,
): ErrorClass<Code, Status, DataOf<Data>> {
  const { status, detail, headers = {} } = definition
  if (!isFinalStatus(status) || !isErrorStatus(status)) {
    throw new DeclarationError(
      'ERROR_STATUS',
      `defineError(${code})`,
      `expected a status from 400 to 599, got ${status}`,
      'Send other statuses with reply()',
    )
  }
  const phrase = typeof detail === 'string' ? detail : reasonPhrase(status)
  const declared = class extends DefinedError<Code, DataOf<Data>> {
    static readonly code = code
    static readonly status = status
    static readonly detail = phrase
    static readonly data: AnySchema | undefined = definition.data
    static readonly headers = mapValues(headers, (value) => (typeof value === 'string' ? value : undefined))
    static readonly description = definition.description ?? phrase

    constructor(data: DataOf<Data>, options?: ErrorOptions) {
      super(code, definition, data, options)
    }
  }
  return declared as unknown as ErrorClass<Code, Status, DataOf<Data>> // whether the argument `data` is optional depends on its type
}

function mapValues<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (value: Value) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]))
}

/** The class of a declared error. */
export function declarationOf(error: DefinedError): AnyErrorClass {
  return error.constructor as unknown as AnyErrorClass // only `defineError` creates subclasses of it
}
