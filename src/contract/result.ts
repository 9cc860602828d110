/** What a handler may give back: a bare value, or a value sent on purpose with a status. */
import type { CookieAttributes } from '../http/cookies.ts'
import type { AnySchema, InputOf } from '../schema/schema.ts'
import type { DeclaredFor, DefaultKey, StatusOf, ValueOf } from './responses.ts'

export interface SentCookie extends CookieAttributes {
  readonly value: string
}

/** As the run time sees it. */
export interface ReplyInit {
  readonly headers?: Readonly<Record<string, unknown>>
  readonly cookies?: Readonly<Record<string, string | SentCookie>>
}

/** What `reply()` makes: an answer on purpose. It is not on the wire yet. */
export class Sent<Status extends number = number> {
  readonly status: Status
  readonly value: unknown
  readonly init: ReplyInit | undefined

  constructor(status: Status, value: unknown, init: ReplyInit | undefined) {
    this.status = status
    this.value = value
    this.init = init
  }
}

type RequiredNames<H> = {
  [Name in keyof H]: H[Name] extends AnySchema ? (undefined extends InputOf<H[Name]> ? never : Name) : never
}[keyof H]

type FieldOf<S> = S extends AnySchema ? InputOf<S> : never

/** Where all are required this is one object type: a message then names the field that is missing. */
type DeclaredHeaders<H> = [keyof H] extends [RequiredNames<H>]
  ? { readonly [Name in keyof H]: FieldOf<H[Name]> }
  : { readonly [Name in RequiredNames<H>]: FieldOf<H[Name]> } & { readonly [Name in Exclude<keyof H, RequiredNames<H>>]?: FieldOf<H[Name]> }

/** A representation documents header fields of its own: those are not the handler's to give. */
type HeadersOf<D> = D extends { readonly kind: string } ? never : D extends { readonly headers: infer H } ? H : never

type InitArgument<H> = [H] extends [never]
  ? [init?: { readonly headers?: Readonly<Record<string, string>>; readonly cookies?: ReplyInit['cookies'] }]
  : [RequiredNames<H>] extends [never]
    ? [init?: { readonly headers?: DeclaredHeaders<H>; readonly cookies?: ReplyInit['cookies'] }]
    : [init: { readonly headers: DeclaredHeaders<H>; readonly cookies?: ReplyInit['cookies'] }]

/** The arguments after the status: the value where there is one, then header fields and cookies. */
export type ReplyArguments<D> = [ValueOf<D>] extends [undefined]
  ? [value?: undefined, ...init: InitArgument<HeadersOf<D>>]
  : [value: ValueOf<D>, ...init: InitArgument<HeadersOf<D>>]

/** Answers with a declared status. */
export type ReplyFunction<R> = <const Status extends StatusOf<R>>(
  status: Status,
  ...rest: ReplyArguments<DeclaredFor<R, Status>>
) => Sent<Status>

/** What a handler returns: the value of the default response, or what `reply()` made. */
export type HandlerResult<R> = [DefaultKey<R>] extends [never] ? Sent<StatusOf<R>> : ValueOf<R[DefaultKey<R> & keyof R]> | Sent<StatusOf<R>>

/** `reply` as every context has it. */
export function reply(status: number, value?: unknown, init?: ReplyInit): Sent {
  return new Sent(status, value, init)
}
