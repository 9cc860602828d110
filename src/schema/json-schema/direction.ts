/** The two directions of a model, and what each leaves out. */
import type { IslandNode, Node } from '../node.ts'
import { everyNode } from '../walk-node.ts'

/** `input` is what a client sends: a value with a default may be absent. `output` is what a client gets: the default is filled in. */
export type Direction = 'input' | 'output'

/** The form of an island in one direction. Where only its output is known, a client that sends that form is understood. */
export function sideOf({ input, output }: IslandNode, direction: Direction): Node | undefined {
  return direction === 'output' ? output : (input ?? output)
}

/** Does a value travel in the same form both ways? A transform has no way back. */
export function isSymmetric(node: Node): boolean {
  return [...everyNode(node, 'out')].every((inner) => inner.kind !== 'island' || sideOf(inner, 'input') === sideOf(inner, 'output'))
}

/** Is a missing value accepted, or on the way out possible? */
export function mayBeAbsent(node: Node, direction: Direction): boolean {
  switch (node.kind) {
    case 'any':
    case 'undefined':
    case 'optional':
      return true
    case 'default':
      return direction === 'input'
    case 'nullable':
      return mayBeAbsent(node.inner, direction)
    case 'reference':
      return mayBeAbsent(node.target(), direction)
    case 'codec':
      return mayBeAbsent(node.wire, direction)
    case 'literal':
      return node.values.includes(undefined)
    case 'union':
      return node.options.some((option) => mayBeAbsent(option, direction))
    case 'intersection':
      return mayBeAbsent(node.left, direction) && mayBeAbsent(node.right, direction)
    case 'island': {
      const side = sideOf(node, direction)
      return side !== undefined && mayBeAbsent(side, direction)
    }
    default:
      return false
  }
}

/** Is a default on the wire whenever its value was missing? */
export function isFilledIn(node: Node): boolean {
  if (node.kind === 'nullable') return isFilledIn(node.inner)
  if (node.kind === 'reference') return isFilledIn(node.target())
  return node.kind === 'default' || (node.kind === 'island' && node.output !== undefined && !mayBeAbsent(node.output, 'output'))
}
