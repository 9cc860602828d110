/** Parses scalars that JSON or text has no type for: the accepted formats, and the issue for other text. */
import type { InputIssue } from './issue.ts'
import type { Node } from './node.ts'
import { isObject } from './object-value.ts'
import { isLeaf, memberNodes, unwrap } from './walk-node.ts'

export interface ScalarReader {
  /** `undefined` if the text has none of the formats. */
  readonly parse: (text: string) => unknown
  /** Converts JSON values other than text. */
  readonly accepts?: (json: unknown) => unknown
  /** The code of the issue if the text cannot be parsed. */
  readonly code: string
  readonly message: string
}

const INTEGER: ScalarReader = { parse: parseInteger, code: 'int_parsing', message: 'Input should be a valid integer' }
const NUMBER: ScalarReader = { parse: parseNumber, code: 'float_parsing', message: 'Input should be a valid number' }
const BOOLEAN: ScalarReader = { parse: parseBoolean, code: 'bool_parsing', message: 'Input should be a valid boolean' }
const BIG_INTEGER: ScalarReader = {
  ...INTEGER,
  parse: parseBigInteger,
  accepts: (json) => (Number.isInteger(json) ? BigInt(json as number) : json),
}
const DATE: ScalarReader = { parse: parseInstant, code: 'datetime_parsing', message: 'Input should be a valid date and time' }
const BYTES: ScalarReader = { parse: parseBase64, code: 'bytes_parsing', message: 'Input should be valid base64' }
const LINK: ScalarReader = { parse: parseURL, code: 'url_parsing', message: 'Input should be a valid URL' }

/** `undefined` for strings, which are text already, and for models that are not scalars. */
export function scalarReader(node: Node): ScalarReader | undefined {
  if (!isLeaf(node)) return undefined
  switch (node.kind) {
    case 'number':
      return node.integer ? INTEGER : NUMBER
    case 'boolean':
      return BOOLEAN
    case 'bigint':
      return BIG_INTEGER
    case 'date':
      return DATE
    case 'bytes':
      return BYTES
    case 'url':
      return LINK
    case 'any':
    case 'null':
    case 'undefined':
    case 'never':
    case 'string':
    case 'file':
    case 'literal':
      return undefined
    default:
      return node satisfies never
  }
}

export function toIssue({ code, message }: ScalarReader, path: InputIssue['path']): InputIssue {
  return { path, code, message }
}

/** No number or date has more characters. Without a limit, the digits of a `BigInt` cost quadratic time. */
const LONGEST = 4096

/** The text without the white space around it; `undefined` if it is too long to be a number or a date. */
function trimmed(text: string): string | undefined {
  return text.length > LONGEST ? undefined : text.trim()
}

/** `["+" / "-"] DIGIT *(["_"] DIGIT) ["." *"0"]` */
const SIGNED_INTEGER = /^([+-]?\d+(?:_\d+)*)(?:\.0*)?$/

/** Almost all integers, recognized without splitting the text. */
const PLAIN_INTEGER = /^-?\d{1,15}$/

/** Also reads integers that a double cannot hold exactly: `z.int()` refuses these by its limits. */
export function parseInteger(text: string): number | undefined {
  if (PLAIN_INTEGER.test(text)) return Number(text)
  const digits = SIGNED_INTEGER.exec(trimmed(text) ?? '')?.[1]
  return digits === undefined ? undefined : Number(digits.replaceAll('_', ''))
}

export function parseBigInteger(text: string): bigint | undefined {
  const digits = SIGNED_INTEGER.exec(trimmed(text) ?? '')?.[1]
  return digits === undefined ? undefined : BigInt(digits.replaceAll('_', '').replace(/^\+/, ''))
}

/** `["+" / "-"] ( 1*DIGIT *("_" 1*DIGIT) ["." *DIGIT] / "." 1*DIGIT ) [("e" / "E") ["+" / "-"] 1*DIGIT]` */
const FLOAT = /^[+-]?(?:\d+(?:_\d+)*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/

export function parseNumber(text: string): number | undefined {
  const digits = trimmed(text)
  return digits !== undefined && FLOAT.test(digits) ? Number(digits.replaceAll('_', '')) : undefined
}

const BOOLEANS = new Map<string, boolean>([
  ...['true', '1', 'on', 'yes', 't', 'y'].map((word) => [word, true] as const),
  ...['false', '0', 'off', 'no', 'f', 'n'].map((word) => [word, false] as const),
])

export function parseBoolean(text: string): boolean | undefined {
  return text.length > 5 ? undefined : BOOLEANS.get(text.toLowerCase())
}

/** RFC 3339 `date-time`. Also: a space for the `T`, no seconds, no offset (then UTC), a date alone. */
const INSTANT = /^(\d{4})-(\d\d)-(\d\d)(?:[Tt _](\d\d):(\d\d)(?::(\d\d|60)(?:[.,](\d{1,9}))?)?(?: ?([Zz])| ?([+-])(\d\d):?(\d\d)?)?)?$/

/** Digits beyond milliseconds are dropped. `undefined` also for an instant outside the years 0 to 9999 of UTC, which no response can contain. */
export function parseInstant(text: string): Date | undefined {
  const match = INSTANT.exec(trimmed(text) ?? '')
  if (match === null) return undefined
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', , sign, offsetHour = '0', offsetMinute = '0'] = match
  if (!isTime(Number(hour), Number(minute), Number(offsetHour), Number(offsetMinute))) return undefined
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  // A month or day that does not exist rolls over.
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined
  const offset = Number(offsetHour) * 60 + Number(offsetMinute)
  date.setUTCHours(
    Number(hour),
    Number(minute) + (sign === '-' ? offset : -offset),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  )
  if (second === '60' && !beginsMonth(date)) return undefined
  return date.getUTCFullYear() >= 0 && date.getUTCFullYear() <= 9999 ? date : undefined
}

/** Whether it is in the first second of a month, which a leap second rolls over to (RFC 3339 §5.7). */
function beginsMonth(date: Date): boolean {
  return date.getUTCDate() === 1 && date.getUTCHours() === 0 && date.getUTCMinutes() === 0
}

function isTime(hour: number, minute: number, offsetHour: number, offsetMinute: number): boolean {
  return hour < 24 && minute < 60 && offsetHour < 24 && offsetMinute < 60
}

export function parseURL(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined
}

/** The alphabets of RFC 4648 §4 and §5. */
const BASE64 = /^(?:[\w+/-]{4})*(?:[\w+/-]{2}(?:==)?|[\w+/-]{3}=?)?$/

export function parseBase64(text: string): Uint8Array | undefined {
  if (!BASE64.test(text)) return undefined
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(binary, (character) => character.charCodeAt(0))
}

/** Converts the texts inside a value whose scalars are all text. With `kinds`, only these kinds are converted. A text that cannot be parsed is left unchanged. */
export function readTexts(node: Node, value: unknown, kinds?: ReadonlySet<Node['kind']>): unknown {
  const inner = unwrap(node)
  if (typeof value === 'string') {
    if (inner.kind === 'literal') return inner.values.find((constant) => String(constant) === value) ?? value
    return (kinds?.has(inner.kind) === false ? undefined : scalarReader(inner)?.parse(value)) ?? value
  }
  if (Array.isArray(value)) return inner.kind === 'array' ? value.map((item) => readTexts(inner.items, item, kinds)) : value
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, readTexts(memberNodes(inner, name)[0] ?? ANY, one, kinds)]))
}

const ANY: Node = { kind: 'any' }
