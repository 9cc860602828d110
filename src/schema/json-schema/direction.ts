/** The two directions of a model, request and response, and what may be absent in each. */
import type { IslandNode, Node } from '../node.ts'
import { presenceOf } from '../presence.ts'
import { everyNode } from '../walk-node.ts'

/** `input` is what a client sends: a value with a default may be absent. `output` is what a client receives: the default is filled in. */
export type Direction = 'input' | 'output'

/** The node of an island in one direction. If only its output is known, that is also used for its input. */
export function sideOf({ input, output }: IslandNode, direction: Direction): Node | undefined {
  return direction === 'output' ? output : (input ?? output)
}

/** Whether a value has the same form in both directions. That of a transform differs. */
export function isSymmetric(node: Node): boolean {
  return [...everyNode(node, 'out')].every((inner) => inner.kind !== 'island' || sideOf(inner, 'input') === sideOf(inner, 'output'))
}

/** Whether the value may be missing in a request or in a response. */
export function mayBeAbsent(node: Node, direction: Direction): boolean {
  const { isOptionalInRequest, isOptionalInResponse } = presenceOf(node)
  return direction === 'input' ? isOptionalInRequest : isOptionalInResponse
}

/** Whether a missing value is always replaced by a default in the response. */
export function isFilledIn(node: Node): boolean {
  if (node.kind === 'nullable') return isFilledIn(node.inner)
  if (node.kind === 'reference') return isFilledIn(node.target())
  return node.kind === 'default' || (node.kind === 'island' && node.output !== undefined && !mayBeAbsent(node.output, 'output'))
}
