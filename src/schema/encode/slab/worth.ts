/** Decides whether a model gets code that writes bytes. Estimates the time that it saves over a projection, from measured costs. */
import type { Plan, ScalarNode } from '../plan/plan.ts'
import { fastTestOf } from '../values/formats.ts'
import { hasFastStringify } from '../../run-time.ts'

/** The nanoseconds that one value of a kind saves over a projection. A value that `JSON.stringify` writes costs time instead. */
const DATE = 50
const NUMBER = 8
/** A number that may have a fraction. If the fraction has more than two digits, `JSON.stringify` is faster, because it creates no string first. */
const FRACTION = -20
const STRING = hasFastStringify ? -5 : 10
/** A string with a format that is tested over its bytes. */
const TESTED = 30
const NATIVE = -70

const SAVINGS: { readonly [Kind in ScalarNode['kind']]: (node: Extract<ScalarNode, { kind: Kind }>) => number } = {
  string: ({ patterns }) => (patterns.some((pattern) => fastTestOf(pattern) !== undefined) ? STRING + TESTED : STRING),
  number: ({ integer }) => (!integer && hasFastStringify ? FRACTION : NUMBER),
  boolean: () => NUMBER,
  literal: () => NUMBER,
  bigint: () => DATE,
  date: () => DATE,
  url: () => NATIVE,
  bytes: () => NATIVE,
  file: () => NATIVE,
}

/** The code of larger objects is so long that V8 needs thousands of responses to optimise it. */
const MOST_PROPERTIES = 64

/** The number of items that a list is assumed to have. */
const ITEMS = 20

export type Verdict = 'slab' | 'project' | 'project while its responses are short'

export function judge(root: Plan): Verdict {
  const seen = new Set<Plan>()
  let savings = 0
  let natives = 0
  let isTooLong = false
  visit(root, 1)
  if (isTooLong) return 'project'
  if (savings > 0) return 'slab'
  return natives === 0 ? 'project while its responses are short' : 'project'

  function visit(plan: Plan, count: number): void {
    if (seen.has(plan)) return
    seen.add(plan)
    switch (plan.kind) {
      case 'scalar': {
        const saving = (SAVINGS[plan.node.kind] as (node: ScalarNode) => number)(plan.node)
        if (saving === FRACTION || saving === NATIVE) natives++
        savings += saving * count
        return
      }
      case 'object':
        if (typeof plan.additional !== 'string') return native(count)
        isTooLong ||= plan.fields.length > MOST_PROPERTIES
        return plan.fields.forEach((field) => visit(field.plan, count))
      case 'list':
        return visit(plan.items, count * ITEMS)
      case 'tuple':
        plan.items.forEach((item) => visit(item, count))
        return plan.rest === undefined ? undefined : visit(plan.rest, count * ITEMS)
      case 'record':
        savings += STRING * count * ITEMS
        return visit(plan.value, count * ITEMS)
      case 'tagged':
        return plan.options.forEach((option) => visit(option.object(), count / plan.options.length))
      case 'ranked':
        return plan.options.forEach((option) => visit(option, count / plan.options.length))
      case 'unless':
      case 'fill':
        return visit(plan.inner, count)
      case 'call':
        return visit(plan.target(), count)
      case 'codec':
        return visit(plan.wire, count)
      case 'island':
        return visit(plan.output, count)
      case 'any':
      case 'map':
      case 'set':
      case 'both':
        return native(count)
      default:
        return plan satisfies never
    }
  }

  function native(count: number): void {
    natives++
    savings += NATIVE * count
  }
}
