/** How many bytes a value of a model is likely to take: a guess, before it is known. */
import type { Node } from '../node.ts'

const STRING = 20
/** What may hold anything. */
const UNKNOWN = 100
const ITEMS = 4

export function estimateBytes(node: Node, entered: ReadonlySet<Node> = new Set()): number {
  if (entered.has(node)) return 0
  const inside = new Set(entered).add(node)
  const estimate = (inner: Node) => estimateBytes(inner, inside)
  switch (node.kind) {
    case 'string':
      return Math.max(node.minLength ?? 0, Math.min(node.maxLength ?? STRING, STRING)) + 2
    case 'number':
    case 'null':
    case 'boolean':
      return 5
    case 'bigint':
      return 12
    case 'date':
      return 26
    case 'literal':
      return 10
    case 'undefined':
      return 0
    case 'object':
      return node.properties.reduce((sum, property) => sum + property.name.length + 4 + estimate(property.node), 2)
    case 'array':
    case 'set':
      return ITEMS * estimate(node.items)
    case 'tuple':
      return node.items.reduce((sum, item) => sum + estimate(item), 2)
    case 'record':
    case 'map':
      return ITEMS * (STRING + estimate(node.value))
    case 'union':
      return node.options.reduce((most, option) => Math.max(most, estimate(option)), 0)
    case 'intersection':
      return estimate(node.left) + estimate(node.right)
    case 'optional':
    case 'nullable':
    case 'default':
      return estimate(node.inner)
    case 'reference':
      return estimate(node.target())
    case 'codec':
      return estimate(node.wire)
    case 'island':
      return node.output === undefined ? UNKNOWN : estimate(node.output)
    default:
      return UNKNOWN
  }
}
