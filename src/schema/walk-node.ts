/** Walks through a node and its parts, each part once, also in a recursive model, and tells whether a value is an object or an array in JSON. */
import { mergeIntersection } from './intersection.ts'
import type { LeafNode, Node, MapNode } from './node.ts'

/** Which side of codecs and islands is walked: the input, or the output that an encoder writes. */
export type Side = 'in' | 'out'

const LEAVES: Readonly<Record<LeafNode['kind'], true>> = {
  any: true,
  null: true,
  undefined: true,
  never: true,
  boolean: true,
  number: true,
  bigint: true,
  string: true,
  date: true,
  url: true,
  bytes: true,
  file: true,
  literal: true,
}

export function isLeaf(node: Node): node is LeafNode {
  return node.kind in LEAVES
}

/** The node itself and all nodes inside it, each once. */
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

/** A node directly inside of another one. */
interface Edge {
  readonly node: Node
  /** Its step in a path: the name of a property, an index of a tuple, or `[]` for all items. Absent if it has the same path as the outer node. */
  readonly step?: string
}

const EACH = '[]'

export function edgesOf(node: Node, side: Side): readonly Edge[] {
  if (isLeaf(node)) return []
  switch (node.kind) {
    case 'object':
      return [
        ...node.properties.map((property) => ({ node: property.node, step: property.name })),
        ...(typeof node.additional === 'string' ? [] : [{ node: node.additional, step: EACH }]),
      ]
    case 'array':
    case 'set':
      return [{ node: node.items, step: EACH }]
    case 'tuple':
      return [
        ...node.items.map((item, index) => ({ node: item, step: String(index) })),
        ...(node.rest === undefined ? [] : [{ node: node.rest, step: EACH }]),
      ]
    case 'record':
    case 'map':
      return [{ node: node.key }, { node: node.value, step: EACH }]
    case 'union':
      return node.options.map((option) => ({ node: option }))
    case 'intersection': {
      const merged = side === 'in' ? node : mergeIntersection(node)
      return merged === node ? [{ node: node.left }, { node: node.right }] : [{ node: merged }]
    }
    case 'optional':
    case 'nullable':
    case 'default':
      return [{ node: node.inner }]
    case 'reference':
      return [{ node: node.target() }]
    case 'codec':
      return side === 'in' ? [{ node: node.wire }] : [{ node: node.domain }, { node: node.wire }]
    case 'island': {
      const known = side === 'in' ? node.input : node.output
      return known === undefined ? [] : [{ node: known }]
    }
    default:
      return node satisfies never
  }
}

/** The form of a value: in the JSON of a request, in the program, or in the JSON of a response. */
export type Place = 'request' | 'program' | 'response'

/** The inner node of a wrapper. `undefined` for other nodes, and for an island whose inner node is not known. */
export function wrapped(node: Node, place: Place): Node | undefined {
  if (isLeaf(node)) return undefined
  switch (node.kind) {
    case 'optional':
    case 'nullable':
    case 'default':
      return node.inner
    case 'reference':
      return node.target()
    case 'codec':
      return place === 'program' ? node.domain : node.wire
    case 'island':
      return place === 'response' ? node.output : node.input
    case 'object':
    case 'array':
    case 'tuple':
    case 'record':
    case 'map':
    case 'set':
    case 'union':
    case 'intersection':
      return undefined
    default:
      return node satisfies never
  }
}

/** The node inside all wrappers; for a codec, its wire side. */
export function unwrap(node: Node): Node {
  const inner = wrapped(node, 'request')
  return inner === undefined ? node : unwrap(inner)
}

/** The models of one member of a JSON value: a property, an item of a list, an entry of a record. Empty if the node declares none. */
export function memberNodes(node: Node, step: string | number): readonly Node[] {
  if (node.kind === 'any') return [node]
  if (node.kind === 'object') {
    const property = node.properties.find(({ name }) => name === String(step))
    return property !== undefined ? [property.node] : typeof node.additional === 'string' ? [] : [node.additional]
  }
  const isIndex = typeof step === 'number'
  if ((node.kind === 'array' || node.kind === 'set') && !isIndex) return []
  // In JSON a map is an object, or a list of pairs.
  if (node.kind === 'map' && isIndex) return [{ kind: 'tuple', items: [node.key, node.value] }]
  const edges = edgesOf(node, 'in')
  const edge = edges.find((one) => one.step === String(step)) ?? edges.find((one) => one.step === EACH)
  return edge === undefined ? [] : [edge.node]
}

/** The nodes directly inside. */
export function innerOf(node: Node, side: Side): readonly Node[] {
  return edgesOf(node, side).map((edge) => edge.node)
}

/** A copy of the node with other inner nodes. A codec keeps its wire side, which is not a value in the program. */
export function mapInner(node: Node, change: (inner: Node) => Node): Node {
  if (isLeaf(node)) return node
  switch (node.kind) {
    case 'object': {
      const properties = node.properties.map((property) => ({ ...property, node: change(property.node) }))
      return { ...node, properties, additional: typeof node.additional === 'string' ? node.additional : change(node.additional) }
    }
    case 'array':
    case 'set':
      return { ...node, items: change(node.items) }
    case 'tuple':
      return { ...node, items: node.items.map((item) => change(item)), ...(node.rest === undefined ? {} : { rest: change(node.rest) }) }
    case 'record':
    case 'map':
      return { ...node, key: change(node.key), value: change(node.value) }
    case 'union':
      return { ...node, options: node.options.map((option) => change(option)) }
    case 'intersection':
      return { ...node, left: change(node.left), right: change(node.right) }
    case 'optional':
    case 'nullable':
    case 'default':
      return { ...node, inner: change(node.inner) }
    case 'reference':
      return { ...node, target: () => change(node.target()) }
    case 'codec':
      return { ...node, domain: change(node.domain) }
    case 'island':
      return node
    default:
      return node satisfies never
  }
}

/** Whether a part of the node refers back to the node itself. */
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

const STRUCTURES: ReadonlySet<Node['kind']> = new Set(['object', 'record', 'tuple', 'map'] as const)

/** Whether a map is an object on the wire. Otherwise it is an array of pairs. */
export function hasTextKeys({ key }: Pick<MapNode, 'key'>): boolean {
  return key.kind === 'string'
}

/** Whether it is a structure, which text can represent only as JSON. A list of structures has one text for each item. */
export function isPart(node: Node, entered: ReadonlySet<Node> = NONE): boolean {
  const inner = unwrap(node)
  if (entered.has(inner)) return false
  const inside = new Set(entered).add(inner)
  if (inner.kind === 'array' || inner.kind === 'set') return isPart(inner.items, inside)
  if (inner.kind === 'union') return inner.options.some((option) => isPart(option, inside))
  return inner.kind === 'intersection' ? isPart(inner.left, inside) : STRUCTURES.has(inner.kind)
}

const NONE: ReadonlySet<Node> = new Set()
