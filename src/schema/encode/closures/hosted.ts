/** Closures that generated code calls: for codecs, islands and rare kinds. */
import type { CodecPlan, IslandPlan, Plan } from '../plan/plan.ts'
import { compileStep } from './compile.ts'
import { acceptStep, runCodec } from './foreign.ts'
import { BROKEN, Trail } from '../values/trail.ts'

/** A value → its wire form, or `BROKEN`. */
export type Hosted = (value: unknown) => unknown

export function hostStep(plan: Plan): Hosted {
  const step = compileStep(plan, 'wire')
  return (value) => step(value, new Trail())
}

/** The program's value → the result of its codec, not yet checked. */
export function hostCodec(plan: CodecPlan): Hosted {
  const domain = compileStep(plan.domain, 'domain')
  return (value) => {
    const trail = new Trail()
    const checked = domain(value, trail)
    return checked === BROKEN ? BROKEN : runCodec(plan, checked, trail)
  }
}

/** A value → what its checks or its library return. */
export function hostIsland(plan: IslandPlan): Hosted {
  const accept = acceptStep(plan, compileStep)
  return (value) => accept(value, new Trail())
}

/** The key of a record → its text. */
export function hostKey(step: (name: string, trail: Trail) => string | typeof BROKEN): (name: string) => string | typeof BROKEN {
  return (name) => step(name, new Trail())
}
