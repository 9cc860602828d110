/** The syntax of header fields (RFC 9110 §5): names, values and dates, and which headers are lists. */

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

/** With the flag `u`, only a surrogate that is not part of a pair matches. */
const LONE_SURROGATE = /[\ud800-\udfff]/gu

/** Replaces each lone surrogate by U+FFFD, as a UTF-8 encoder does. */
export function toWellFormed(text: string): string {
  return text.replace(LONE_SURROGATE, '\uFFFD')
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const MONTH = `(?<month>${MONTHS.join('|')})`
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY_NAME = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
/** `hour ":" minute ":" second`, the last one 60 in a leap second */
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'

/** The formats of dates (§5.6.7). Only the first one is written, all three are read. */
const DATE_FORMS = [
  // `IMF-fixdate = day-name "," SP day SP month SP year SP time-of-day SP GMT`
  new RegExp(`^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // `rfc850-date = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT`
  new RegExp(`^${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  // `asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT )) SP time-of-day SP year`
  new RegExp(`^${DAY_NAME} ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`),
]

/** An `IMF-fixdate` (§5.6.7); milliseconds are cut off. Throws a `RangeError` outside the years 0 to 9999. */
export function formatHTTPDate(date: Date): string {
  const year = date.getUTCFullYear()
  if (!(year >= 0 && year <= 9999)) throw new RangeError('HTTP_DATE: date: the year must be from 0 to 9999. Give a valid date.')
  return date.toUTCString()
}

/**
 * Parses any of the three formats; the letter case must be that of the grammar. `undefined` for other text and for days that do not exist.
 * An `rfc850-date` has a year of two digits: it is in the century of `now`, or in the one before if the date would be more than 50 years ahead.
 */
export function parseHTTPDate(text: string, now = new Date()): Date | undefined {
  for (const form of DATE_FORMS) {
    const fields = form.exec(text)?.groups
    if (fields !== undefined) return toDate(fields as DateFields, now)
  }
  return undefined
}

type DateFields = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>

function toDate(fields: DateFields, now: Date): Date | undefined {
  if (fields.year.length === 4) return toInstant(Number(fields.year), fields)
  const year = now.getUTCFullYear() - (now.getUTCFullYear() % 100) + Number(fields.year)
  const date = toInstant(year, fields)
  return date !== undefined && date > fiftyYearsAfter(now) ? toInstant(year - 100, fields) : date
}

function toInstant(year: number, { month, day, hour, minute, second }: DateFields): Date | undefined {
  const date = new Date(0)
  date.setUTCFullYear(year, MONTHS.indexOf(month), Number(day))
  if (date.getUTCDate() !== Number(day)) return undefined
  date.setUTCHours(Number(hour), Number(minute), Number(second))
  return date
}

function fiftyYearsAfter(now: Date): Date {
  const date = new Date(now)
  date.setUTCFullYear(date.getUTCFullYear() + 50)
  return date
}
