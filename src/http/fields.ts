/** The syntax of header names and values (RFC 9110 §5.1, §5.5), and which headers are lists. */

/** `token = 1*tchar` (§5.6.2) */
const TOKEN = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/

/** Everything but `HTAB / SP / VCHAR / obs-text` */
const FORBIDDEN = /[^\t\x20-\x7e\x80-\xff]/

/** Headers to which several parts of an application add values: a later value must not replace an earlier one. */
const LIST_FIELDS = new Set([
  'cache-status',
  'link',
  'proxy-authenticate',
  'proxy-status',
  'server-timing',
  'set-cookie',
  'vary',
  'via',
  'warning',
  'www-authenticate',
])

/** Whether a second value is added to the first instead of replacing it. The name is case-insensitive. */
export function isListField(name: string): boolean {
  return LIST_FIELDS.has(name.toLowerCase())
}

export function isToken(text: string): boolean {
  return TOKEN.test(text)
}

/** Throws a `TypeError` on a name or value that HTTP does not allow. The message never holds the value. */
export function assertField(name: string, value: string): void {
  if (!TOKEN.test(name))
    throw new TypeError('FIELD_NAME: header field: a name must be a token (RFC 9110 §5.6.2). Name it with letters, digits and -.')
  const fault = isVisible(value) ? undefined : faultOf(value)
  if (fault !== undefined) throw new TypeError(`FIELD_VALUE: ${name}: ${fault}`)
}

/** Whether a value is ASCII that begins and ends with a visible character, as nearly all are. A loop is faster than a regular expression. */
function isVisible(value: unknown): boolean {
  if (typeof value !== 'string' || value === '' || isBlank(value, 0) || isBlank(value, value.length - 1)) return false
  for (let i = 0; i < value.length; i += 1) {
    const code = value.charCodeAt(i)
    if (code < 0x20 || code > 0x7e) return false
  }
  return true
}

function faultOf(value: unknown): string | undefined {
  if (typeof value !== 'string') return `a value must be a string, not ${typeof value}. Format it first.`
  const forbidden = FORBIDDEN.exec(value)
  if (forbidden !== null) {
    return forbidden[0] > '\xff'
      ? 'expected Latin-1, got a character above U+00FF. Encode it, by percent-encoding or as RFC 8187 says.'
      : 'a value must be one line without control characters. Remove or encode them.'
  }
  // `field-content = field-vchar [ 1*( SP / HTAB / field-vchar ) field-vchar ]`: recipients cut such whitespace off.
  if (isBlank(value, 0) || isBlank(value, value.length - 1)) return 'a value must not begin or end with whitespace. Trim it.'
  return undefined
}

function isBlank(value: string, at: number): boolean {
  const code = value.charCodeAt(at)
  return code === 0x20 || code === 0x09
}

const LONE_SURROGATE = /\p{Surrogate}/gu

/** Replaces each lone surrogate by U+FFFD, as a UTF-8 encoder does. */
export function toWellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD')
}
