/** Which values an object model accepts, and how a declared property is read from a row, an entity with getters or a proxy. */

/** Names that every object inherits. */
const INHERITED_NAMES: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Whether a plain read of the name would find a member of `Object.prototype` on any object. */
export function isInheritedName(name: string): boolean {
  return INHERITED_NAMES.has(name)
}

/** Reads a property with an inherited name: only an own property or a getter of its class counts. */
export function readDefined(value: object, name: string): unknown {
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name]
  for (let proto: unknown = Object.getPrototypeOf(value); isClassPrototype(proto); proto = Object.getPrototypeOf(proto)) {
    const descriptor = Object.getOwnPropertyDescriptor(proto, name)
    if (descriptor !== undefined) return descriptor.get?.call(value)
  }
  return undefined
}

/** Reads a declared property as every encoder does. */
export function readProperty(value: Record<string, unknown>, name: string): unknown {
  return isInheritedName(name) ? readDefined(value, name) : value[name]
}

/** Whether the property exists, even if it is `undefined`. */
export function isDefined(value: object, name: string): boolean {
  return isInheritedName(name) ? Object.hasOwn(value, name) || readDefined(value, name) !== undefined : name in value
}

/** Whether it is not the last prototype of its chain, which is the `Object.prototype` of some realm. */
function isClassPrototype(proto: unknown): proto is object {
  return typeof proto === 'object' && proto !== null && Object.getPrototypeOf(proto) !== null
}

/** Not `null`, not an array, not a function. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Whether a record accepts it: an object literal, of any realm, or an object without a prototype. A thenable is not data. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isObject(value) && hasPlainPrototype(value) && !isThenable(value)
}

function hasPlainPrototype(value: object): boolean {
  const proto: unknown = Object.getPrototypeOf(value)
  return (
    proto === Object.prototype ||
    proto === null ||
    (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto as object, 'isPrototypeOf'))
  )
}

/** Whether it has `then`: a promise, or an unfinished query of many database libraries. */
export function isThenable(value: object): boolean {
  return typeof (value as { readonly then?: unknown }).then === 'function'
}

/**
 * Whether a model may read a value that has none of its properties. Without this test a promise, a `Map`, an `Error`, a `Response` or any other
 * instance would be written as `{}`. An instance is data if it has one of the declared properties, even if that is `undefined`.
 */
export function isReadable(value: unknown, names: readonly string[]): value is Record<string, unknown> {
  if (!isObject(value) || isThenable(value)) return false
  return hasPlainPrototype(value) || names.some((name) => isDefined(value, name))
}

/** Plain assignment of `__proto__` would replace the prototype. */
export function assign(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}
