/** Merges the two models of an intersection into one: two objects become an object with the properties of both. */
import type { IntersectionNode, Node, ObjectNode, Property, RecordNode, UnionNode } from './node.ts'

const merged = new WeakMap<IntersectionNode, Node>()

/** An equivalent object, record or union; the intersection itself if there is no such node. */
export function mergeIntersection(node: IntersectionNode): Node {
  let result = merged.get(node)
  if (result === undefined) {
    merged.set(node, node)
    result = merge(resolve(node.left), resolve(node.right)) ?? node
    merged.set(node, result)
  }
  return result
}

function resolve(node: Node): Node {
  if (node.kind === 'reference') return resolve(node.target())
  return node.kind === 'intersection' ? mergeIntersection(node) : node
}

function merge(left: Node, right: Node): Node | undefined {
  if (left.kind === 'union') return distribute(left, (option) => merge(option, right))
  if (right.kind === 'union') return distribute(right, (option) => merge(left, option))
  if (left.kind === 'record' && right.kind === 'record') return mergeRecords(left, right)
  const [one, other] = [toObject(left), toObject(right)]
  return one === undefined || other === undefined ? undefined : mergeObjects(one, other)
}

/** A value of `A & (B | C)` is one of `A & B` or of `A & C`. */
function distribute(union: UnionNode, mergeOption: (option: Node) => Node | undefined): Node | undefined {
  const options = union.options.map((option) => mergeOption(resolve(option)))
  return options.every((option) => option !== undefined) ? { ...union, options } : undefined
}

function mergeRecords(left: RecordNode, right: RecordNode): RecordNode | undefined {
  if (!isAnyText(left.key) || !isAnyText(right.key)) return undefined
  return { kind: 'record', key: left.key, value: intersect(left.value, right.value) }
}

/** A record of any keys is an object that declares none. */
function toObject(node: Node): ObjectNode | undefined {
  if (node.kind === 'object') return node
  return node.kind === 'record' && isAnyText(node.key) ? { kind: 'object', properties: [], additional: node.value } : undefined
}

/** Whether the model accepts every text. */
export function isAnyText(node: Node): boolean {
  if (node.kind !== 'string') return false
  const { minLength = 0, maxLength, format, patterns, check } = node
  return minLength === 0 && maxLength === undefined && format === undefined && patterns.length === 0 && check === undefined
}

function mergeObjects(left: ObjectNode, right: ObjectNode): ObjectNode {
  const properties = new Map<string, Property>()
  for (const property of left.properties) properties.set(property.name, held(property, right))
  for (const property of right.properties) {
    const twin = properties.get(property.name)
    properties.set(property.name, twin === undefined ? held(property, left) : both(twin, property))
  }
  return { kind: 'object', properties: [...properties.values()], additional: mergeAdditional(left.additional, right.additional) }
}

function both(left: Property, right: Property): Property {
  return { name: left.name, node: intersect(left.node, right.node), required: left.required || right.required }
}

/** A property that only one side declares must also satisfy the other side's model of undeclared properties. */
function held(property: Property, { properties, additional }: ObjectNode): Property {
  if (typeof additional === 'string' || properties.some(({ name }) => name === property.name)) return property
  return { ...property, node: holdPresent(property.node, additional) }
}

/** Adds the model of undeclared properties to a property. It does not apply if the property is absent. */
function holdPresent(node: Node, additional: Node): Node {
  if (node.kind === 'optional' || node.kind === 'default') return { ...node, inner: holdPresent(node.inner, additional) }
  return intersect(node, additional)
}

/** A key is refused only if both sides refuse it, as in zod. */
function mergeAdditional(left: ObjectNode['additional'], right: ObjectNode['additional']): ObjectNode['additional'] {
  if (typeof left !== 'string') return typeof right === 'string' ? left : intersect(left, right)
  if (typeof right !== 'string') return right
  return left === 'refuse' && right === 'refuse' ? 'refuse' : 'drop'
}

/** Caches the merged node of each pair of nodes, so that merging a recursive model ends. */
const pairs = new WeakMap<Node, WeakMap<Node, Node>>()

/** `any` on one side adds no constraint to the other side. */
function intersect(left: Node, right: Node): Node {
  if (left === right || right.kind === 'any') return left
  if (left.kind === 'any') return right
  let others = pairs.get(left)
  if (others === undefined) pairs.set(left, (others = new WeakMap()))
  let pair = others.get(right)
  if (pair === undefined) others.set(right, (pair = createPair(left, right)))
  return pair
}

function createPair(left: Node, right: Node): Node {
  const pair: IntersectionNode = { kind: 'intersection', left, right }
  if (left.kind !== 'reference' && right.kind !== 'reference') return pair
  return { kind: 'reference', target: () => mergeIntersection(pair) }
}
