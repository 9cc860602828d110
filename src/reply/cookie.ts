/** A cookie that is declared once, so that it is set and deleted with the same name, domain and path, which identify it (RFC 6265bis §5.7). */
import { z } from 'zod'
import { formatDeleteCookie, formatSetCookie, type CookieAttributes } from '../http/cookies.ts'
import type { Accepted } from '../schema/accepted.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import type { AnySchema, InputOf, OutputOf, Schema } from '../schema/schema.ts'
import { compileField, type DeclaredField } from './field.ts'

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
 * `response.cookies.delete(session)` deletes it.
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
