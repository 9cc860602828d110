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

/** An object that is being copied, and those around it: a value may contain itself. A map of all objects costs more than the copies. */
interface Copying {
  readonly value: object
  readonly copy: object
  readonly outer: Copying | undefined
}

function copyOf(value: object, copying: Copying | undefined): object | undefined {
  for (let one = copying; one !== undefined; one = one.outer) if (one.value === value) return one.copy
  return undefined
}

/** A copy that shares no mutable object. */
export function deepCopy(value: unknown): unknown {
  return copyShared(value, value)
}

/** Copies each object in `value` that is also in `sample`, and the containers around it. */
function copyShared(value: unknown, sample: unknown, outer?: Copying): unknown {
  if (typeof value !== 'object' || value === null || typeof sample !== 'object' || sample === null) return value
  const known = copyOf(value, outer)
  if (known !== undefined) return known
  if (Array.isArray(value)) return Array.isArray(sample) ? copyItems(value, sample, outer) : value
  const isShared = value === sample
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null) return copyMembers(value, sample, outer)
  if (value instanceof Map && sample instanceof Map) {
    const copy = new Map<unknown, unknown>()
    const here = { value, copy, outer }
    for (const [key, one] of value) copy.set(isShared ? copyShared(key, key, here) : key, copyShared(one, sample.get(key), here))
    return copy
  }
  if (value instanceof Set && sample instanceof Set) {
    const copy = new Set()
    const here = { value, copy, outer }
    for (const one of value) copy.add(sample.has(one) ? copyShared(one, one, here) : one)
    return copy
  }
  if (!isShared) return value
  if (value instanceof Date) return new Date(value)
  if (value instanceof URL) return new URL(value)
  if (value instanceof URLSearchParams) return new URLSearchParams(value)
  if (value instanceof Headers) return new Headers(value)
  if (value instanceof FormData) return copyForm(value)
  if (value instanceof RegExp || value instanceof ArrayBuffer || ArrayBuffer.isView(value)) return structuredClone(value)
  // An object without own properties keeps its state in private slots, which cannot be copied (`File`, `Temporal`) and are nearly always immutable.
  return Reflect.ownKeys(value).length > 0 ? copyMembers(value, sample, outer) : value
}

function copyItems(value: readonly unknown[], sample: readonly unknown[], outer: Copying | undefined): unknown[] {
  const copy: unknown[] = []
  const here = { value, copy, outer }
  for (let index = 0; index < value.length; index++) copy.push(copyShared(value[index], sample[index], here))
  return copy
}

function copyForm(form: FormData): FormData {
  const copy = new FormData()
  for (const [name, value] of form) copy.append(name, value)
  return copy
}

function copyMembers(value: object, sample: object, outer: Copying | undefined): object {
  const copy = Object.create(Object.getPrototypeOf(value) as object | null) as object
  const here = { value, copy, outer }
  for (const name of Reflect.ownKeys(value)) {
    const descriptor = Object.getOwnPropertyDescriptor(value, name)!
    if ('value' in descriptor)
      descriptor.value = copyShared(descriptor.value, (sample as Readonly<Record<string | symbol, unknown>>)[name], here)
    Object.defineProperty(copy, name, descriptor)
  }
  return copy
}

/** Freezes plain objects and lists deeply. Returns false if something in them can still change, such as a `Date`. */
export function freezeAll(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false
  return Object.values(Object.freeze(value)).every(freezeAll)
}
