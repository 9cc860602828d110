/** Errors declared by name: their status, text and data are part of every contract that lists them. */
import { HTTPError } from './http-error.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema } from '../schema/schema.ts'

export interface ErrorDefinition<Status extends number, Data extends AnySchema | undefined> {
  readonly status: Status
  /** What went wrong, for the client. */
  readonly detail: string
  /** The model of what the client gets in addition to the text: validated and filtered like any response. */
  readonly data?: Data
  readonly headers?: Readonly<Record<string, string>>
  /** For the document. Default: `detail`. */
  readonly description?: string
}

type DataOf<Data> = Data extends AnySchema ? Accepted<Data> : undefined

/** An error that was declared with `defineError`. */
export class DefinedError<Code extends string = string, Data = unknown> extends HTTPError {
  readonly code: Code
  readonly data: Data

  constructor(code: Code, definition: ErrorDefinition<number, AnySchema | undefined>, data: Data, options?: ErrorOptions) {
    super(definition.status, definition.detail, { ...options, headers: definition.headers ?? {} })
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
  readonly detail: string
  readonly data: AnySchema | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly description: string
}

export type AnyErrorClass = ErrorClass<string, number, any> // oxlint-disable-line typescript/no-explicit-any -- the data stands in a parameter position: a constraint must take every class

/**
 * Declares an error. `code` is its stable name for clients: upper case with underscores.
 *
 * @throws {TypeError} when `status` is not an error status (400 to 599)
 */
export function defineError<const Code extends string, const Status extends number, Data extends AnySchema | undefined = undefined>(
  code: Code,
  definition: ErrorDefinition<Status, Data>,
): ErrorClass<Code, Status, DataOf<Data>> {
  if (definition.status < 400 || definition.status > 599) {
    throw new TypeError(`ERROR_STATUS: defineError(${code}): the status must be an error status, 400 to 599. Use reply() for others.`)
  }
  const declared = class extends DefinedError<Code, DataOf<Data>> {
    static readonly code = code
    static readonly status = definition.status
    static readonly detail = definition.detail
    static readonly data: AnySchema | undefined = definition.data
    static readonly headers = definition.headers ?? {}
    static readonly description = definition.description ?? definition.detail

    constructor(data: DataOf<Data>, options?: ErrorOptions) {
      super(code, definition, data, options)
    }
  }
  return declared as unknown as ErrorClass<Code, Status, DataOf<Data>> // whether `data` may be left out depends on its type
}

/** The class of a declared error. */
export function declarationOf(error: DefinedError): AnyErrorClass {
  return error.constructor as unknown as AnyErrorClass // none but `defineError` makes classes of it
}
