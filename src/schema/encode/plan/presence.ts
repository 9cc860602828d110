/** Which nodes may leave nothing on the wire, and which objects need a property. */
import type { Node, Property, TupleNode } from '../../node.ts'

/** The references on the way to a node: a recursive model returns to itself through one of them. */
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

/** May an accepted value have no JSON? Then an object must check the result before it writes the property. */
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

/** Must the property be on the wire, although an accepted value may have no JSON? Then the result is checked. */
export function isPromised({ node, required }: Property): boolean {
  return (required || hasDefault(node)) && !admitsAbsence(node) && mayVanish(node)
}

/** Must one of these properties be present, so that an object without any of them is refused? */
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
      // Its library may replace an absent value.
      return node.base !== undefined && refusesUndefined(node.base, entered)
    default:
      return true
  }
}

/** The fewest items of a tuple: the last ones may be optional or have defaults. */
export function requiredItems({ items }: TupleNode): number {
  return items.findLastIndex((item) => !admitsAbsence(item) && !hasDefault(item)) + 1
}

/** Does a default replace an absent value, also inside an optional node? */
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
