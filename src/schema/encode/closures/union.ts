/** Unions and intersections. */
import { isInheritedName, isObject, readDefined, assign, isPlainObject } from '../../object-value.ts'
import { BROKEN, guarded, type Failure, type Step } from '../values/trail.ts'
import type { BothPlan, RankedPlan, TaggedOption, TaggedPlan } from '../plan/plan.ts'
import { objectStep, type Compile, type ObjectStep } from './object.ts'

export function taggedStep({ tag, options, expected }: TaggedPlan, compile: Compile): Step {
  const steps = new Map<unknown, ObjectStep>()
  for (const option of options) {
    const step = optionStep(option, tag, compile)
    for (const value of option.values) steps.set(value, step)
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

function optionStep({ object, isCall }: TaggedOption, tag: string, compile: Compile): ObjectStep {
  if (!isCall) return objectStep(object(), compile, tag)
  let step: ObjectStep | undefined
  return guarded((value, trail, tagValue?: unknown) => (step ??= objectStep(object(), compile, tag))(value, trail, tagValue))
}

export function rankedStep({ options, rank, expected }: RankedPlan, compile: Compile): Step {
  const steps = options.map(compile)
  const inOrder = options.map((_, index) => index)
  return (value, trail) => {
    const order = rank?.(value) ?? inOrder
    const { depth } = trail
    let best: Failure | undefined
    for (const index of order) {
      const made = steps[index]!(value, trail)
      if (made !== BROKEN || trail.exhausted) return made
      trail.depth = depth
      best = index === order[0] ? trail.failure : moreTelling(best!, trail.failure)
    }
    // The place inside an option tells more than the list of all options.
    if (best === undefined || best.steps.length === 0) return trail.fail(expected, value)
    trail.failure = best
    return BROKEN
  }
}

/** The failure of a better option, unless only the other one got inside the value. */
function moreTelling(best: Failure, other: Failure): Failure {
  return best.steps.length === 0 ? other : best
}

export function bothStep(plan: BothPlan, compile: Compile): Step {
  const { expected } = plan
  const left = compile(plan.left)
  const right = compile(plan.right)
  return (value, trail) => {
    const ofLeft = left(value, trail)
    if (ofLeft === BROKEN) return BROKEN
    const ofRight = right(value, trail)
    if (ofRight === BROKEN) return BROKEN
    const merged = mergeValues(ofLeft, ofRight)
    return merged === UNMERGEABLE ? trail.fail(expected, value) : merged
  }
}

const UNMERGEABLE: unique symbol = Symbol('unmergeable')

function mergeValues(left: unknown, right: unknown): unknown {
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
