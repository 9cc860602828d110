/** Should a model have code that writes bytes? Estimates the time that it saves over a projection, from measured costs. */
import type { Node } from '../../node.ts'
import { fastTestOf } from '../values/formats.ts'
import { mergeIntersection } from '../../intersection.ts'
import { settle } from '../plan/settled.ts'
import { hasFastStringify } from './run-time.ts'

/** What one value of a kind saves over a projection, in nanoseconds. A value that native JSON writes costs time instead. */
const DATE = 50
const NUMBER = 8
/** A number that may have a fraction. With more than two digits, native JSON writes it faster: it creates no string first. */
const FRACTION = -20
const STRING = hasFastStringify ? -5 : 10
/** A format that is tested over the bytes. */
const TESTED = 30
const NATIVE = -70

/** The code of larger objects is so long that V8 needs thousands of answers to optimise it. */
const MOST_PROPERTIES = 64

/** The items that a list is assumed to have. */
const ITEMS = 20

export type Verdict = 'slab' | 'project' | 'project while its answers are short'

export function judge(root: Node): Verdict {
  const seen = new Set<Node>()
  let savings = 0
  let natives = 0
  let isTooLong = false
  visit(root, 1)
  if (isTooLong) return 'project'
  if (savings > 0) return 'slab'
  return natives === 0 ? 'project while its answers are short' : 'project'

  function visit(node: Node, count: number): void {
    if (seen.has(node)) return
    seen.add(node)
    switch (node.kind) {
      case 'date':
      case 'bigint':
        savings += DATE * count
        return
      case 'number':
        if (!node.integer && hasFastStringify) return native(FRACTION * count)
        savings += NUMBER * count
        return
      case 'boolean':
      case 'null':
      case 'literal':
        savings += NUMBER * count
        return
      case 'string':
        savings += (node.patterns.some((pattern) => fastTestOf(pattern) !== undefined) ? STRING + TESTED : STRING) * count
        return
      case 'object':
        if (typeof node.additional !== 'string') return native(NATIVE * count)
        isTooLong ||= node.properties.length > MOST_PROPERTIES
        return node.properties.forEach((property) => visit(property.node, count))
      case 'array':
        return visit(node.items, count * ITEMS)
      case 'tuple':
        node.items.forEach((item) => visit(item, count))
        return node.rest === undefined ? undefined : visit(node.rest, count * ITEMS)
      case 'record':
        savings += STRING * count * ITEMS
        return visit(node.value, count * ITEMS)
      case 'union':
        return node.options.forEach((option) => visit(option, count / node.options.length))
      case 'optional':
      case 'nullable':
      case 'default':
        return visit(node.inner, count)
      case 'reference':
        return visit(node.target(), count)
      case 'codec':
        return visit(node.wire, count)
      case 'intersection': {
        const merged = mergeIntersection(node)
        return merged === node ? native(NATIVE * count) : visit(merged, count)
      }
      case 'island':
        return node.output === undefined ? native(NATIVE * count) : visit(settle(node.output), count)
      case 'undefined':
        return
      default:
        native(NATIVE * count)
    }
  }

  function native(saving: number): void {
    natives++
    savings += saving
  }
}
