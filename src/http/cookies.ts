/** Cookies (RFC 6265bis): what a server sets and what a client sends back. */
import { parseCookie, parseSetCookie as parse, stringifySetCookie, type SetCookie } from 'cookie'
import { isToken, toWellFormed } from './fields.ts'

/** The attributes of a cookie (RFC 6265 §4.1). */
export interface CookieAttributes {
  /** The host and its subdomains. Default: only the host that sets the cookie. */
  readonly domain?: string | undefined
  /** The path and all paths below it. Default: `/`. */
  readonly path?: string | undefined
  /** In seconds from now. It wins over `expires`. Default: until the browser closes. */
  readonly maxAge?: number | undefined
  /** A date from the year 1601 to 9999. Default: until the browser closes. */
  readonly expires?: Date | undefined
  /** Scripts cannot read it. Default: false. */
  readonly httpOnly?: boolean | undefined
  /** Sent only over HTTPS. Default: false. */
  readonly secure?: boolean | undefined
  /** Which requests from other sites carry the cookie. `strict`: none; `lax`: top-level navigation; `none`: all. Default: `lax`. */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** Stored separately for each top-level site. Default: false. */
  readonly partitioned?: boolean | undefined
  /** Which cookies a browser evicts last when there are too many. Default: none, which browsers treat as `medium`. */
  readonly priority?: 'low' | 'medium' | 'high' | undefined
}

/** Browsers accept cookies of these names only over HTTPS (RFC 6265bis §4.1.3). */
const SECURE_PREFIX = /^__(?:secure|host|http)-/i

/** Browsers accept cookies of these names only with `HttpOnly` (RFC 6265bis §4.1.3). */
const HTTP_PREFIX = /^__(?:host-)?http-/i

/** RFC 6265bis §5.6: a browser ignores a cookie whose name and value are longer, and an attribute of more than 1,024 bytes. */
const MOST_BYTES = 4096

/** A `Set-Cookie` field value. The value may be any text: it is percent-encoded. Throws a `TypeError` for a cookie that browsers drop. */
export function formatSetCookie(name: string, value: string, attributes: CookieAttributes = {}): string {
  if (!isToken(name))
    throw new TypeError('COOKIE: cookie: a name must be a token (RFC 9110 §5.6.2). Name it with letters, digits, - and _.')
  const { path = '/', sameSite = 'lax' } = attributes
  // Not an object literal: a spread followed by four properties takes ten microseconds in V8.
  const cookie = Object.assign({}, attributes, { name, value: toWellFormed(value), path, sameSite })
  assertRules(name, cookie)
  let line: string
  try {
    // The library skips `undefined` attributes, but its types do not allow them.
    line = stringifySetCookie(cookie as SetCookie)
  } catch (error) {
    // The library's message is `option path is invalid: ` and the value.
    // oxlint-disable-next-line preserve-caught-error -- the message of a cause would write the value to the log
    throw new TypeError(`COOKIE: ${name}: ${(error as Error).message.split(':', 1)[0]}. See RFC 6265bis §4.1.`)
  }
  // `name=value` is first and is ASCII, so its length is the number of bytes.
  const end = line.indexOf(';')
  if ((end === -1 ? line.length : end) - 1 > MOST_BYTES)
    throw new TypeError(`COOKIE: ${name}: expected at most ${MOST_BYTES} bytes of name and encoded value, got more. Browsers drop it.`)
  return line
}

/** A `Set-Cookie` field value that expires the cookie. A browser finds it by the `path`, `domain` and `partitioned` that it was set with. */
export function formatDeleteCookie(name: string, attributes: CookieAttributes = {}): string {
  // A browser deletes a cookie with a prefix only if the field follows the same rules as one that sets it.
  const { secure = SECURE_PREFIX.test(name), httpOnly = HTTP_PREFIX.test(name) } = attributes
  return formatSetCookie(name, '', { ...attributes, secure, httpOnly, maxAge: 0, expires: new Date(0) })
}

/** A parsed `Set-Cookie` field value. */
export interface GivenCookie {
  readonly name: string
  readonly value: string
  /** Whether it deletes the cookie. */
  readonly isEnd: boolean
}

export function parseSetCookie(line: string): GivenCookie {
  const { name, value = '', maxAge, expires } = parse(line, { decode })
  return { name, value, isEnd: maxAge === undefined ? expires !== undefined && expires.getTime() <= Date.now() : maxAge <= 0 }
}

/** The cookies of a `Cookie` field. If a name occurs twice, the first counts: browsers send the one with the longest path first. */
export function parseCookies(header: string): Record<string, string> {
  return Object.assign(Object.create(null) as Record<string, string>, parseCookie(header, { decode }))
}

/** `cookie-value = *cookie-octet / ( DQUOTE *cookie-octet DQUOTE )`, its content percent-encoded by us and by most. */
function decode(text: string): string {
  const content = text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text
  try {
    return decodeURIComponent(content)
  } catch {
    return content
  }
}

/** Rules beyond the grammar: browsers silently drop a cookie that breaks one. */
function assertRules(name: string, { secure, httpOnly, partitioned, sameSite, path, domain, maxAge, expires }: CookieAttributes): void {
  const needs = (rule: string) => new TypeError(`COOKIE: ${name}: ${rule}.`)
  if (secure !== true) {
    if (sameSite?.toLowerCase() === 'none') throw needs('sameSite none needs secure: true')
    if (partitioned === true) throw needs('partitioned needs secure: true')
    if (SECURE_PREFIX.test(name)) throw needs('its prefix needs secure: true')
  }
  if (httpOnly !== true && HTTP_PREFIX.test(name)) throw needs('its prefix needs httpOnly: true')
  if (/^__host-/i.test(name)) {
    if (path !== '/') throw needs('the prefix __Host- needs the path /')
    if (domain !== undefined) throw needs('the prefix __Host- allows no domain')
  }
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) throw needs('maxAge must be a whole number of seconds')
  const year = expires?.getUTCFullYear()
  if (year !== undefined && !(year >= 1601 && year <= 9999)) throw needs('expires must be an instant from the year 1601 to 9999')
}
