/** Rules about `Set-Cookie` (RFC 6265bis). */
import { responseFor } from '../document/operation.ts'
import { valuesOf } from '../send/wire.ts'
import type { AnswerRule } from './finding.ts'

interface Cookie {
  readonly name: string
  /** Names in lower case; a flag has an empty value. */
  readonly attributes: ReadonlyMap<string, string>
}

export const cookie: AnswerRule = function* ({ candidate: { operation }, answer }) {
  const values = valuesOf(answer, 'set-cookie')
  if (values.length === 0) return
  const declared = responseFor(operation, answer.status)?.headers.find(({ name }) => name.toLowerCase() === 'set-cookie')
  if (declared === undefined) {
    yield { rule: 'cookie', place: `${answer.status} Set-Cookie`, message: 'expected no cookie, got one that is not declared' }
  }
  for (const { name, attributes } of values.map(parseSetCookie)) {
    const place = `${answer.status} Set-Cookie ${name}`
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
