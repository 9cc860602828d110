/** Text → the value of a declared type, read as FastAPI's clients write it. `undefined` where the text is none. */

/** `["+" / "-"] DIGIT *(["_"] DIGIT) ["." *"0"]` */
const INTEGER = /^([+-]?\d+(?:_\d+)*)(?:\.0*)?$/

/** How almost all integers come, told without taking the text apart. */
const PLAIN_INTEGER = /^-?\d{1,15}$/

/** White space around is no part of a number. Digits that a double can't hold exactly are still a number: limits are the model's. */
export function parseInteger(text: string): number | undefined {
  if (PLAIN_INTEGER.test(text)) return Number(text)
  const digits = INTEGER.exec(text.trim())?.[1]
  return digits === undefined ? undefined : Number(digits.replaceAll('_', ''))
}

export function parseBigInteger(text: string): bigint | undefined {
  const digits = INTEGER.exec(text.trim())?.[1]
  return digits === undefined ? undefined : BigInt(digits.replaceAll('_', '').replace(/^\+/, ''))
}

/** `["+" / "-"] ( 1*DIGIT ["." *DIGIT] / "." 1*DIGIT ) [("e" / "E") ["+" / "-"] 1*DIGIT]` */
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

export function parseNumber(text: string): number | undefined {
  const trimmed = text.trim()
  return FLOAT.test(trimmed) ? Number(trimmed.replaceAll('_', '')) : undefined
}

const BOOLEANS = new Map<string, boolean>([
  ...['true', '1', 'on', 'yes', 't', 'y'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no', 'f', 'n'].map((word) => [word, false] as const),
])

export function parseBoolean(text: string): boolean | undefined {
  return BOOLEANS.get(text.toLowerCase())
}

/** RFC 3339 `date-time`, and what people write for it: a space for the `T`, no seconds, no offset (then UTC), a date alone. */
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt _](\d\d):(\d\d)(?::(\d\d|60)(?:[.,](\d{1,9}))?)?(?: ?([Zz])| ?([+-])(\d\d):?(\d\d)?)?)?$/

const MINUTE_MS = 60_000

/** Beyond milliseconds nothing is kept. */
export function parseInstant(text: string): Date | undefined {
  const match = INSTANT.exec(text.trim())
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign, offsetHour = '0', offsetMinute = '0'] = match
  if (!isTime(Number(hour), Number(minute), Number(offsetHour), Number(offsetMinute))) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  // A month or day that does not exist rolls over.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  date.setUTCHours(Number(hour), Number(minute), Number(second), Number(fraction.slice(0, 3).padEnd(3, '0')))
  const offsetMs = (Number(offsetHour) * 60 + Number(offsetMinute)) * MINUTE_MS
  return sign === undefined ? date : new Date(date.getTime() + (sign === '-' ? offsetMs : -offsetMs))
}

function isTime(hour: number, minute: number, offsetHour: number, offsetMinute: number): boolean {
  return hour < 24 && minute < 60 && offsetHour < 24 && offsetMinute < 60
}

export function parseURL(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** RFC 4648 §4 and §5 alike. */
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/

export function parseBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}
