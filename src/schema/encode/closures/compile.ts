/** Plan → closure that checks and filters. It needs no code generation and finds the place of a breach; tests compare the generated code with it. */
import type { CallPlan, FillPlan, Plan, UnlessPlan } from '../plan/plan.ts'
import { anyStep } from '../values/native-json.ts'
import { guarded, type Form, type Step } from '../values/trail.ts'
import { listStep, mapStep, recordStep, setStep, tupleStep } from './collections.ts'
import { codecStep, islandStep } from './foreign.ts'
import { objectStep, type Compile } from './object.ts'
import { scalarStep } from './scalars.ts'
import { bothStep, rankedStep, taggedStep } from './union.ts'

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

/** Compiled for the first value: a recursive model is not complete before. */
function callStep({ target }: CallPlan, compile: Compile): Step {
  let step: Step | undefined
  return guarded((value, trail) => (step ??= compile(target()))(value, trail))
}
