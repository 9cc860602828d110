/** Headers, cookies and a status that a handler, a dependency or middleware sets before the response exists: FastAPI's injected `Response`. */
import { formatDeleteCookie, formatSetCookie, type CookieAttributes } from '../http/cookies.ts'
import { assertField } from '../http/fields.ts'
import type { Accepted, AnySchema } from '../schema/schema.ts'
import type { AnyCookie, CookieValue } from './field.ts'
import type { Reply } from './reply.ts'

/** Options of a header that is set before the response is made. */
export interface StageOptions {
  /** Also sends it with an error response. Default: false. */
  readonly always?: boolean
}

/** The headers and cookies that a route declares for all its responses. `headerText` and `cookieText` throw a `ContractError` on a value that does not fit. */
export interface FieldRules {
  headerText(name: string, value: unknown): string
  /** The declared cookie of a name. */
  cookie(name: string): AnyCookie | undefined
  cookieText(cookie: AnyCookie, value: unknown): string
}

/** Has the rules of the route, once a route was matched. */
interface Owner {
  readonly fields: FieldRules
}

interface StagedField {
  readonly name: string
  readonly value: string
  readonly verb: 'set' | 'append' | 'vary'
  readonly always: boolean
}

/** The `response` of a context: sets headers and cookies before the response exists. */
export class StagedResponse {
  /** Overrides the status of a plain `return`; it must be declared. */
  status: number | undefined = undefined
  readonly headers: StagedHeaders
  readonly cookies: StagedCookies
  readonly #fields: StagedField[] = []

  constructor(owner: Owner) {
    this.headers = new StagedHeaders(this.#fields, owner)
    this.cookies = new StagedCookies(this.#fields, owner)
  }

  /** Called when an error response replaces the response: keeps only what is marked `always`. */
  abandon(): void {
    this.status = undefined
    const kept = this.#fields.filter(({ always }) => always)
    this.#fields.splice(0, this.#fields.length, ...kept)
  }

  /** Puts what was staged onto a finished reply. */
  applyTo({ headers }: Reply): void {
    for (const { name, value, verb } of this.#fields) {
      if (verb === 'vary') headers.vary(value)
      else headers[verb](name, value)
    }
  }
}

/** Headers that are set before the response exists. Every write throws a `TypeError` on a name or value that HTTP does not allow. */
export class StagedHeaders {
  readonly #fields: StagedField[]
  readonly #owner: Owner

  constructor(fields: StagedField[], owner: Owner) {
    this.#fields = fields
    this.#owner = owner
  }

  /** Replaces every value of this name, including the representation's. */
  set(name: string, value: string, { always = false }: StageOptions = {}): void {
    const text = this.#owner.fields.headerText(name, value)
    assertField(name, text)
    this.delete(name)
    this.#fields.push({ name: name.toLowerCase(), value: text, verb: 'set', always })
  }

  /** Adds a value beside others of this name: `Link`, `Server-Timing`, `WWW-Authenticate`. */
  append(name: string, value: string, { always = false }: StageOptions = {}): void {
    assertField(name, value)
    this.#fields.push({ name: name.toLowerCase(), value, verb: 'append', always })
  }

  /** Adds the name of a request header to `Vary` (RFC 9110 §12.5.5), unless `Vary` has it already. */
  vary(name: string, { always = false }: StageOptions = {}): void {
    assertField(name, name)
    this.#fields.push({ name: 'vary', value: name, verb: 'vary', always })
  }

  delete(name: string): void {
    const lower = name.toLowerCase()
    for (let i = this.#fields.length - 1; i >= 0; i--) if (this.#fields[i]!.name === lower) this.#fields.splice(i, 1)
  }

  get(name: string): string | undefined {
    const lower = name.toLowerCase()
    const values = this.#fields.filter((field) => field.name === lower)
    return values.length === 0 ? undefined : values.map((field) => field.value).join(', ')
  }

  has(name: string): boolean {
    return this.get(name) !== undefined
  }
}

/** Cookies that are set before the response exists. */
export class StagedCookies {
  readonly #fields: StagedField[]
  readonly #owner: Owner

  constructor(fields: StagedField[], owner: Owner) {
    this.#fields = fields
    this.#owner = owner
  }

  /**
   * Sets a cookie of `defineCookie()`, or one by its name. Attributes that are not given are those of the declared cookie; without them, `path` is `/`
   * and `sameSite` is `lax`. Throws a `TypeError` for a cookie that browsers drop (RFC 6265bis §5.7).
   */
  set<Declared extends AnyCookie>(cookie: Declared, value: CookieValue<Declared>, options?: CookieAttributes & StageOptions): void
  set(name: string, value: string, options?: CookieAttributes & StageOptions): void
  set(given: string | AnyCookie, value: unknown, { always = false, ...attributes }: CookieAttributes & StageOptions = {}): void {
    const cookie = this.#find(given)
    const text = cookie === undefined ? (value as string) : this.#owner.fields.cookieText(cookie, value)
    this.#push(formatSetCookie(nameOf(given), text, { ...cookie?.attributes, ...attributes }), always)
  }

  /** Deletes a cookie. An undeclared cookie needs the same `path`, `domain` and `partitioned` that it was set with. */
  delete(given: string | AnyCookie, { always = false, ...attributes }: CookieAttributes & StageOptions = {}): void {
    this.#push(formatDeleteCookie(nameOf(given), { ...this.#find(given)?.attributes, ...attributes }), always)
  }

  #find(given: string | AnyCookie): AnyCookie | undefined {
    return typeof given === 'string' ? this.#owner.fields.cookie(given) : given
  }

  #push(value: string, always: boolean): void {
    this.#fields.push({ name: 'set-cookie', value, verb: 'append', always })
  }
}

function nameOf(given: string | AnyCookie): string {
  return typeof given === 'string' ? given : given.name
}

type FieldValue<Models, Name> = Name extends keyof Models
  ? Models[Name] extends AnyCookie
    ? CookieValue<Models[Name]>
    : Models[Name] extends AnySchema
      ? Accepted<Models[Name]>
      : never
  : string

/** `StagedHeaders` for declared headers: the types of their values come from the models. */
export interface DeclaredStagedHeaders<H> extends StagedHeaders {
  /** Replaces every value of this name, including the representation's. Throws a `ContractError` on a value that does not fit its model. */
  set<const Name extends (keyof H & string) | (string & {})>(name: Name, value: FieldValue<H, Name>, options?: StageOptions): void
}

/** `StagedCookies` for declared cookies: the types of their values come from the models. */
export interface DeclaredStagedCookies<K> extends StagedCookies {
  /** Throws a `ContractError` on a value that does not fit its model. */
  set<Declared extends AnyCookie>(cookie: Declared, value: CookieValue<Declared>, options?: CookieAttributes & StageOptions): void
  set<const Name extends (keyof K & string) | (string & {})>(
    name: Name,
    value: FieldValue<K, Name>,
    options?: CookieAttributes & StageOptions,
  ): void
}

/** `StagedResponse` for declared headers or cookies. */
export interface DeclaredStagedResponse<H, K> extends StagedResponse {
  readonly headers: DeclaredStagedHeaders<H>
  readonly cookies: DeclaredStagedCookies<K>
}

/** The type of `context.response` for these declared headers and cookies. */
export type StagedFor<H, K> = [keyof H, keyof K] extends [never, never] ? StagedResponse : DeclaredStagedResponse<H, K>
