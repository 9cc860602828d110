/** The URL of a request: host and path for every server (RFC 9110 §7.1), and percent-encoding (RFC 3986). */
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
