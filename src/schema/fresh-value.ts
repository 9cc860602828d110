/** Defaults that no two requests share: whatever a handler changes in its value, the next request does not see. */

/**
 * A maker whose values have no object in common. A declared constant is copied: plain objects, lists, dates, maps, sets, URLs, bytes, and instances
 * of classes with their own properties. What a factory makes for each call is not copied.
 */
export function freshly<Arguments extends unknown[]>(make: (...given: Arguments) => unknown): (...given: Arguments) => unknown {
  let sample: unknown
  let isSampled = false
  return (...given) => {
    const value = make(...given)
    if (typeof value !== 'object' || value === null) return value
    // What two calls both give is shared, so one more call tells a constant from a factory. Not at declaration: a factory may need an open request.
    if (!isSampled) {
      sample = make(...given)
      isSampled = true
    }
    return copyShared(value, sample)
  }
}

/** A copy of everything in `value` that `sample` holds too. */
function copyShared(value: unknown, sample: unknown): unknown {
  if (value === sample) return deepCopy(value)
  if (typeof value !== 'object' || value === null || typeof sample !== 'object' || sample === null) return value
  if (Array.isArray(value)) return Array.isArray(sample) ? value.map((item, index) => copyShared(item, sample[index])) : value
  if (value instanceof Map && sample instanceof Map)
    return new Map(Array.from(value, ([key, one]) => [key, copyShared(one, sample.get(key))]))
  if (value instanceof Set && sample instanceof Set) return new Set(Array.from(value, (one) => (sample.has(one) ? deepCopy(one) : one)))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return value
  const members = sample as Readonly<Record<string, unknown>>
  return copyMembers(value, (one, name) => copyShared(one, members[name]))
}

/** A copy that shares nothing that can be changed. */
export function deepCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(deepCopy)
  if (value instanceof Date) return new Date(value)
  if (value instanceof Map) return new Map(Array.from(value, ([key, one]) => [deepCopy(key), deepCopy(one)]))
  if (value instanceof Set) return new Set(Array.from(value, deepCopy))
  if (value instanceof URL) return new URL(value)
  if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return structuredClone(value)
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  // Without properties of its own, an object keeps its state where no copy can reach it (`File`, `Temporal`), nearly always unchangeable.
  return isPlain || Reflect.ownKeys(value).length > 0 ? copyMembers(value, deepCopy) : value
}

function copyMembers(value: object, copy: (member: unknown, name: string) => unknown): object {
  const result = Object.create(Object.getPrototypeOf(value) as object | null) as object
  for (const name of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, name)!
    Object.defineProperty(
      result,
      name,
      'value' in descriptor ? { ...descriptor, value: copy(descriptor.value, name as string) } : descriptor,
    )
  }
  return result
}
