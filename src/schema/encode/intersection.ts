/** Two models that one value must fulfil: two objects are one object with both their properties. */
import type { IntersectionNode, Node, ObjectNode, Property } from '../node.ts'
import { assign, isPlainObject } from './read.ts'

const merged = new WeakMap<IntersectionNode, ObjectNode | undefined>()

/** One object node for an intersection of objects, else `undefined`. */
export function mergeObjects(node: IntersectionNode): ObjectNode | undefined {
  if (merged.has(node)) return merged.get(node)
  merged.set(node, undefined)
  const left = objectOf(node.left)
  const right = objectOf(node.right)
  const result = left !== undefined && right !== undefined ? merge(left, right) : undefined
  merged.set(node, result)
  return result
}

function objectOf(node: Node): ObjectNode | undefined {
  if (node.kind === 'object') return node
  if (node.kind === 'intersection') return mergeObjects(node)
  return node.kind === 'reference' ? objectOf(node.target()) : undefined
}

function merge(left: ObjectNode, right: ObjectNode): ObjectNode {
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

/** What one side declares must also fulfil what the other side asks of its undeclared properties. */
function held(property: Property, other: ObjectNode): Property {
  const { additional } = other
  const isDeclared = other.properties.some(({ name }) => name === property.name)
  if (isDeclared || typeof additional === 'string') return property
  return { ...property, node: intersect(property.node, additional) }
}

/** A key is refused only where both sides refuse it, as zod has it. */
function mergeAdditional(left: ObjectNode['additional'], right: ObjectNode['additional']): ObjectNode['additional'] {
  if (typeof left !== 'string') return typeof right === 'string' ? left : intersect(left, right)
  if (typeof right !== 'string') return right
  return left === 'refuse' && right === 'refuse' ? 'refuse' : 'drop'
}

/** What the other side says about a value is all that `any` lets through. */
function intersect(left: Node, right: Node): Node {
  if (left === right || right.kind === 'any') return left
  return left.kind === 'any' ? right : { kind: 'intersection', left, right }
}

export const UNMERGEABLE: unique symbol = Symbol('unmergeable')

/** One value of what two models left of it. */
export function mergeValues(left: unknown, right: unknown): unknown {
  if (Object.is(left, right)) return left
  if (left instanceof Date && right instanceof Date && left.getTime() === right.getTime()) return left
  if (Array.isArray(left) && Array.isArray(right)) return mergeArrays(left, right)
  if (!isPlainObject(left) || !isPlainObject(right)) return UNMERGEABLE
  const result: Record<string, unknown> = {}
  for (const name of Object.keys(left)) assign(result, name, left[name])
  for (const name of Object.keys(right)) {
    const value = Object.hasOwn(left, name) ? mergeValues(left[name], right[name]) : right[name]
    if (value === UNMERGEABLE) return UNMERGEABLE
    assign(result, name, value)
  }
  return result
}

function mergeArrays(left: readonly unknown[], right: readonly unknown[]): unknown {
  if (left.length !== right.length) return UNMERGEABLE
  const result = left.map((value, index) => mergeValues(value, right[index]))
  return result.includes(UNMERGEABLE) ? UNMERGEABLE : result
}
