/** What a handler may give back: a bare value, or a value sent on purpose with a status. */
import type { CookieAttributes } from '../http/cookies.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { AnySchema, InputOf } from '../schema/schema.ts'
import type { DeclaredFor, DefaultKey, StatusOf, ValueOf } from './responses.ts'

export interface SentCookie extends CookieAttributes {
  readonly value: string
}

/** As the run time sees it. */
export interface ReplyInit {
  /** The media type of one of the representations of `either()`. Default: the value tells. */
  readonly as?: string | undefined
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: Readonly<Record<string, string | SentCookie>>
}

/** What `reply()` makes: an answer on purpose. It is not on the wire yet. */
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

/** `NoInfer`: a value is checked against its declaration, nothing is to be learnt from it. That is half of what a route costs the compiler. */
interface DeclaredInit<H> {
  readonly as?: ReplyInit['as']
  readonly headers: NoInfer<H>
  readonly cookies?: ReplyInit['cookies']
}

interface FreeInit {
  readonly as?: ReplyInit['as']
  readonly headers?: Readonly<Record<string, string>>
  readonly cookies?: ReplyInit['cookies']
}

type InitArgument<H> = {} extends H ? [init?: Partial<DeclaredInit<H>>] : [init: DeclaredInit<H>]

/**
 * The arguments after the status: the value where there is one, then header fields and cookies. A representation documents header
 * fields of its own: those are not the handler's to give.
 */
export type ReplyArguments<D> = [D] extends [{ readonly headers: infer H; readonly kind?: undefined }]
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
