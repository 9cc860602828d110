/** Declared headers and cookies of a response: formats and checks a value by its model, and declares a cookie with its attributes. */
import { z } from 'zod'
import { formatDeleteCookie, formatSetCookie, type CookieAttributes } from '../http/cookies.ts'
import { formatList, parseListValues } from '../http/list.ts'
import type { Accepted, AnySchema, InputOf, OutputOf, Schema } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import { ModelError } from '../schema/model-error.ts'
import { parseExactJSON } from '../schema/json-text.ts'
import { within } from '../schema/declaration-error.ts'
import { compileTextReader } from '../schema/text.ts'

/** Both functions throw a `ModelError` that names the field. */
export interface DeclaredField {
  readonly name: string
  /** The value as text; `undefined` if it is missing and its model allows that. */
  readonly format: (value: unknown) => string | undefined
  /** Checks a value that is text already, because it was staged. */
  readonly assertText: (text: string) => void
}

export function compileField(name: string, schema: AnySchema): DeclaredField {
  const { filter, encodeText } = compileEncoder(schema)
  const { read } = within(name, () => compileTextReader(schema, { split: parseListValues }))
  return {
    name,
    format(value) {
      try {
        return value === undefined && filter(undefined) === undefined ? undefined : toText(encodeText(value))
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        throw new ModelError([name, ...error.path], error.expected, error.received)
      }
    },
    assertText(text) {
      const result = read([text])
      if (result instanceof Promise || result.issues !== undefined)
        throw new ModelError([name], 'text that its model reads', 'another text')
    },
  }
}

/** Turns JSON into a field value, by removing quotes and brackets: it holds a string, a number, a date, or a list of them. */
function toText(json: string): string {
  if (json.startsWith('"')) return JSON.parse(json) as string
  return json.startsWith('[') ? formatList((parseExactJSON(json) as unknown[]).map(String)) : json
}

/** Options of `defineCookie()`. */
export interface CookieOptions<Model extends AnySchema> extends CookieAttributes {
  /** The model of its value. Default: any text. */
  readonly model?: Model
}

/**
 * What `defineCookie()` returns. It can be used in place of a cookie's model: in the `cookies` of a request, in `responseCookies`, and in the
 * `cookies` of a response.
 */
export class Cookie<Name extends string = string, Model extends AnySchema = AnySchema> implements Schema<InputOf<Model>, OutputOf<Model>> {
  readonly name: Name
  readonly model: Model
  readonly attributes: CookieAttributes
  #field: DeclaredField | undefined

  constructor(name: Name, model: Model, attributes: CookieAttributes) {
    this.name = name
    this.model = model
    this.attributes = attributes
  }

  get '~standard'(): Schema<InputOf<Model>, OutputOf<Model>>['~standard'] {
    return this.model['~standard']
  }

  get field(): DeclaredField {
    return (this.#field ??= compileField(this.name, this.model))
  }
}

export type AnyCookie = Cookie

/** The type of a cookie's value. */
export type CookieValue<C extends AnyCookie> = Accepted<C['model']>

/**
 * Declares a cookie: `defineCookie('session_id', { httpOnly: true, secure: true, maxAge: 3600 })`. `response.cookies.set(session, value)` sets it,
 * `response.cookies.delete(session)` deletes it. Both use the same name, domain and path, which identify a cookie.
 *
 * @throws {DeclarationError} when browsers would drop the cookie (RFC 6265bis §5.7)
 */
export function defineCookie<const Name extends string, Model extends AnySchema = z.ZodString>(
  name: Name,
  { model, ...attributes }: CookieOptions<Model> = {},
): Cookie<Name, Model> {
  try {
    formatSetCookie(name, '', attributes)
    formatDeleteCookie(name, attributes)
  } catch (error) {
    throw new DeclarationError('COOKIE', `defineCookie(${name})`, messageOf(error), 'Change its name or its attributes')
  }
  return new Cookie(name, model ?? (z.string() as unknown as Model), attributes) // the default of `Model`
}

/** The message without its code, place and full stop. */
function messageOf(error: unknown): string {
  return (error as Error).message.replace(/^COOKIE: [^:]*: /, '').replace(/\.$/, '')
}

/** Cookies by name. A bare model becomes a cookie with default attributes. Throws a `DeclarationError` if the name of a cookie differs from its key. */
export function toCookies(cookies: Readonly<Record<string, AnySchema>>, where: string): Readonly<Record<string, AnyCookie>> {
  return Object.fromEntries(Object.entries(cookies).map(([key, declared]) => [key, toCookie(key, declared, where)]))
}

function toCookie(key: string, declared: AnySchema, where: string): AnyCookie {
  if (!(declared instanceof Cookie)) return new Cookie(key, declared, {})
  const cookie = declared as AnyCookie
  if (cookie.name === key) return cookie
  throw new DeclarationError(
    'COOKIE_NAME',
    `${where}.${key}`,
    `expected the name of the cookie as its key, got another`,
    `Write { ${cookie.name}: … }`,
  )
}

/** The models of cookies, for inputs: a browser sends only the value, without attributes. */
export function toCookieModels<Models extends Readonly<Record<string, AnySchema>>>(cookies: Models, where: string): Models {
  return Object.fromEntries(Object.entries(toCookies(cookies, where)).map(([name, { model }]) => [name, model])) as Models
}
