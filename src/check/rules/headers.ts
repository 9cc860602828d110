/** Rules about the headers of a response: declared ones, single-valued ones, `Location`, `WWW-Authenticate`, and `Set-Cookie` (RFC 6265bis). */
import { responseFor, type Content } from '../document/operation.ts'
import { headerOf, parseJSON, valuesOf } from '../send/wire.ts'
import type { ResponseRule, Knowledge } from './rule.ts'

export const header: ResponseRule = function* ({ candidate: { operation }, response }, knowledge) {
  const declared = responseFor(operation, response.status)
  if (declared === undefined || response.ending === 'none') return
  for (const { name, required, schema } of declared.headers) {
    const lower = name.toLowerCase()
    const place = `${response.status} ${name}`
    const value = headerOf(response, lower)
    if (value === undefined) {
      if (required) yield { rule: 'header', place, message: `expected the header ${name}, got none` }
    } else if (schema !== undefined && lower !== 'set-cookie' && !fitsHeader(value, schema, knowledge)) {
      yield { rule: 'header', place, message: `expected a value of ${name} that fits its schema, got another value` }
    }
  }
}

/** Whether the value fits its schema as text, JSON, a list or percent-encoded text. */
function fitsHeader(value: string, schema: NonNullable<Content['schema']>, { validator }: Knowledge): boolean {
  const parsed = parseJSON(value)
  const items = value.split(',').map((each) => each.trim())
  const readings = [
    value,
    ...(parsed === undefined ? [] : [parsed.value]),
    items,
    items.map((each) => parseJSON(each)?.value ?? each),
    safeDecode(value),
  ]
  return readings.some((reading) => validator.fits(schema, reading, 'response'))
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}

const SINGLE = ['content-type', 'content-length', 'location', 'etag', 'last-modified', 'date', 'retry-after', 'content-range']

export const framing: ResponseRule = function* ({ candidate: { operation }, response }) {
  const { status, body } = response
  const place = String(status)
  for (const name of SINGLE)
    if (valuesOf(response, name).length > 1)
      yield {
        rule: 'framing',
        place: `${place} ${name}`,
        message: `expected the header ${name} once, got it ${valuesOf(response, name).length} times`,
      }
  if (operation.method === 'HEAD') return
  if (status === 204 || status === 205 || status === 304) {
    if (body.byteLength > 0) yield { rule: 'framing', place, message: `expected no content with ${status}, got content` }
    if (status === 204 && headerOf(response, 'content-length') !== undefined)
      yield { rule: 'framing', place: `${place} content-length`, message: 'expected no Content-Length with 204, got one' }
    if (status !== 304 && headerOf(response, 'content-type') !== undefined)
      yield { rule: 'framing', place: `${place} content-type`, message: `expected no Content-Type with ${status}, got one` }
  }
}

const REDIRECTS = new Set([301, 302, 303, 307, 308])

export const redirect: ResponseRule = function* ({ response }) {
  if (!REDIRECTS.has(response.status)) return
  const location = headerOf(response, 'location')
  if (location === undefined) yield { rule: 'redirect', place: `${response.status}`, message: 'expected the header Location, got none' }
  else if (!URL.canParse(location, 'http://localhost/'))
    yield { rule: 'redirect', place: `${response.status}`, message: 'expected a URL in Location, got other text' }
}

/** "The server generating a 401 response MUST send a WWW-Authenticate header field" (RFC 9110 §15.5.2). */
export const challenge: ResponseRule = function* ({ response }) {
  if (response.status === 401 && response.ending !== 'none' && headerOf(response, 'www-authenticate') === undefined)
    yield { rule: 'challenge', place: '401', message: 'expected the header WWW-Authenticate with 401, got none' }
}

interface Cookie {
  readonly name: string
  /** Names in lower case; a flag has an empty value. */
  readonly attributes: ReadonlyMap<string, string>
}

export const cookie: ResponseRule = function* ({ candidate: { operation }, response }) {
  const values = valuesOf(response, 'set-cookie')
  if (values.length === 0) return
  const declared = responseFor(operation, response.status)?.headers.find(({ name }) => name.toLowerCase() === 'set-cookie')
  if (declared === undefined) {
    yield { rule: 'cookie', place: `${response.status} Set-Cookie`, message: 'expected no cookie, got one that is not declared' }
  }
  for (const { name, attributes } of values.map(parseSetCookie)) {
    const place = `${response.status} Set-Cookie ${name}`
    if (attributes.get('samesite')?.toLowerCase() === 'none' && !attributes.has('secure'))
      yield { rule: 'cookie', place, message: 'expected Secure with SameSite=None, got none: browsers ignore the cookie' }
    if (/^__secure-/i.test(name) && !attributes.has('secure'))
      yield { rule: 'cookie', place, message: 'expected Secure with the prefix __Secure-, got none: browsers ignore the cookie' }
    if (/^__host-/i.test(name) && (!attributes.has('secure') || attributes.has('domain') || attributes.get('path') !== '/'))
      yield {
        rule: 'cookie',
        place,
        message: 'expected Secure, Path=/ and no Domain with the prefix __Host-, got other attributes: browsers ignore the cookie',
      }
    const wanted = declared === undefined ? undefined : describedCookies(declared.description).find((each) => each.name === name)
    for (const [attribute, value] of wanted?.attributes ?? []) {
      if (attribute === 'domain' || isDeletion(attributes)) continue
      const got = attributes.get(attribute)
      if (got === undefined || (value !== '' && got.toLowerCase() !== value.toLowerCase()))
        yield {
          rule: 'cookie',
          place: `${place} ${attribute}`,
          message: `expected the declared ${attribute}${value === '' ? '' : `=${value}`}, got ${got === undefined ? 'none' : 'another value'}`,
        }
    }
  }
}

function parseSetCookie(value: string): Cookie {
  const [pair = '', ...rest] = value.split(';')
  const attributes = rest.map((each): [string, string] => {
    const [name = '', ...text] = each.split('=')
    return [name.trim().toLowerCase(), text.join('=').trim()]
  })
  return { name: pair.split('=')[0]!.trim(), attributes: new Map(attributes) }
}

function isDeletion(attributes: Cookie['attributes']): boolean {
  return attributes.get('max-age') === '0' || /1970/.test(attributes.get('expires') ?? '')
}

/** Documents of Riposte list cookies and their attributes in the description: `session_id` (HttpOnly, Secure, Max-Age=3600). */
function describedCookies(description: string): readonly Cookie[] {
  return Array.from(description.matchAll(/`([^`]+)`(?: \(([^)]*)\))?/g), ([, name = '', listed = '']) =>
    parseSetCookie([name, ...listed.split(', ').filter((each) => each !== '')].join('; ')),
  )
}
