/** The two directions of a model, and what each leaves out. */
import type { IslandNode, Node } from '../node.ts'
import { presenceOf } from '../presence.ts'
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
  const { isOptionalInRequest, isOptionalInResponse } = presenceOf(node)
  return direction === 'input' ? isOptionalInRequest : isOptionalInResponse
}

/** Is a default on the wire whenever its value was missing? */
export function isFilledIn(node: Node): boolean {
  if (node.kind === 'nullable') return isFilledIn(node.inner)
  if (node.kind === 'reference') return isFilledIn(node.target())
  return node.kind === 'default' || (node.kind === 'island' && node.output !== undefined && !mayBeAbsent(node.output, 'output'))
}
