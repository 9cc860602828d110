/** What a handler, a dependency or a middleware puts on the answer before there is one: FastAPI's injected `Response`. */
import { formatDeleteCookie, formatSetCookie, type CookieAttributes } from '../http/cookies.ts'
import { assertField, isListField } from '../http/fields.ts'
import type { Reply } from './reply.ts'

export interface StageOptions {
  /** Also on an error's answer. Default: false. */
  readonly always?: boolean
}

interface StagedField {
  readonly name: string
  readonly value: string
  /** Stands beside earlier ones instead of replacing them. */
  readonly append: boolean
  readonly always: boolean
}

export class StagedResponse {
  /** Overrides the status of a plain `return`; it must be declared. */
  status: number | undefined = undefined
  readonly headers: StagedHeaders
  readonly cookies: StagedCookies
  readonly #fields: StagedField[] = []

  constructor() {
    this.headers = new StagedHeaders(this.#fields)
    this.cookies = new StagedCookies(this.#fields)
  }

  /** The answer will be an error's: only what is marked `always` stays. */
  abandon(): void {
    this.status = undefined
    const kept = this.#fields.filter(({ always }) => always)
    this.#fields.splice(0, this.#fields.length, ...kept)
  }

  /** Puts what was staged onto a finished reply. */
  applyTo(reply: Reply): void {
    for (const { name, value, append } of this.#fields) {
      if (append) reply.headers.append(name, value)
      else reply.headers.set(name, value)
    }
  }
}

/** Header fields of the answer to come. Every write throws a `TypeError` on a name or value that HTTP does not allow. */
export class StagedHeaders {
  readonly #fields: StagedField[]

  constructor(fields: StagedField[]) {
    this.#fields = fields
  }

  /** Replaces every earlier value; fields that are lists by nature (`Set-Cookie`, `Link`, `Vary`, …) gain one more. */
  set(name: string, value: string, { always = false }: StageOptions = {}): void {
    if (isListField(name)) this.append(name, value, { always })
    else {
      assertField(name, value)
      this.delete(name)
      this.#fields.push({ name: name.toLowerCase(), value, append: false, always })
    }
  }

  append(name: string, value: string, { always = false }: StageOptions = {}): void {
    assertField(name, value)
    this.#fields.push({ name: name.toLowerCase(), value, append: true, always })
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

/** Cookies of the answer to come. */
export class StagedCookies {
  readonly #fields: StagedField[]

  constructor(fields: StagedField[]) {
    this.#fields = fields
  }

  /** `path` is `/` and `sameSite` is `lax` by default. Throws a `TypeError` on what RFC 6265bis does not allow. */
  set(name: string, value: string, { always = false, ...attributes }: CookieAttributes & StageOptions = {}): void {
    this.#push(formatSetCookie(name, value, attributes), always)
  }

  /** Expires the cookie. `path`, `domain` and the prefix rules must be those it was set with. */
  delete(name: string, { always = false, ...attributes }: CookieAttributes & StageOptions = {}): void {
    this.#push(formatDeleteCookie(name, attributes), always)
  }

  #push(value: string, always: boolean): void {
    this.#fields.push({ name: 'set-cookie', value, append: true, always })
  }
}
