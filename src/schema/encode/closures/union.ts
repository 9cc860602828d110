/** Unions and intersections. */
import type { IntersectionNode, Node, UnionNode } from '../../node.ts'
import { describe } from '../plan/describe.ts'
import { mergeIntersection } from '../../intersection.ts'
import { isInheritedName, isObject, readDefined } from '../../object-value.ts'
import { mergeValues, UNMERGEABLE } from '../values/merge-values.ts'
import { BROKEN, type Step } from '../values/trail.ts'
import { planUnion, type RankedUnion, type TaggedUnion } from '../plan/union.ts'
import { objectStep, type ObjectStep } from './object.ts'

type Compile = (node: Node) => Step

export function unionStep(node: UnionNode, compile: Compile): Step {
  const plan = planUnion(node)
  return plan.kind === 'tagged' ? taggedStep(plan, describe(node), compile) : rankedStep(plan, describe(node), compile)
}

function taggedStep({ tag, options }: TaggedUnion, expected: string, compile: Compile): Step {
  const steps = new Map<unknown, ObjectStep>()
  for (const { values, object } of options) {
    const step = objectStep(object, compile, tag)
    for (const value of values) steps.set(value, step)
  }
  const read = isInheritedName(tag) ? readDefined : (value: Record<string, unknown>, name: string) => value[name]
  return (value, trail) => {
    if (!isObject(value)) return trail.fail(expected, value)
    const tagValue = (read as (value: object, name: string) => unknown)(value, tag)
    const step = steps.get(tagValue)
    if (step !== undefined) return step(value, trail, tagValue)
    trail.fail(`one of ${steps.size} constants`, tagValue)
    return trail.at(tag)
  }
}

function rankedStep({ options, rank }: RankedUnion, expected: string, compile: Compile): Step {
  const steps = options.map(compile)
  const inOrder = options.map((_, index) => index)
  return (value, trail) => {
    const order = rank?.(value) ?? inOrder
    const { depth } = trail
    for (const index of order) {
      const made = steps[index]!(value, trail)
      if (made !== BROKEN || trail.exhausted) return made
      trail.depth = depth
    }
    // The place inside the best match tells more than the list of all options; but only if it got inside.
    if (steps[order[0]!]!(value, trail) === BROKEN && trail.distance > 0) return BROKEN
    return trail.fail(expected, value)
  }
}

export function intersectionStep(node: IntersectionNode, compile: Compile): Step {
  const merged = mergeIntersection(node)
  if (merged !== node) return compile(merged)
  const left = compile(node.left)
  const right = compile(node.right)
  const expected = describe(node)
  return (value, trail) => {
    const ofLeft = left(value, trail)
    if (ofLeft === BROKEN) return BROKEN
    const ofRight = right(value, trail)
    if (ofRight === BROKEN) return BROKEN
    const merged = mergeValues(ofLeft, ofRight)
    return merged === UNMERGEABLE ? trail.fail(expected, value) : merged
  }
}
