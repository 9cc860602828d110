/** Looks through all of a node, each part once, also where it is recursive. */
import type { Node } from './node.ts'

/** Which side of codecs and islands is looked at: what comes in, or what an encoder may enter. */
export type Side = 'in' | 'out'

/** The node itself and all below it, each once. */
export function everyNode(root: Node, side: Side): ReadonlySet<Node> {
  const seen = new Set<Node>()
  const visit = (node: Node): void => {
    if (seen.has(node)) return
    seen.add(node)
    for (const inner of innerOf(node, side)) visit(inner)
  }
  visit(root)
  return seen
}

/** The nodes directly inside. */
export function innerOf(node: Node, side: Side): readonly Node[] {
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
      return side === 'in' ? [node.wire] : [node.domain, node.wire]
    case 'island': {
      const known = side === 'in' ? node.input : node.output
      return known === undefined ? [] : [known]
    }
    default:
      return []
  }
}

/** Does something inside refer back to the node itself? */
export function isRecursive(node: Node): boolean {
  const seen = new Set<Node>()
  const leadsBack = (one: Node): boolean => {
    if (one.kind === 'reference' && one.target() === node) return true
    if (seen.has(one)) return false
    seen.add(one)
    return innerOf(one, 'in').some(leadsBack) || (one.kind === 'island' && one.output !== undefined && leadsBack(one.output))
  }
  return leadsBack(node)
}
