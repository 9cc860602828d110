/** Turns intersections into JSON Schema. Closed objects are merged, because `allOf` of two would accept nothing (JSON Schema core §10.3.2.3). */
import { mergeIntersection } from '../intersection.ts'
import type { IntersectionNode, Node, ObjectNode } from '../node.ts'
import type { JSONSchema } from './keywords.ts'

export function fromIntersection(node: IntersectionNode, toSchema: (node: Node) => JSONSchema): JSONSchema {
  const { left, right } = node
  if (!isClosed(left) && !isClosed(right)) return { allOf: [toSchema(left), toSchema(right)] }
  const merged = mergeIntersection(node)
  if (merged !== node) return toSchema(merged)
  // A key is refused only if both sides refuse it, and only objects refuse keys.
  return { allOf: [toSchema(opened(left)), toSchema(opened(right))] }
}

function isClosed(node: Node): boolean {
  if (node.kind === 'reference') return isClosed(node.target())
  if (node.kind === 'intersection') return isClosed(node.left) || isClosed(node.right)
  if (node.kind === 'union') return node.options.some(isClosed)
  return node.kind === 'object' && node.additional === 'refuse'
}

function opened(node: Node): Node {
  if (node.kind === 'reference') return isClosed(node) ? opened(node.target()) : node
  if (node.kind === 'intersection') return { ...node, left: opened(node.left), right: opened(node.right) }
  if (node.kind !== 'object' || node.additional !== 'refuse') return node
  const { properties } = node
  return { kind: 'object', properties, additional: 'drop' } satisfies ObjectNode
}
