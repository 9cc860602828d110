/** The responses that a route declares: status → representation, header fields, cookies, description. */
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema } from '../schema/schema.ts'
import type { Either } from '../representation/either.ts'
import type { AnyRepresentation } from '../representation/representation.ts'
import type { ClientErrorStatus, RedirectStatus, ServerErrorStatus, SuccessStatus } from '../http/status.ts'

export interface DetailedResponse {
  /** A schema means `json(schema)`; several representations are chosen by `Accept`. */
  readonly body?: AnySchema | AnyRepresentation | Either<AnyRepresentation> | readonly AnyRepresentation[]
  /** Header fields that the response carries. One whose schema takes `undefined` may be missing. */
  readonly headers?: Readonly<Record<string, AnySchema>>
  /** Cookies that the response sets: models or `defineCookie()`. One whose model takes `undefined` may be missing. */
  readonly cookies?: Readonly<Record<string, AnySchema>>
  /** By default the status's reason phrase. */
  readonly description?: string
  /**
   * The field of the model that changes with every change of the resource, such as `version` or `updated_at`: a string, a number or a date. The response has
   * the `ETag` that is made of it. Default: none.
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

/** What a route may answer, by status. An exact status wins over a range, a range over `default`. */
export type Responses = { readonly [Key in StatusKey]?: ResponseDeclaration }

/** Models by name. */
export type FieldModels = Readonly<Record<string, AnySchema>>

/** What any response may have, but need not. */
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

/** The handler chooses: a value of any. */
type EachValue<Each> = Each extends unknown ? ValueOfBody<Each> : never

/** The value must do for each representation, as any may be chosen: a function of all their values takes what they have in common. */
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

/** The statuses that a handler may answer with. A conditional, so that messages spell them out instead of this name. */
export type StatusOf<R> = [R] extends [never] ? never : (keyof R & number) | InRange<keyof R>

type RangeOf<Status extends number> = `${Status}` extends `${infer Digit}${string}` ? `${Digit}XX` : never

/** The declaration that holds for a status. */
export type DeclaredFor<R, Status extends number> = Status extends keyof R
  ? R[Status]
  : RangeOf<Status> extends keyof R
    ? R[RangeOf<Status>]
    : 'default' extends keyof R
      ? R['default']
      : never

/** The statuses of a plain `return`, best first: the lowest 2xx, else a redirect. */
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

/** The key that a plain `return` answers with. */
export type DefaultKey<R, From = 200> = From extends keyof R
  ? From
  : From extends keyof ByPreference
    ? DefaultKey<R, ByPreference[From]>
    : never

/** The runtime twin of `DefaultKey`. */
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
