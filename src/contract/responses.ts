/** The responses that a route declares by status: representation, headers, cookies, description. */
import type { Accepted, AnySchema } from '../schema/schema.ts'
import type { Either } from '../representation/either.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import type { ClientErrorStatus, RedirectStatus, ServerErrorStatus, SuccessStatus } from '../http/status.ts'

export interface DetailedResponse {
  /** A schema means `json(schema)`. If there are several representations, `Accept` chooses. */
  readonly body?: AnySchema | AnyRepresentation | Either<AnyRepresentation> | readonly AnyRepresentation[]
  /** Headers that the response has. One whose schema accepts `undefined` may be missing. */
  readonly headers?: Readonly<Record<string, AnySchema>>
  /** Cookies that the response sets: models or `defineCookie()`. One whose model accepts `undefined` may be missing. */
  readonly cookies?: Readonly<Record<string, AnySchema>>
  /** Default: the reason phrase of the status. */
  readonly description?: string
  /**
   * A property of the model that changes with every change of the resource, such as `version` or `updated_at`: a string, a number or a date. The `ETag` of
   * the response is made from it. Default: none.
   */
  readonly version?: string
}

export type ResponseDeclaration =
  | AnySchema
  | AnyRepresentation
  | Either<AnyRepresentation>
  | readonly AnyRepresentation[]
  | DetailedResponse

/** A 1xx does not end the exchange, so it cannot be declared. */
export type StatusRange = '2XX' | '3XX' | '4XX' | '5XX'

export type StatusKey = number | StatusRange | 'default'

/** The responses of a route, by status. An exact status wins over a range, a range over `default`. */
export type Responses = { readonly [Key in StatusKey]?: ResponseDeclaration }

/** Models by name. */
export type FieldModels = Readonly<Record<string, AnySchema>>

/** Headers and cookies that every response may have, but need not. */
export interface ResponseFields<H = FieldModels, K = FieldModels> {
  /** Headers that any response may have. Default: none. */
  readonly responseHeaders?: H
  /** Cookies that any response may set: models or `defineCookie()`. Default: none. */
  readonly responseCookies?: K
}

type ValueOfBody<B> = B extends AnySchema
  ? Accepted<B>
  : B extends Either<infer Each>
    ? EachValue<Each>
    : B extends { readonly kind: string; readonly '~value'?: infer Value }
      ? Value
      : B extends readonly (infer Each)[]
        ? ValueOfAll<Each>
        : void

/** For `either()`: a value of any of the representations. */
type EachValue<Each> = Each extends unknown ? ValueOfBody<Each> : never

/** `Accept` may choose any representation, so the value must fit all: the intersection of their types, inferred from a function parameter. */
type ValueOfAll<Each> = (Each extends unknown ? (value: ValueOfBody<Each>) => void : never) extends (value: infer Value) => void
  ? Value
  : never

/** What a handler returns for a declared response. */
export type ValueOf<D> = D extends { readonly body: infer B } ? ValueOfBody<B> : ValueOfBody<D>

interface StatusesOfRange {
  '2XX': SuccessStatus
  '3XX': RedirectStatus
  '4XX': ClientErrorStatus
  '5XX': ServerErrorStatus
}

type InRange<Key> = Key extends StatusRange ? StatusesOfRange[Key] : Key extends 'default' ? number : never

/** The statuses that a handler may respond with. A conditional type, so that the compiler's messages list the statuses instead of this name. */
export type StatusOf<R> = [R] extends [never] ? never : (keyof R & number) | InRange<keyof R>

type RangeOf<Status extends number> = `${Status}` extends `${infer Digit}${string}` ? `${Digit}XX` : never

/** The declaration that applies to a status. */
export type DeclaredFor<R, Status extends number> = Status extends keyof R
  ? R[Status]
  : RangeOf<Status> extends keyof R
    ? R[RangeOf<Status>]
    : 'default' extends keyof R
      ? R['default']
      : never

/** The order in which the status of a plain `return` is looked for: the lowest 2xx, else a redirect. Each key names the next one. */
interface ByPreference {
  200: 201
  201: 202
  202: 203
  203: 204
  204: 205
  205: 206
  206: 207
  207: 301
  301: 302
  302: 303
  303: 307
  307: 308
  308: 304
  304: '2XX'
  '2XX': '3XX'
  '3XX': 'default'
}

/** The key of the response that a plain `return` sends. */
export type DefaultKey<R, From = 200> = From extends keyof R
  ? From
  : From extends keyof ByPreference
    ? DefaultKey<R, ByPreference[From]>
    : never

/** The same order as a value. */
export const DEFAULT_KEYS: readonly StatusKey[] = [
  200,
  201,
  202,
  203,
  204,
  205,
  206,
  207,
  301,
  302,
  303,
  307,
  308,
  304,
  '2XX',
  '3XX',
  'default',
]
