/** What a handler may return: a bare value, or a value with a status, made by `reply()`. */
import type { CookieAttributes } from '../http/cookies.ts'
import type { AnyCookie, CookieValue } from '../reply/field.ts'
import type { Accepted, AnySchema, InputOf } from '../schema/schema.ts'
import type { DeclaredFor, DefaultKey, StatusOf, ValueOf } from './responses.ts'

/** A cookie with attributes of its own. */
export interface SentCookie<Value = unknown> extends CookieAttributes {
  readonly value: Value
}

/** The third argument of `reply()`, without types. */
export interface ReplyInit {
  /** The media type of one of the representations of `either()`. Default: chosen by the value. */
  readonly as?: string | undefined
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: Readonly<Record<string, unknown>>
}

/** What `reply()` returns: a value with its status, not yet validated or encoded. */
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

/** If all are required this is one object type, so that the compiler's message names the missing field. */
type DeclaredHeaders<H> = [keyof H] extends [RequiredNames<H>]
  ? { readonly [Name in keyof H]: FieldOf<H[Name]> }
  : { readonly [Name in RequiredNames<H>]: FieldOf<H[Name]> } & { readonly [Name in Exclude<keyof H, RequiredNames<H>>]?: FieldOf<H[Name]> }

type CookieOf<C> = C extends AnyCookie ? CookieValue<C> : FieldOf<C>

/** As for headers: a required cookie must be given, an undeclared name is a type error. */
type DeclaredCookies<K> = { readonly [Name in RequiredNames<K>]: CookieOf<K[Name]> | SentCookie<CookieOf<K[Name]>> } & {
  readonly [Name in Exclude<keyof K, RequiredNames<K>>]?: CookieOf<K[Name]> | SentCookie<CookieOf<K[Name]>>
}

type FreeCookies = Readonly<Record<string, string | SentCookie<string>>>

interface FreeInit {
  readonly as?: ReplyInit['as']
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: FreeCookies
}

/** The member itself is optional if all its fields are. `NoInfer`: a value is checked against its declaration; nothing is inferred from it. */
type Member<Name extends string, Fields> = {} extends Fields
  ? { readonly [Each in Name]?: NoInfer<Fields> }
  : { readonly [Each in Name]: NoInfer<Fields> }

type HeadersOf<D> = D extends { readonly headers: infer H } ? Member<'headers', DeclaredHeaders<H>> : Pick<FreeInit, 'headers'>

type CookiesOf<D> = D extends { readonly cookies: infer K } ? Member<'cookies', DeclaredCookies<K>> : Pick<FreeInit, 'cookies'>

type InitArgument<Init> = {} extends Init ? [init?: Init] : [init: Init]

/** Whether the handler gives the declared headers or cookies. A representation sets its own headers itself. */
type DeclaresFields = { readonly kind?: undefined } & ({ readonly headers: unknown } | { readonly cookies: unknown })

/** The arguments after the status: the value, then headers and cookies. */
export type ReplyArguments<D> = [D] extends [DeclaresFields]
  ? [value: NoInfer<ValueOf<D>>, ...init: InitArgument<HeadersOf<D> & CookiesOf<D> & Pick<FreeInit, 'as'>>]
  : [value: NoInfer<ValueOf<D>>, init?: FreeInit]

/**
 * The arguments by status, each computed once. `-?` changes no member, but without it the compiler also computes them for a status that it does
 * not know yet, which triples the cost of a `reply()` call (`test/type-budget.test.ts`).
 */
type ArgumentsByStatus<R> = { readonly [Status in keyof R & number]-?: ReplyArguments<R[Status]> }

type ReplyByStatus<R> = <const Status extends keyof R & number>(status: Status, ...rest: ArgumentsByStatus<R>[Status]) => StatusResult

type ReplyByRange<R> = [StatusOf<R>] extends [never]
  ? (status: 'not declared: write each status in responses as a number, without quotes', ...rest: unknown[]) => StatusResult
  : <const Status extends StatusOf<R>>(status: Status, ...rest: ReplyArguments<DeclaredFor<R, Status>>) => StatusResult

/**
 * Makes a result with a declared status. The type of the result does not name the status, because the compiler would then compare each call with
 * every type that the handler may return.
 */
export type ReplyFunction<R> = [keyof R] extends [never]
  ? (status: 'not declared: add responses', ...rest: unknown[]) => StatusResult
  : [keyof R] extends [number]
    ? ReplyByStatus<R>
    : ReplyByRange<R>

/** What a handler returns: the value of the default response, or the result of `reply()`. */
export type HandlerResult<R> = [DefaultKey<R>] extends [never] ? StatusResult : ValueOf<R[DefaultKey<R> & keyof R]> | StatusResult

/** A result or a promise of one. */
export type Returned<R> = HandlerResult<R> | Promise<HandlerResult<R>>

/** The `reply` of every context. */
export function reply(status: number, value?: unknown, init?: ReplyInit): StatusResult {
  return new StatusResult(status, value, init)
}
