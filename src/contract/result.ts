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

/** As the runtime sees it. */
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

interface FreeInit {
  readonly as?: ReplyInit['as']
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: FreeCookies
}

/** What is optional altogether may be left out. `NoInfer`: a value is checked against its declaration, and nothing is inferred from it. */
type Member<Name extends string, Fields> = {} extends Fields
  ? { readonly [Each in Name]?: NoInfer<Fields> }
  : { readonly [Each in Name]: NoInfer<Fields> }

type HeadersOf<D> = D extends { readonly headers: infer H } ? Member<'headers', DeclaredHeaders<H>> : Pick<FreeInit, 'headers'>

type CookiesOf<D> = D extends { readonly cookies: infer K } ? Member<'cookies', DeclaredCookies<K>> : Pick<FreeInit, 'cookies'>

type InitArgument<Init> = {} extends Init ? [init?: Init] : [init: Init]

/** A representation documents headers of its own: those are not the handler's to give. */
type DeclaresFields = { readonly kind?: undefined } & ({ readonly headers: unknown } | { readonly cookies: unknown })

/** The arguments after the status: the value where there is one, then headers and cookies. */
export type ReplyArguments<D> = [D] extends [DeclaresFields]
  ? [value: NoInfer<ValueOf<D>>, ...init: InitArgument<HeadersOf<D> & CookiesOf<D> & Pick<FreeInit, 'as'>>]
  : [value: NoInfer<ValueOf<D>>, init?: FreeInit]

/**
 * The arguments by status, each computed once. `-?` changes no member. Without it the compiler computes them for a status that it does not know
 * yet, which triples what a call of `reply()` costs (`test/type-budget.test.ts`).
 */
type ArgumentsByStatus<R> = { readonly [Status in keyof R & number]-?: ReplyArguments<R[Status]> }

type ReplyByStatus<R> = <const Status extends keyof R & number>(status: Status, ...rest: ArgumentsByStatus<R>[Status]) => StatusResult

type ReplyByRange<R> = <const Status extends StatusOf<R>>(status: Status, ...rest: ReplyArguments<DeclaredFor<R, Status>>) => StatusResult

/**
 * Makes a result with a declared status. Its type names no status, because the compiler would compare each call with everything that the handler
 * may return.
 */
export type ReplyFunction<R> = [keyof R] extends [number] ? ReplyByStatus<R> : ReplyByRange<R>

/** What a handler returns: the value of the default response, or what `reply()` made. */
export type HandlerResult<R> = [DefaultKey<R>] extends [never] ? StatusResult : ValueOf<R[DefaultKey<R> & keyof R]> | StatusResult

/** At once or later. */
export type Returned<R> = HandlerResult<R> | Promise<HandlerResult<R>>

/** `reply` as every context has it. */
export function reply(status: number, value?: unknown, init?: ReplyInit): StatusResult {
  return new StatusResult(status, value, init)
}
