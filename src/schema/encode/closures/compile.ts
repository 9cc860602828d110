/** Compiles a plan into closures that check and filter. They need no code generation and find the place of a breach. Tests compare generated code with them. */
import { assign, isPlainObject } from '../../object-value.ts'
import type { BothPlan, CallPlan, FillPlan, Plan, RankedPlan, UnlessPlan } from '../plan/plan.ts'
import { anyStep } from '../values/native-json.ts'
import { BROKEN, guarded, type Failure, type Form, type Step } from '../values/trail.ts'
import { listStep, mapStep, recordStep, setStep, tupleStep } from './collections.ts'
import { codecStep, islandStep } from './foreign.ts'
import { objectStep, taggedStep, type Compiler } from './object.ts'
import { scalarStep } from './scalars.ts'

type Kind = Plan['kind']
type MakeStep<P> = (plan: P, compiler: Compiler) => Step

const STEPS: { readonly [K in Kind]: MakeStep<Extract<Plan, { readonly kind: K }>> } = {
  scalar: scalarStep,
  any: (_plan, { form }) => anyStep(form),
  object: objectStep,
  list: listStep,
  tuple: tupleStep,
  record: recordStep,
  map: mapStep,
  set: setStep,
  tagged: taggedStep,
  ranked: rankedStep,
  both: bothStep,
  unless: unlessStep,
  fill: fillStep,
  codec: codecStep,
  island: islandStep,
  call: callStep,
}

const compilers: Readonly<Record<Form, Compiler>> = { wire: createCompiler('wire'), domain: createCompiler('domain') }

function createCompiler(form: Form): Compiler {
  const steps = new WeakMap<Plan, Step>()
  const compiler: Compiler = {
    form,
    compile(plan) {
      const known = steps.get(plan)
      if (known !== undefined) return known
      const make = STEPS[plan.kind] as MakeStep<Plan> // the table has the function of the plan's own kind
      const step = make(plan, compiler)
      steps.set(plan, step)
      return step
    },
    compileAs: compileStep,
  }
  return compiler
}

export function compileStep(plan: Plan, form: Form): Step {
  return compilers[form].compile(plan)
}

function unlessStep({ constant, inner }: UnlessPlan, { compile }: Compiler): Step {
  const step = compile(inner)
  return (value, trail) => (value === constant ? constant : step(value, trail))
}

function fillStep({ inner, make, filled }: FillPlan, { compile }: Compiler): Step {
  const step = compile(inner)
  const fill = compile(filled)
  return (value, trail) => (value === undefined ? fill(make(), trail) : step(value, trail))
}

function rankedStep({ options, rank, expected }: RankedPlan, { compile }: Compiler): Step {
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

function bothStep(plan: BothPlan, { compile }: Compiler): Step {
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
function callStep({ target }: CallPlan, { compile }: Compiler): Step {
  let step: Step | undefined
  return guarded((value, trail) => (step ??= compile(target()))(value, trail))
}
