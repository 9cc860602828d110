/** Estimates the bytes of a value from its model, before an answer was seen. */
import type { Node } from '../../node.ts'

const STRING = 20
/** A value of `any`. */
const UNKNOWN = 100
const ITEMS = 4

const NONE: ReadonlySet<Node> = new Set()

/** `entered`: the references on the way to the node: a recursive model returns to itself through one of them. */
export function estimateBytes(node: Node, entered: ReadonlySet<Node> = NONE): number {
  const estimate = (inner: Node) => estimateBytes(inner, entered)
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
      return entered.has(node) ? 0 : estimateBytes(node.target(), new Set(entered).add(node))
    case 'codec':
      return estimate(node.wire)
    case 'island':
      return node.output === undefined ? UNKNOWN : estimate(node.output)
    default:
      return UNKNOWN
  }
}
