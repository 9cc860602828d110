/** URLs: the host, path and query of a request (RFC 9110 §7.1), percent-encoding (RFC 3986), and references in `Location`. */
import { toWellFormed } from './fields.ts'

export interface RequestTarget {
  /** `host[:port]` of an absolute-form target, which replaces the `Host` field (RFC 9112 §3.2.2). */
  readonly authority: string | undefined
  /** Percent-encoded in its normal form and without dot segments; begins with `/`, or is `*`. */
  readonly path: string
  /** Percent-encoded, without its `?`. */
  readonly search: string
}

/** `absolute-form = absolute-URI`. User information in it is an error (RFC 9110 §4.2.4). */
const ABSOLUTE_FORM = /^https?:\/\/([^/?@]+)([/?][^]*)?$/i

/** The target of a request line (RFC 9112 §3.2). `undefined` if an origin server does not accept it, such as one with a fragment. */
export function parseTarget(target: string): RequestTarget | undefined {
  if (target.includes('#')) return undefined
  if (target.startsWith('/')) return split(target, undefined)
  if (target === '*') return { authority: undefined, path: '*', search: '' }
  const [, authority, rest = ''] = ABSOLUTE_FORM.exec(target) ?? []
  if (authority === undefined || !isHost(authority)) return undefined
  return split(rest.startsWith('/') ? rest : `/${rest}`, authority)
}

/** The target of a URL that a runtime has parsed already. */
export function targetOf(url: string): RequestTarget {
  const slash = url.indexOf('/', url.indexOf('//') + 2)
  const [target = ''] = (slash === -1 ? '/' : url.slice(slash)).split('#', 1)
  return split(target, undefined)
}

function split(pathAndQuery: string, authority: string | undefined): RequestTarget {
  const mark = pathAndQuery.indexOf('?')
  if (mark === -1) return { authority, path: resolvePath(pathAndQuery), search: '' }
  return { authority, path: resolvePath(pathAndQuery.slice(0, mark)), search: pathAndQuery.slice(mark + 1) }
}

/** A dot segment, encoded or not, or a backslash, which the URL parser reads as a slash. */
const RESOLVED_BY_URL = /\/(?:\.|%2e){1,2}(?:\/|$)|\\/i

/** Resolves dot segments. The router and a guard that reads the URL must see the same path, or a request could bypass the guard. A malformed path is returned unchanged. */
function resolvePath(path: string): string {
  const normal = normalizePath(path) ?? path
  return RESOLVED_BY_URL.test(normal) ? new URL(`http://host${normal}`).pathname : normal
}

/** `Host = uri-host [ ":" port ]` (RFC 9110 §7.2). Two joined `Host` fields do not match. */
const HOST = /^(?:[\w.~!$&'()*+,;=%-]*|\[[\da-f:.]+\])(?::\d*)?$/i

/** The last valid host: nearly all requests name the same one. */
let usual = ''

/** Whether a URL can have this host. An empty one is valid: the target URI has no authority (RFC 9112 §3.2). */
export function isHost(text: string): boolean {
  if (text === usual) return true
  if (!HOST.test(text) || !(text === '' || URL.canParse(`http://${text}`))) return false
  usual = text
  return true
}

/** `host` must be one that `isHost` accepts, so that it cannot change the path. */
export function formatRequestURL(scheme: 'http' | 'https', host: string | undefined, path: string, search: string): string {
  return `${scheme}://${host || 'localhost'}${path === '*' ? '/' : path}${search === '' ? '' : `?${search}`}`
}

/** `pct-encoded = "%" HEXDIG HEXDIG` */
const PERCENT = /%([\dA-Fa-f]{2})?/g
/** `unreserved = ALPHA / DIGIT / "-" / "." / "_" / "~"` */
const UNRESERVED = /[\w.~-]/

/** Decodes escapes of unreserved characters and writes the others in upper case; `%2F` stays encoded. `undefined` if an escape is malformed. */
export function normalizePath(path: string): string | undefined {
  if (!path.includes('%')) return path
  let malformed = false
  const normal = path.replace(PERCENT, (escape, digits: string | undefined) => {
    if (digits === undefined) {
      malformed = true
      return escape
    }
    const character = String.fromCharCode(Number.parseInt(digits, 16))
    return UNRESERVED.test(character) ? character : escape.toUpperCase()
  })
  return malformed ? undefined : normal
}

/** Characters that a URI cannot contain (§2). */
const OUTSIDE_URI = /[^\x21-\x7e]/

/** Everything but `unreserved / gen-delims / sub-delims / "%"` */
const TO_ESCAPE = /[^\w.~:/%#?=@[\]!$&'()*+,;-]+/g

/** The value of one path segment. `undefined` if an escape is malformed or the octets are not UTF-8. */
export function decodeSegment(segment: string): string | undefined {
  if (OUTSIDE_URI.test(segment)) return undefined
  if (!segment.includes('%')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}

/** Percent-encodes, as UTF-8, the characters that a URI cannot contain. Existing escapes stay. */
export function escapeLocation(url: string): string {
  return toWellFormed(url).replace(TO_ESCAPE, encodeURIComponent)
}

const MAX_PAIRS = 1000

type Values = Map<string, string[]>

/**
 * Parses a query in the format of browsers, `application/x-www-form-urlencoded` (WHATWG URL §5.1): the values of each name, in order. `search` has no `?`
 * in front. `undefined` if there are more than 1,000 pairs.
 */
export function parseQuery(search: string): ReadonlyMap<string, readonly string[]> | undefined {
  const values: Values = new Map()
  if (PLAIN.test(search)) return readPlain(search, values)
  if (hasTooManyPairs(search)) return undefined
  // The constructor removes one `?`. Without this one, it would remove a `?` that is part of the first name.
  const pairs = new URLSearchParams(`?${search}`)
  for (const [name, value] of pairs) addValue(values, name, value)
  return values
}

/** Counts before any pair is parsed: a form of 1 MiB can hold 500,000 of them. */
function hasTooManyPairs(search: string): boolean {
  let pairs = 0
  for (let at = 0, end; at < search.length; at = end + 1) {
    end = search.indexOf('&', at)
    if (end === -1) end = search.length
    if (end > at && ++pairs > MAX_PAIRS) return true
  }
  return false
}

/** ASCII without `%` and `+` needs no decoding. Nearly all queries are of this kind, and are parsed without `URLSearchParams`. */
const PLAIN = /^[!-$&-*,-~]*$/

function readPlain(search: string, values: Values): Values | undefined {
  let pairs = 0
  for (let at = 0, end; at < search.length; at = end + 1) {
    end = search.indexOf('&', at)
    if (end === -1) end = search.length
    if (end === at) continue
    if (++pairs > MAX_PAIRS) return undefined
    const mark = search.indexOf('=', at)
    if (mark === -1 || mark > end) addValue(values, search.slice(at, end), '')
    else addValue(values, search.slice(at, mark), search.slice(mark + 1, end))
  }
  return values
}

function addValue(values: Values, name: string, value: string): void {
  const earlier = values.get(name)
  if (earlier === undefined) values.set(name, [value])
  else earlier.push(value)
}

/** `scheme ":"` (RFC 3986 §3.1) */
const SCHEME = /^[a-z][a-z\d+.-]*:/i

/** An unambiguous authority: `//` and no backslash or `@`. Browsers also read `https:a`, `https:/a` and `https:\\a` as the host `a`. */
const WEB_AUTHORITY = /^https?:\/\/[^/?#\\@]/i

/** A base URL with a reserved host name, which no reference names by chance. */
const REFERENCE_BASE = 'http://base.invalid/'

/**
 * The value of `Location` (RFC 9110 §10.2.2), read as browsers read it (WHATWG URL §4.4); characters that a URI cannot contain are percent-encoded.
 * `undefined` for an unsafe reference: another host without a scheme, a scheme that is not in `schemes` (`https:`), or characters before the path that
 * browsers drop or read as a slash.
 */
export function formatLocation(reference: string, schemes: ReadonlySet<string>): string | undefined {
  const location = escapeLocation(reference)
  const [scheme] = SCHEME.exec(location) ?? []
  const isWeb = scheme !== undefined && /^https?:$/i.test(scheme)
  if (scheme !== undefined && !schemes.has(scheme.toLowerCase())) return undefined
  if (isWeb && !WEB_AUTHORITY.test(location)) return undefined
  const given = parseReference(reference)
  const sent = parseReference(location)
  // Browsers drop line breaks and read `\` as `/`, so a check in the app could see another host than the one that the browser goes to.
  if (given === undefined || sent === undefined || given.host !== sent.host || given.protocol !== sent.protocol) return undefined
  return scheme === undefined && sent.host !== new URL(REFERENCE_BASE).host ? undefined : location
}

function parseReference(reference: string): URL | undefined {
  return URL.canParse(reference, REFERENCE_BASE) ? new URL(reference, REFERENCE_BASE) : undefined
}

/**
 * A reference to the same path with a trailing slash added or removed. It is relative to the last segment, so that a prefix of a proxy is kept.
 * `path` and `search` are percent-encoded, `search` without its `?`.
 */
export function toSlashReference(path: string, search: string): string {
  const query = search === '' ? '' : `?${search}`
  const names = path.split('/')
  return path.endsWith('/') ? `../${names.at(-2)!}${query}` : `./${names.at(-1)!}/${query}`
}
