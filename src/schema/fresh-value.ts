/** Copies or freezes values, so that a change by one handler does not affect another request. */

/**
 * A function whose results share no object. A declared constant is copied: plain objects, lists, dates, maps, sets, URLs, bytes, headers, forms,
 * regular expressions, and instances of classes with their own properties. A value that a factory creates for each call is not copied.
 */
export function freshly<Arguments extends unknown[]>(make: (...given: Arguments) => unknown): (...given: Arguments) => unknown {
  let sample: unknown
  let isSampled = false
  return (...given) => {
    const value = make(...given)
    if (typeof value !== 'object' || value === null) return value
    // An object that two calls return is shared, so one more call tells a constant from a factory. Not at declaration, because a factory may need a request.
    if (!isSampled) {
      sample = make(...given)
      isSampled = true
    }
    return copyShared(value, sample)
  }
}

/** Copies each object in `value` that is also in `sample`. */
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

/** A copy that shares no mutable object. */
export function deepCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(deepCopy)
  if (Object.getPrototypeOf(value) === Object.prototype) return copyMembers(value, deepCopy)
  if (value instanceof Date) return new Date(value)
  if (value instanceof Map) return new Map(Array.from(value, ([key, one]) => [deepCopy(key), deepCopy(one)]))
  if (value instanceof Set) return new Set(Array.from(value, deepCopy))
  if (value instanceof URL) return new URL(value)
  if (value instanceof URLSearchParams) return new URLSearchParams(value)
  if (value instanceof Headers) return new Headers(value)
  if (value instanceof FormData) return copyForm(value)
  if (value instanceof RegExp || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return structuredClone(value)
  // An object without own properties keeps its state in private slots, which cannot be copied (`File`, `Temporal`) and are nearly always immutable.
  return Reflect.ownKeys(value).length > 0 ? copyMembers(value, deepCopy) : value
}

function copyForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
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

/** Freezes plain objects and lists deeply. Returns false if something in them can still change, such as a `Date`. */
export function freezeAll(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false
  return Object.values(Object.freeze(value)).every(freezeAll)
}
