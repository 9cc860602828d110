/** Parses JSON text with exact integers: those that a double would round become bigints, and numbers again unless a bigint is declared. */
import { isMembers } from './option-fit.ts'

/** A JSON string or number. A string without an end matches too, or text full of quotes would take quadratic time. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\[^][^"\\]*)*"?|-?\d[\d.eE+-]*/g

/** Integers of fewer digits always fit a double. */
const LONG_INTEGER = /^-?\d{16,}$/

/** A random mark for exact integers, which a client cannot guess. Created on first use, because Workers give no random values while a module loads. */
let mark: string | undefined

/** Throws a `SyntaxError`, as `JSON.parse` does. Long integers become bigints. */
export function parseExactJSON(text: string): unknown {
  const own = (mark ??= crypto.randomUUID())
  const marked = text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${own}${token}"` : token))
  if (marked === text) return JSON.parse(text)
  return JSON.parse(marked, (_key, value: unknown) =>
    typeof value === 'string' && value.startsWith(own) ? BigInt(value.slice(own.length)) : value,
  )
}

export function toPlainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toPlainNumbers)
  if (!isMembers(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlainNumbers(one)]))
}
