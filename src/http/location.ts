/** References in `Location` (RFC 9110 §10.2.2), as browsers read them (WHATWG URL §4.4). */
import { escapeLocation } from './request-url.ts'

/** `scheme ":"` (RFC 3986 §3.1) */
const SCHEME = /^[a-z][a-z\d+.-]*:/i

/** An unambiguous authority: `//` and no backslash or `@`. Browsers also read `https:a`, `https:/a` and `https:\\a` as the host `a`. */
const WEB = /^https?:\/\/[^/?#\\@]/i

/** A base URL with a reserved host name, which no reference names by chance. */
const BASE = 'http://base.invalid/'

/**
 * The value of `Location`; characters that a URI cannot contain are percent-encoded. `undefined` for an unsafe reference: another host without a scheme,
 * a scheme that is not in `schemes` (`https:`), or characters before the path that browsers drop or read as a slash.
 */
export function formatLocation(reference: string, schemes: ReadonlySet<string>): string | undefined {
  const location = escapeLocation(reference)
  const [scheme] = SCHEME.exec(location) ?? []
  const isWeb = scheme !== undefined && /^https?:$/i.test(scheme)
  if (scheme !== undefined && !schemes.has(scheme.toLowerCase())) return undefined
  if (isWeb && !WEB.test(location)) return undefined
  const given = parse(reference)
  const sent = parse(location)
  // Browsers drop line breaks and read `\` as `/`, so a check in the app could see another host than the one that the browser goes to.
  if (given === undefined || sent === undefined || given.host !== sent.host || given.protocol !== sent.protocol) return undefined
  return scheme === undefined && sent.host !== new URL(BASE).host ? undefined : location
}

function parse(reference: string): URL | undefined {
  return URL.canParse(reference, BASE) ? new URL(reference, BASE) : undefined
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
