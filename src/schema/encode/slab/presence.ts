/** How generated code finds out that a value will not be on the wire. */
import type { Node } from '../../node.ts'
import { hasDefault, mayVanish } from '../plan/presence.ts'

/**
 * `always`: every accepted value is written; `unless undefined`: all but `undefined` are;
 * `by result`: only the finished JSON shows it.
 */
export type Presence = 'always' | 'unless undefined' | 'by result'

export function presenceOf(node: Node): Presence {
  if (!mayVanish(node)) return 'always'
  return isAbsentIfUndefined(node) ? 'unless undefined' : 'by result'
}

function isAbsentIfUndefined(node: Node): boolean {
  switch (node.kind) {
    case 'undefined':
    case 'literal':
      return true
    case 'optional':
      return !hasDefault(node.inner) && isSettled(node.inner)
    case 'nullable':
      return isSettled(node.inner)
    case 'union':
      return node.options.every((option) => !hasDefault(option) && isSettled(option))
    default:
      return false
  }
}

function isSettled(node: Node): boolean {
  return !mayVanish(node) || isAbsentIfUndefined(node)
}
