/** JSON that was read with exact integers → JSON with numbers, for what declares no bigint. */
import { isMembers } from './option-fit.ts'

export function toPlainNumbers(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value)
  if (Array.isArray(value)) return value.map(toPlainNumbers)
  if (!isMembers(value)) return value
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toPlainNumbers(one)]))
}
