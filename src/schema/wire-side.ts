/** What of a model travels: the node inside wrappers, on the wire's side of codecs. */
import type { Node } from './node.ts'

/** What stands inside wrappers, on the wire's side. */
export function unwrap(node: Node): Node {
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return unwrap(node.inner)
    case 'reference':
      return unwrap(node.target())
    case 'codec':
      return unwrap(node.wire)
    case 'island':
      return node.input === undefined ? node : unwrap(node.input)
    default:
      return node
  }
}

/** Is it a structure, which text can only hold as JSON? A list of such has one text for each item. */
export function isPart(node: Node): boolean {
  const inner = unwrap(node)
  switch (inner.kind) {
    case 'object':
    case 'record':
    case 'tuple':
    case 'map':
      return true
    case 'array':
    case 'set':
      return isPart(inner.items)
    case 'union':
      return inner.options.some(isPart)
    case 'intersection':
      return isPart(inner.left)
    default:
      return false
  }
}
