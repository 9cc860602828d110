/** Which references lead back to themselves: only those can make a value arbitrarily deep. */
import type { Node, ReferenceNode } from '../../node.ts'
import { innerOf } from '../../walk-node.ts'

const known = new WeakMap<ReferenceNode, boolean>()

export function isRecursive(reference: ReferenceNode): boolean {
  let recursive = known.get(reference)
  if (recursive === undefined) known.set(reference, (recursive = reaches(reference.target(), reference.target())))
  return recursive
}

/** Is `goal` somewhere below `start`? */
function reaches(start: Node, goal: Node): boolean {
  const seen = new Set<Node>()
  const visit = (node: Node): boolean => {
    if (seen.has(node)) return node === goal
    seen.add(node)
    return innerOf(node, 'out').some((part) => part === goal || visit(part))
  }
  return visit(start)
}
