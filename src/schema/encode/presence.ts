/** Where a node may leave nothing on the wire, and which properties its value may have. */
import type { Node, Property, TupleNode } from '../node.ts'
import { mergeObjects } from './intersection.ts'

/** May a value of this node be absent from the object that holds it? */
function admitsAbsence(node: Node, entered: ReadonlySet<Node> = new Set()): boolean {
  if (entered.has(node)) return false
  const inside = new Set(entered).add(node)
  switch (node.kind) {
    case 'undefined':
    case 'optional':
      return true
    case 'literal':
      return node.values.includes(undefined)
    case 'nullable':
      return admitsAbsence(node.inner, inside)
    case 'union':
      return node.options.some((option) => admitsAbsence(option, inside))
    case 'intersection':
      return admitsAbsence(node.left, inside) && admitsAbsence(node.right, inside)
    case 'reference':
      return admitsAbsence(node.target(), inside)
    case 'codec':
      return admitsAbsence(node.wire, inside)
    case 'island':
      return node.output !== undefined && admitsAbsence(node.output, inside)
    default:
      return false
  }
}

/** May JSON of this node's accepted value be nothing after all? Then an object must look before it promises the property. */
export function mayVanish(node: Node, entered: ReadonlySet<Node> = new Set()): boolean {
  if (entered.has(node)) return false
  const inside = new Set(entered).add(node)
  switch (node.kind) {
    case 'any':
      return true
    case 'nullable':
    case 'default':
      return mayVanish(node.inner, inside)
    case 'union':
      return node.options.some((option) => mayVanish(option, inside))
    case 'intersection':
      return mayVanish(node.left, inside) || mayVanish(node.right, inside)
    case 'reference':
      return mayVanish(node.target(), inside)
    case 'codec':
      return mayVanish(node.wire, inside)
    case 'island':
      return node.output === undefined || mayVanish(node.output, inside)
    default:
      return admitsAbsence(node)
  }
}

/** Must the property be on the wire, and can only the finished value tell whether it is? */
export function isPromised({ node, required }: Property): boolean {
  return (required || hasDefault(node)) && !admitsAbsence(node) && mayVanish(node)
}

/** The names of the properties that a node declares, through all that stands around it. */
export function declaredNames(node: Node, entered: ReadonlySet<Node> = new Set()): readonly string[] {
  if (entered.has(node)) return []
  const inside = new Set(entered).add(node)
  switch (node.kind) {
    case 'object':
      return node.properties.map(({ name }) => name)
    case 'optional':
    case 'nullable':
    case 'default':
      return declaredNames(node.inner, inside)
    case 'reference':
      return declaredNames(node.target(), inside)
    case 'intersection':
      return mergeObjects(node)?.properties.map(({ name }) => name) ?? []
    case 'codec':
      return declaredNames(node.domain, inside)
    case 'island': {
      const form = node.input ?? node.output
      return form === undefined ? [] : declaredNames(form, inside)
    }
    default:
      return []
  }
}

/** How many items a tuple must have: the last ones may be optional or have defaults. */
export function requiredItems({ items }: TupleNode): number {
  return items.findLastIndex((item) => !admitsAbsence(item) && !hasDefault(item)) + 1
}

/** Does a default fill the gap, where one is optional as well? */
export function hasDefault(node: Node): boolean {
  if (node.kind === 'default') return true
  return (node.kind === 'optional' || node.kind === 'nullable') && hasDefault(node.inner)
}
