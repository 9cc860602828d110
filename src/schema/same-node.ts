/** Compares two models for the OpenAPI document. Their code, such as refinements and codecs, is ignored. */
import type { Node } from './node.ts'

type Members = Readonly<Record<string, unknown>>

/** Ignores the annotations of the models themselves, but not those of their parts. */
export function isSameModel(one: Node, other: Node): boolean {
  return isSame({ ...one, annotations: undefined }, { ...other, annotations: undefined }, new Map())
}

/** `assumed`: pairs that are being compared, which a recursive model contains again. */
function isSame(one: unknown, other: unknown, assumed: Map<unknown, unknown>): boolean {
  if (Object.is(one, other)) return true
  if (typeof one === 'function' || typeof other === 'function') return typeof one === typeof other
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false
  if (assumed.get(one) === other) return true
  assumed.set(one, other)
  if (one instanceof RegExp) return other instanceof RegExp && one.source === other.source && one.flags === other.flags
  if (one instanceof Date) return other instanceof Date && one.getTime() === other.getTime()
  const [left, right] = [toMembers(one), toMembers(other)]
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((name) => isSame(left[name], right[name], assumed))
}

/** The members to compare: without the schema of a library, and with lazy parts and defaults replaced by their values. */
function toMembers(value: object): Members {
  const { schema: _schema, reason: _reason, ...members } = value as Members & Partial<Record<'schema' | 'reason', unknown>>
  if (members['kind'] === 'reference') return { ...members, target: (members['target'] as () => Node)() }
  if (members['kind'] === 'default') return { ...members, value: (members['value'] as () => unknown)() }
  return members
}
