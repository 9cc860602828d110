/** Where a node may leave nothing on the wire, and which properties its value may have. */
import type { Node, Property, TupleNode } from '../../node.ts'

/** The references that were entered on the way: a model comes back to itself through one only. */
type Entered = ReadonlySet<Node>

const NONE: Entered = new Set()

/** May a value of this node be absent from the object that holds it? */
function admitsAbsence(node: Node, entered: Entered = NONE): boolean {
  switch (node.kind) {
    case 'undefined':
    case 'optional':
      return true
    case 'literal':
      return node.values.includes(undefined)
    case 'nullable':
      return admitsAbsence(node.inner, entered)
    case 'union':
      return node.options.some((option) => admitsAbsence(option, entered))
    case 'intersection':
      return admitsAbsence(node.left, entered) && admitsAbsence(node.right, entered)
    case 'reference':
      return !entered.has(node) && admitsAbsence(node.target(), new Set(entered).add(node))
    case 'codec':
      return admitsAbsence(node.wire, entered)
    case 'island':
      return node.output !== undefined && admitsAbsence(node.output, entered)
    default:
      return false
  }
}

/** May JSON of this node's accepted value be nothing after all? Then an object must look before it promises the property. */
export function mayVanish(node: Node, entered: Entered = NONE): boolean {
  switch (node.kind) {
    case 'any':
      return true
    case 'nullable':
    case 'default':
      return mayVanish(node.inner, entered)
    case 'union':
      return node.options.some((option) => mayVanish(option, entered))
    case 'intersection':
      return mayVanish(node.left, entered) || mayVanish(node.right, entered)
    case 'reference':
      return !entered.has(node) && mayVanish(node.target(), new Set(entered).add(node))
    case 'codec':
      return mayVanish(node.wire, entered)
    case 'island':
      return node.output === undefined || mayVanish(node.output, entered)
    default:
      return admitsAbsence(node)
  }
}

/** Must the property be on the wire, and can only the finished value tell whether it is? */
export function isPromised({ node, required }: Property): boolean {
  return (required || hasDefault(node)) && !admitsAbsence(node) && mayVanish(node)
}

/** Is an object without any property refused anyway, because one of these must be there? */
export function requiresProperty(properties: readonly Property[]): boolean {
  return properties.some((property) => (isPromised(property) && !hasDefault(property.node)) || refusesUndefined(property.node))
}

function refusesUndefined(node: Node, entered: Entered = NONE): boolean {
  switch (node.kind) {
    case 'any':
    case 'undefined':
    case 'optional':
    case 'default':
      return false
    case 'literal':
      return !node.values.includes(undefined)
    case 'nullable':
      return refusesUndefined(node.inner, entered)
    case 'union':
      return node.options.every((option) => refusesUndefined(option, entered))
    case 'intersection':
      return refusesUndefined(node.left, entered) || refusesUndefined(node.right, entered)
    case 'reference':
      return !entered.has(node) && refusesUndefined(node.target(), new Set(entered).add(node))
    case 'codec':
      return refusesUndefined(node.domain, entered)
    case 'island':
      // Other libraries may make a value of what is absent.
      return node.base !== undefined && refusesUndefined(node.base, entered)
    default:
      return true
  }
}

/** How many items a tuple must have: the last ones may be optional or have defaults. */
export function requiredItems({ items }: TupleNode): number {
  return items.findLastIndex((item) => !admitsAbsence(item) && !hasDefault(item)) + 1
}

/** Does a default fill the gap, where one is optional as well? */
export function hasDefault(node: Node, entered: Entered = NONE): boolean {
  switch (node.kind) {
    case 'default':
      return true
    case 'optional':
    case 'nullable':
      return hasDefault(node.inner, entered)
    case 'reference':
      return !entered.has(node) && hasDefault(node.target(), new Set(entered).add(node))
    case 'island':
      return node.input !== undefined && hasDefault(node.input, entered)
    default:
      return false
  }
}
