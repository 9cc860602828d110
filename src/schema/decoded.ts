/** Values that a decoder outside of the framework has made: held to the limits of JSON text. */
import { MAX_DEPTH } from './json-text.ts'

/**
 * Removes own properties named `__proto__`: they are harmless until the value is merged into another object.
 * False where the value is nested deeper than 512 levels: a model that takes any value would pass it on to code that overflows its stack.
 */
export function cleanDecoded(value: unknown, levels: number = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  if (levels === 0) return false
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  return childrenOf(value).every((child) => cleanDecoded(child, levels - 1))
}

function childrenOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  // Not the indexes of an array: a decoder may make one whose length is that of a header, and nothing in it.
  return value instanceof Set ? [...value] : Object.values(value)
}
