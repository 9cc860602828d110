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
  if (left.kind === 'optional' || right.kind === 'optional') return mergeOptional(left, right)
  const [options, others] = [optionsOf(left), optionsOf(right)]
  if (options !== undefined) return distribute(options, (option) => merge(option, right))
  if (others !== undefined) return distribute(others, (option) => merge(left, option))
  if (left.kind === 'null' || right.kind === 'null') return left.kind === right.kind ? left : { kind: 'never' }
  if (isChecked(left) || isChecked(right)) return mergeChecked(left, right)
  if (left.kind === 'record' && right.kind === 'record') return mergeRecords(left, right)
  const [one, other] = [toObject(left), toObject(right)]
  return one === undefined || other === undefined ? undefined : mergeObjects(one, other)
}

/** Only if both sides may be absent, their intersection may. */
function mergeOptional(left: Node, right: Node): Node | undefined {
  const [one, other] = [left, right].map((side) => resolve(side.kind === 'optional' ? side.inner : side))
  const inner = merge(one!, other!)
  if (inner === undefined || left.kind !== 'optional' || right.kind !== 'optional') return inner
  return { kind: 'optional', inner, exact: left.exact || right.exact }
}

function optionsOf(node: Node): UnionNode | undefined {
  return node.kind === 'nullable' ? { kind: 'union', options: [node.inner, { kind: 'null' }] } : node.kind === 'union' ? node : undefined
}

/** A value of `A & (B | C)` is one of `A & B` or of `A & C`. */
function distribute(union: UnionNode, mergeOption: (option: Node) => Node | undefined): Node | undefined {
  const merged = union.options.map((option) => mergeOption(resolve(option)))
  if (!merged.every((option) => option !== undefined)) return undefined
  const options = merged.filter(({ kind }) => kind !== 'never')
  return options.length === 1 ? options[0] : { ...union, options }
}

interface Checked {
  readonly bare: Node
  readonly checks: readonly Node[]
}

/** Merged objects with checks beside them. */
const checked = new WeakMap<Node, Checked>()

function isChecked(node: Node): boolean {
  return node.kind === 'island' || checked.has(node)
}

/** Checks that are code see only the properties of their own side, so they stay beside the merged closed object. */
function mergeChecked(left: Node, right: Node): Node | undefined {
  if (!isClosed(left) && !isClosed(right)) return undefined
  const [one, other] = [withoutChecks(left), withoutChecks(right)]
  if (isChecked(one.bare) || isChecked(other.bare)) return undefined
  const bare = merge(one.bare, other.bare)
  if (bare === undefined) return undefined
  const checks = [...one.checks, ...other.checks]
  const node = checks.reduce(separate, bare)
  checked.set(node, { bare, checks })
  return node
}

function withoutChecks(node: Node): Checked {
  const known = checked.get(node)
  if (known !== undefined) return known
  if (node.kind !== 'island' || node.base === undefined) return { bare: node, checks: [] }
  const { bare, checks } = withoutChecks(resolve(node.base))
  return { bare, checks: [...checks, opened(node)] }
}

/** An intersection whose sides are compiled separately, each with its own refusals. */
function separate(left: Node, right: Node): IntersectionNode {
  const node: IntersectionNode = { kind: 'intersection', left, right, isSeparate: true }
  merged.set(node, node)
  return node
}

/** Whether an object of the node refuses undeclared keys. */
export function isClosed(node: Node): boolean {
  if (node.kind === 'reference') return isClosed(node.target())
  if (node.kind === 'nullable' || node.kind === 'optional') return isClosed(node.inner)
  if (node.kind === 'intersection') return isClosed(node.left) || isClosed(node.right)
  if (node.kind === 'union') return node.options.some(isClosed)
  if (node.kind === 'island') return node.base !== undefined && isClosed(node.base)
  return node.kind === 'object' && node.additional === 'refuse'
}

/** The node without the refusal of undeclared keys. */
export function opened(node: Node): Node {
  if (!isClosed(node)) return node
  if (node.kind === 'reference') return opened(node.target())
  if (node.kind === 'nullable' || node.kind === 'optional') return { ...node, inner: opened(node.inner) }
  if (node.kind === 'intersection') return { kind: 'intersection', left: opened(node.left), right: opened(node.right) }
  if (node.kind === 'union') return { ...node, options: node.options.map(opened) }
  if (node.kind === 'island') return { ...node, base: opened(node.base!), input: opened(node.input!), output: opened(node.output!) }
  return node.kind === 'object' ? { kind: 'object', properties: node.properties, additional: 'drop' } : node
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

/** zod merges the refused keys of the outermost objects only, so a closed object inside refuses the keys of the other side. */
function createPair(left: Node, right: Node): Node {
  if (!refers(left) && !refers(right)) return pairOf(left, right)
  let target: Node | undefined
  return { kind: 'reference', target: () => (target ??= resolve(pairOf(left, right))) }
}

function pairOf(left: Node, right: Node): IntersectionNode {
  return isClosed(left) || isClosed(right) ? separate(left, right) : { kind: 'intersection', left, right }
}

/** Whether it may contain itself without a list or an object between. */
function refers(node: Node): boolean {
  if (node.kind === 'optional' || node.kind === 'nullable' || node.kind === 'default') return refers(node.inner)
  return node.kind === 'reference' || (node.kind === 'union' && node.options.some(refers))
}
