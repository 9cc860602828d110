/** Applies the limits of JSON text to values from other decoders. */
import { MAX_DEPTH } from './json-text.ts'

/**
 * Removes own properties named `__proto__`, which are dangerous when the value is merged into another object.
 * Returns false if the value is nested deeper than 512 levels: a model that accepts any value would pass it to code that overflows its stack.
 */
export function cleanDecoded(value: unknown, levels: number = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return true
  if (levels === 0) return false
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__')
  return childrenOf(value).every((child) => cleanDecoded(child, levels - 1))
}

function childrenOf(value: object): readonly unknown[] {
  if (value instanceof Map) return [...value.keys(), ...value.values()]
  // Not the indexes of an array: a decoder may create an empty array with a huge length that a header of the content gives.
  return value instanceof Set ? [...value] : Object.values(value)
}
