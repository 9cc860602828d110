/** Caches the JSON of values that many responses send. */
import type { AnySchema } from './schema.ts'

interface KeptText {
  readonly schema: AnySchema
  readonly encode: () => string
  text?: string
}

const kept = new WeakMap<object, KeptText>()

/** `value` must never change from now on: freeze it. `encode` is called when the text is first needed. */
export function keepText(value: object, schema: AnySchema, encode: () => string): void {
  kept.set(value, { schema, encode })
}

/** The cached text; `undefined` if none is cached for this value and this schema. */
export function keptText(value: unknown, schema: AnySchema): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = kept.get(value)
  return found?.schema === schema ? (found.text ??= found.encode()) : undefined
}

/** Freezes plain objects and lists deeply. Returns false if something in them can still change, such as a `Date`. */
export function freezeAll(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function'
  const prototype: unknown = Object.getPrototypeOf(value)
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false
  return Object.values(Object.freeze(value)).every(freezeAll)
}
