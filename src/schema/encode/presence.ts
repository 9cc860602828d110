/** Where a node may leave nothing on the wire, and which properties its value may have. */
import type { Node, Property, TupleNode } from '../node.ts'
import { mergeObjects } from './intersection.ts'

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

/** The names of the properties that a node declares, through all that stands around it. */
export function declaredNames(node: Node, entered: Entered = NONE): readonly string[] {
  switch (node.kind) {
    case 'object':
      return node.properties.map(({ name }) => name)
    case 'optional':
    case 'nullable':
    case 'default':
      return declaredNames(node.inner, entered)
    case 'reference':
      return entered.has(node) ? [] : declaredNames(node.target(), new Set(entered).add(node))
    case 'intersection':
      return mergeObjects(node)?.properties.map(({ name }) => name) ?? []
    case 'codec':
      return declaredNames(node.domain, entered)
    case 'island': {
      const form = node.input ?? node.output
      return form === undefined ? [] : declaredNames(form, entered)
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
