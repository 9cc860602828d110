/** Compiles a plan into closures that check and filter. They need no code generation and find the place of a breach. Tests compare generated code with them. */
import { assign, isPlainObject } from '../../object-value.ts'
import type { BothPlan, CallPlan, FillPlan, Plan, RankedPlan, UnlessPlan } from '../plan/plan.ts'
import { anyStep } from '../values/native-json.ts'
import { BROKEN, guarded, type Failure, type Form, type Step } from '../values/trail.ts'
import { listStep, mapStep, recordStep, setStep, tupleStep } from './collections.ts'
import { codecStep, islandStep } from './foreign.ts'
import { objectStep, taggedStep, type Compile } from './object.ts'
import { scalarStep } from './scalars.ts'

const steps: Readonly<Record<Form, WeakMap<Plan, Step>>> = { wire: new WeakMap(), domain: new WeakMap() }

export function compileStep(plan: Plan, form: Form): Step {
  let step = steps[form].get(plan)
  if (step === undefined) steps[form].set(plan, (step = compileKind(plan, form)))
  return step
}

function compileKind(plan: Plan, form: Form): Step {
  const compile: Compile = (inner) => compileStep(inner, form)
  switch (plan.kind) {
    case 'scalar':
      return scalarStep(plan, form)
    case 'any':
      return anyStep(form)
    case 'object':
      return objectStep(plan, compile)
    case 'list':
      return listStep(plan, compile)
    case 'tuple':
      return tupleStep(plan, compile)
    case 'record':
      return recordStep(plan, compile)
    case 'map':
      return mapStep(plan, form, compile)
    case 'set':
      return setStep(plan, form, compile)
    case 'tagged':
      return taggedStep(plan, compile)
    case 'ranked':
      return rankedStep(plan, compile)
    case 'both':
      return bothStep(plan, compile)
    case 'unless':
      return unlessStep(plan, compile)
    case 'fill':
      return fillStep(plan, compile)
    case 'codec':
      return codecStep(plan, form, compileStep)
    case 'island':
      return islandStep(plan, form, compileStep)
    case 'call':
      return callStep(plan, compile)
    default:
      return plan satisfies never
  }
}

function unlessStep({ constant, inner }: UnlessPlan, compile: Compile): Step {
  const step = compile(inner)
  return (value, trail) => (value === constant ? constant : step(value, trail))
}

function fillStep({ inner, make, filled }: FillPlan, compile: Compile): Step {
  const step = compile(inner)
  const fill = compile(filled)
  return (value, trail) => (value === undefined ? fill(make(), trail) : step(value, trail))
}

function rankedStep({ options, rank, expected }: RankedPlan, compile: Compile): Step {
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
      best = index === order[0] ? trail.failure : moreUseful(best!, trail.failure)
    }
    // A place inside the value is a more useful message than the list of all options.
    if (best === undefined || best.steps.length === 0) return trail.fail(expected, value)
    trail.failure = best
    return BROKEN
  }
}

/** The failure of the better option, unless that is at the value itself and the other one is inside the value. */
function moreUseful(best: Failure, other: Failure): Failure {
  return best.steps.length === 0 ? other : best
}

function bothStep(plan: BothPlan, compile: Compile): Step {
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

/** Compiled for the first value, because a recursive model is not complete before. */
function callStep({ target }: CallPlan, compile: Compile): Step {
  let step: Step | undefined
  return guarded((value, trail) => (step ??= compile(target()))(value, trail))
}
