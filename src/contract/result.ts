/** What a handler may give back: a bare value, or a value with a status, made by `reply()`. */
import type { CookieAttributes } from '../http/cookies.ts'
import type { AnyCookie, CookieValue } from '../reply/cookie.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, InputOf } from '../schema/schema.ts'
import type { DeclaredFor, DefaultKey, StatusOf, ValueOf } from './responses.ts'

/** A cookie with attributes of its own. */
export interface SentCookie<Value = unknown> extends CookieAttributes {
  readonly value: Value
}

/** As the run time sees it. */
export interface ReplyInit {
  /** The media type of one of the representations of `either()`. Default: the value tells. */
  readonly as?: string | undefined
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: Readonly<Record<string, unknown>>
}

/** What `reply()` makes: a value with its status. It is not on the wire yet. */
export class StatusResult {
  readonly status: number
  readonly value: unknown
  readonly init: ReplyInit | undefined

  constructor(status: number, value: unknown, init: ReplyInit | undefined) {
    this.status = status
    this.value = value
    this.init = init
  }
}

type RequiredNames<H> = {
  [Name in keyof H]: H[Name] extends AnySchema ? (undefined extends InputOf<H[Name]> ? never : Name) : never
}[keyof H]

type FieldOf<S> = S extends AnySchema ? Accepted<S> : never

/** Where all are required this is one object type: a message then names the field that is missing. */
type DeclaredHeaders<H> = [keyof H] extends [RequiredNames<H>]
  ? { readonly [Name in keyof H]: FieldOf<H[Name]> }
  : { readonly [Name in RequiredNames<H>]: FieldOf<H[Name]> } & { readonly [Name in Exclude<keyof H, RequiredNames<H>>]?: FieldOf<H[Name]> }

type CookieOf<C> = C extends AnyCookie ? CookieValue<C> : FieldOf<C>

/** As headers: a required cookie is required, another name is refused. */
type DeclaredCookies<K> = { readonly [Name in RequiredNames<K>]: CookieOf<K[Name]> | SentCookie<CookieOf<K[Name]>> } & {
  readonly [Name in Exclude<keyof K, RequiredNames<K>>]?: CookieOf<K[Name]> | SentCookie<CookieOf<K[Name]>>
}

type FreeCookies = Readonly<Record<string, string | SentCookie<string>>>

/** `NoInfer`: a value is checked against its declaration, nothing is to be learnt from it. That is half of what a route costs the compiler. */
interface DeclaredInit<H> {
  readonly as?: ReplyInit['as']
  readonly headers: NoInfer<H>
  readonly cookies?: FreeCookies
}

interface FreeInit {
  readonly as?: ReplyInit['as']
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: FreeCookies
}

type InitArgument<H> = {} extends H ? [init?: Partial<DeclaredInit<H>>] : [init: DeclaredInit<H>]

interface CookiesInit<H, K> {
  readonly as?: ReplyInit['as']
  readonly headers: NoInfer<H>
  readonly cookies: NoInfer<K>
}

/** What is optional altogether may be left out. */
type CookiesInitOf<H, K> = ({} extends H ? Partial<Pick<CookiesInit<H, K>, 'headers'>> : Pick<CookiesInit<H, K>, 'headers'>) &
  ({} extends K ? Partial<Pick<CookiesInit<H, K>, 'cookies'>> : Pick<CookiesInit<H, K>, 'cookies'>) &
  Pick<CookiesInit<H, K>, 'as'>

type CookiesInitArgument<Init> = {} extends Init ? [init?: Init] : [init: Init]

type HeadersOf<D> = [D] extends [never]
  ? {}
  : D extends { readonly headers: infer H }
    ? DeclaredHeaders<H>
    : Readonly<Record<string, string>>

/**
 * The arguments after the status: the value where there is one, then headers and cookies. A representation documents headers of its own:
 * those are not the handler's to give.
 */
export type ReplyArguments<D> = [D] extends [{ readonly cookies: infer K; readonly kind?: undefined }]
  ? [value: NoInfer<ValueOf<D>>, ...init: CookiesInitArgument<CookiesInitOf<HeadersOf<D>, DeclaredCookies<K>>>]
  : [D] extends [{ readonly headers: infer H; readonly kind?: undefined }]
    ? [value: NoInfer<ValueOf<D>>, ...init: InitArgument<DeclaredHeaders<H>>]
    : [value: NoInfer<ValueOf<D>>, init?: FreeInit]

/** Answers with a declared status. What it gives names no status: each call would be compared with all that the handler may return. */
export type ReplyFunction<R> = <const Status extends StatusOf<R>>(
  status: Status,
  ...rest: ReplyArguments<DeclaredFor<R, Status>>
) => StatusResult

/** What a handler returns: the value of the default response, or what `reply()` made. */
export type HandlerResult<R> = [DefaultKey<R>] extends [never] ? StatusResult : ValueOf<R[DefaultKey<R> & keyof R]> | StatusResult

/** At once or later. */
export type Returned<R> = HandlerResult<R> | Promise<HandlerResult<R>>

/** `reply` as every context has it. */
export function reply(status: number, value?: unknown, init?: ReplyInit): StatusResult {
  return new StatusResult(status, value, init)
}
