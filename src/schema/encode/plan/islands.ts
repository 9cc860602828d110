/** The parts of a model that are not compiled, with their reasons: for `app.contracts()`. */
import type { Node } from '../../node.ts'

export interface DescribedIsland {
  /** Names of properties; `[]` stands for the items of a list or the values of a record. */
  readonly path: readonly string[]
  readonly reason: string
}

export function findIslands(root: Node): readonly DescribedIsland[] {
  const found: DescribedIsland[] = []
  const seen = new Set<Node>()
  visit(root, [])
  return found

  function visit(node: Node, path: readonly string[]): void {
    if (seen.has(node)) return
    seen.add(node)
    switch (node.kind) {
      case 'island':
        found.push({ path, reason: node.reason })
        return
      case 'object':
        for (const property of node.properties) visit(property.node, [...path, property.name])
        if (typeof node.additional !== 'string') visit(node.additional, [...path, '[]'])
        return
      case 'array':
      case 'set':
        return visit(node.items, [...path, '[]'])
      case 'tuple':
        node.items.forEach((item, index) => visit(item, [...path, String(index)]))
        return node.rest === undefined ? undefined : visit(node.rest, [...path, '[]'])
      case 'record':
      case 'map':
        visit(node.key, path)
        return visit(node.value, [...path, '[]'])
      case 'union':
        return node.options.forEach((option) => visit(option, path))
      case 'intersection':
        visit(node.left, path)
        return visit(node.right, path)
      case 'optional':
      case 'nullable':
      case 'default':
        return visit(node.inner, path)
      case 'reference':
        return visit(node.target(), path)
      case 'codec':
        visit(node.domain, path)
        return visit(node.wire, path)
      default:
    }
  }
}
