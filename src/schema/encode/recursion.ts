/** Which references lead back to themselves: only those can make a value endless. */
import type { Node, ReferenceNode } from '../node.ts'

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
    return partsOf(node).some((part) => part === goal || visit(part))
  }
  return visit(start)
}

/** All that an encoder may enter from a node, on both sides of codecs and islands. */
function partsOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'object':
      return [...node.properties.map((property) => property.node), ...(typeof node.additional === 'string' ? [] : [node.additional])]
    case 'array':
    case 'set':
      return [node.items]
    case 'tuple':
      return [...node.items, ...(node.rest === undefined ? [] : [node.rest])]
    case 'record':
    case 'map':
      return [node.key, node.value]
    case 'union':
      return node.options
    case 'intersection':
      return [node.left, node.right]
    case 'optional':
    case 'nullable':
    case 'default':
      return [node.inner]
    case 'reference':
      return [node.target()]
    case 'codec':
      return [node.domain, node.wire]
    case 'island':
      return node.output === undefined ? [] : [node.output]
    default:
      return []
  }
}

/** Looks at each node below, and at the node itself, once. */
export function everyNode(root: Node): ReadonlySet<Node> {
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const part of partsOf(node)) visit(part)
  }
  visit(root)
  return seen
}
