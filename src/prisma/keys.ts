/** The values of an order's fields as texts of a cursor, and back: no digit is lost. */
import { KeyError } from '../pagination/source.ts'

/** What Prisma gives for `Decimal`. */
interface Decimal {
  toFixed(): string
}

/** `undefined` for a value that has no place in an order, such as a list or JSON. */
export function toText(value: unknown): string | null | undefined {
  if (value === null) return null
  switch (typeof value) {
    case 'string':
      return `s${value}`
    case 'number':
      return Number.isFinite(value) ? `n${value}` : undefined
    case 'bigint':
      return `i${value}`
    case 'boolean':
      return value ? 'b1' : 'b0'
    case 'object':
      return value instanceof Date ? `t${value.toISOString()}` : isDecimal(value) ? `d${value.toFixed()}` : undefined
    default:
      return undefined
  }
}

function isDecimal(value: object): value is Decimal {
  return 'toFixed' in value && typeof value.toFixed === 'function'
}

/** By the first character. `undefined` for a text that `toText` does not make. */
const READERS: ReadonlyMap<string, (text: string) => unknown> = new Map<string, (text: string) => unknown>([
  ['s', (text) => text],
  ['n', (text) => (text !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)],
  ['i', (text) => (/^-?\d{1,19}$/.test(text) ? BigInt(text) : undefined)],
  ['b', (text) => (text === '1' ? true : text === '0' ? false : undefined)],
  ['t', (text) => (/^\d{4}-.*Z$/.test(text) && !Number.isNaN(Date.parse(text)) ? new Date(text) : undefined)],
  // Prisma takes the digits of a Decimal as text.
  ['d', (text) => (/^-?\d+(?:\.\d+)?$/.test(text) ? text : undefined)],
])

/** Throws a `KeyError` for a text that `toText` does not make. */
export function fromText(text: string | null): unknown {
  if (text === null) return null
  const value = READERS.get(text.charAt(0))?.(text.slice(1))
  if (value === undefined) throw new KeyError()
  return value
}
