/** Dates in header fields (RFC 9110 §5.6.7): one format is written, three are read. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const MONTH = `(?<month>${MONTHS.join('|')})`
const DAY_NAME = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)'
const LONG_DAY_NAME = '(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)'
/** `hour ":" minute ":" second`, the last one 60 in a leap second */
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d):(?<second>[0-5]\\d|60)'

const FORMS = [
  // `IMF-fixdate = day-name "," SP day SP month SP year SP time-of-day SP GMT`
  new RegExp(`^${DAY_NAME}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT$`),
  // `rfc850-date = day-name-l "," SP day "-" month "-" 2DIGIT SP time-of-day SP GMT`
  new RegExp(`^${LONG_DAY_NAME}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT$`),
  // `asctime-date = day-name SP month SP ( 2DIGIT / ( SP 1DIGIT )) SP time-of-day SP year`
  new RegExp(`^${DAY_NAME} ${MONTH} (?<day>\\d\\d| \\d) ${TIME} (?<year>\\d{4})$`),
]

/** An `IMF-fixdate`; milliseconds are cut off. Throws a `RangeError` outside the years 0 to 9999. */
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
  for (const form of FORMS) {
    const fields = form.exec(text)?.groups
    if (fields !== undefined) return toDate(fields as Fields, now)
  }
  return undefined
}

type Fields = Readonly<Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', string>>

function toDate(fields: Fields, now: Date): Date | undefined {
  if (fields.year.length === 4) return toInstant(Number(fields.year), fields)
  const year = now.getUTCFullYear() - (now.getUTCFullYear() % 100) + Number(fields.year)
  const date = toInstant(year, fields)
  return date !== undefined && date > fiftyYearsAfter(now) ? toInstant(year - 100, fields) : date
}

function toInstant(year: number, { month, day, hour, minute, second }: Fields): Date | undefined {
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
