/** Reading a declared property of any object: a row, an entity with getters, a proxy. */

/** Names that every object seems to have. */
const INHERITED_NAMES: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** Must this name not be read plainly, because any object would answer? */
export function isInheritedName(name: string): boolean {
  return INHERITED_NAMES.has(name)
}

/** Of such a name only the value's own property counts, or a getter that its class defines. */
export function readDefined(value: object, name: string): unknown {
  if (Object.hasOwn(value, name)) return (value as Record<string, unknown>)[name]
  for (let proto: unknown = Object.getPrototypeOf(value); isClassPrototype(proto); proto = Object.getPrototypeOf(proto)) {
    const descriptor = Object.getOwnPropertyDescriptor(proto, name)
    if (descriptor !== undefined) return descriptor.get?.call(value)
  }
  return undefined
}

/** Is the property there, be it `undefined`? */
export function isDefined(value: object, name: string): boolean {
  return isInheritedName(name) ? Object.hasOwn(value, name) || readDefined(value, name) !== undefined : name in value
}

/** The last prototype of a chain is some realm's `Object.prototype`. */
function isClassPrototype(proto: unknown): proto is object {
  return typeof proto === 'object' && proto !== null && Object.getPrototypeOf(proto) !== null
}

/** What a model of an object accepts: not `null`, not an array, not a function. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a record accepts: an object literal, of any realm, or one without a prototype. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false
  const proto: unknown = Object.getPrototypeOf(value)
  return proto === null || (Object.getPrototypeOf(proto) === null && Object.hasOwn(proto as object, 'isPrototypeOf'))
}

/** Plain assignment of `__proto__` would replace the prototype. */
export function assign(target: Record<string, unknown>, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true })
  else target[name] = value
}
