/** One value of the two that remain where a value went through both sides of an intersection. */
import { assign, isPlainObject } from '../../object-value.ts'

export const UNMERGEABLE: unique symbol = Symbol('unmergeable')

export function mergeValues(left: unknown, right: unknown): unknown {
  if (Object.is(left, right)) return left
  if (left instanceof Date && right instanceof Date && left.getTime() === right.getTime()) return left
  if (Array.isArray(left) && Array.isArray(right)) return mergeArrays(left, right)
  if (!isPlainObject(left) || !isPlainObject(right)) return UNMERGEABLE
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(left)) assign(result, name, left[name])
  for (const name of Object.keys(right)) {
    const value = Object.hasOwn(left, name) ? mergeValues(left[name], right[name]) : right[name]
    if (value === UNMERGEABLE) return UNMERGEABLE
    assign(result, name, value)
  }
  return result
}

function mergeArrays(left: readonly unknown[], right: readonly unknown[]): unknown {
  if (left.length !== right.length) return UNMERGEABLE
  const result = left.map((value, index) => mergeValues(value, right[index]))
  return result.includes(UNMERGEABLE) ? UNMERGEABLE : result
}
