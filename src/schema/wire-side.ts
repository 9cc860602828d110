/** Whether a value is an object or an array in JSON. */
import type { MapNode, Node } from './node.ts'
import { unwrap } from './walk-node.ts'

const STRUCTURES: ReadonlySet<Node['kind']> = new Set(['object', 'record', 'tuple', 'map'] as const)

/** Whether a map is an object on the wire. Otherwise it is an array of pairs. */
export function hasTextKeys({ key }: Pick<MapNode, 'key'>): boolean {
  return key.kind === 'string'
}

/** Whether it is a structure, which text can represent only as JSON. A list of structures has one text for each item. */
export function isPart(node: Node): boolean {
  const inner = unwrap(node)
  if (inner.kind === 'array' || inner.kind === 'set') return isPart(inner.items)
  if (inner.kind === 'union') return inner.options.some(isPart)
  return inner.kind === 'intersection' ? isPart(inner.left) : STRUCTURES.has(inner.kind)
}
