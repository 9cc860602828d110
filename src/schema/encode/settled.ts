/** A model of values that its library has made already: where it would transform once more, they are only filtered. */
import type { Node } from '../node.ts'
import { everyNode } from '../walk-node.ts'

const settled = new WeakMap<Node, Node>()

/** The same node without its islands: each is what it gives. */
export function settle(node: Node): Node {
  let made = settled.get(node)
  if (made === undefined) {
    made = [...everyNode(node, 'out')].some(({ kind }) => kind === 'island') ? rebuild(node) : node
    settled.set(node, made)
  }
  return made
}

function rebuild(node: Node): Node {
  switch (node.kind) {
    case 'island':
      return node.output === undefined ? { kind: 'any' } : settle(node.output)
    case 'object': {
      const { additional } = node
      const properties = node.properties.map((property) => ({ ...property, node: settle(property.node) }))
      return { ...node, properties, additional: typeof additional === 'string' ? additional : settle(additional) }
    }
    case 'array':
    case 'set':
      return { ...node, items: settle(node.items) }
    case 'tuple':
      return { ...node, items: node.items.map(settle), ...(node.rest === undefined ? {} : { rest: settle(node.rest) }) }
    case 'record':
    case 'map':
      return { ...node, key: settle(node.key), value: settle(node.value) }
    case 'union':
      return { ...node, options: node.options.map(settle) }
    case 'intersection':
      return { ...node, left: settle(node.left), right: settle(node.right) }
    case 'optional':
    case 'nullable':
    case 'default':
      return { ...node, inner: settle(node.inner) }
    case 'reference':
      return { ...node, target: () => settle(node.target()) }
    case 'codec':
      return { ...node, domain: settle(node.domain) }
    default:
      return node
  }
}
