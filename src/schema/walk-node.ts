/** Looks through all of a node, each part once, also where it is recursive. */
import type { Node } from './node.ts'

export function kindsIn(root: Node): ReadonlySet<Node['kind']> {
  const seen = new Set<Node>()
  const kinds = new Set<Node['kind']>()
  const visit = (one: Node): void => {
    if (seen.has(one)) return
    seen.add(one)
    kinds.add(one.kind)
    for (const inner of innerOf(one)) visit(inner)
  }
  visit(root)
  return kinds
}

/** The nodes directly inside, as they travel: of a codec its wire side, of an island what comes in. */
function innerOf(node: Node): readonly Node[] {
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
      return [node.wire]
    case 'island':
      return node.input === undefined ? [] : [node.input]
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
    return innerOf(one).some(leadsBack) || (one.kind === 'island' && one.output !== undefined && leadsBack(one.output))
  }
  return leadsBack(node)
}
