/** Values that the slab's code passes to other code: to codecs, to the library of an island, or to `JSON.stringify`. */
import { hostCodec, hostIsland } from '../closures/run.ts'
import type { FillPlan, Plan, ScalarNode } from '../plan/plan.ts'
import { compileProject } from '../project/print.ts'
import { anything, stringifyDigits } from '../values/native-json.ts'
import { BROKEN } from '../values/trail.ts'
import { checked, type SlabWriting } from './writing.ts'

export interface Member {
  /** The expression that is true if the value is written; `undefined` if it always is. */
  readonly condition: string | undefined
  readonly write: () => void
}

/** Writes the code that applies codecs, islands and defaults to a value. Returns how to write the result. */
export function unwrap(plan: Plan, value: string, writing: SlabWriting): Member {
  const { source } = writing
  if (plan.kind === 'codec') {
    return unwrap(plan.wire, checked(`${source.constant(hostCodec(plan), 'encodeByCodec')}(${value})`, value, writing), writing)
  }
  if (plan.kind === 'island') {
    return unwrap(plan.output, checked(`${source.constant(hostIsland(plan), 'validate')}(${value})`, value, writing), writing)
  }
  if (plan.kind === 'fill') return unwrapFill(plan, value, writing)
  if (plan.presence.absent === 'by result' || isNative(plan)) return writeByNative(plan, value, writing)
  const write = () => writing.write(plan, value, writing)
  return { condition: plan.presence.absent === 'never' ? undefined : `${value} !== undefined`, write }
}

function unwrapFill(plan: FillPlan, value: string, writing: SlabWriting): Member {
  if (plan.filled !== plan.inner) return writeByNative(plan, value, writing)
  const filled = writing.source.unique(value)
  const makeDefault = writing.source.constant(plan.make, 'makeDefault')
  writing.out.block.line(`const ${filled} = ${value} === undefined ? ${makeDefault}() : ${value}`)
  return unwrap(plan.inner, filled, writing)
}

const NATIVE: ReadonlySet<Plan['kind'] | ScalarNode['kind']> = new Set(['any', 'map', 'set', 'both', 'url', 'bytes', 'file'] as const)

/** Whether the plan is rare in models, or code that writes bytes would not be faster. */
function isNative(plan: Plan): boolean {
  return NATIVE.has(kindOf(plan)) || isLoose(plan)
}

function kindOf(plan: Plan): Plan['kind'] | ScalarNode['kind'] {
  return plan.kind === 'scalar' ? plan.node.kind : plan.kind
}

/** Whether it is an object that keeps undeclared properties. */
export function isLoose(plan: Plan): boolean {
  return plan.kind === 'object' && typeof plan.additional !== 'string'
}

/** Writes the result of `JSON.stringify` for the projection of the value. */
export function writeByNative(plan: Plan, value: string, writing: SlabWriting): Member {
  const { source, out } = writing
  const toJSON = plan.kind === 'any' ? stringifyAnything : projectToJSON(plan)
  const json = checked(`${source.constant(toJSON, `${kindOf(plan)}ToJSON`)}(${value})`, 'json', writing)
  const write = () => {
    const start = source.unique('start')
    out.flush()
    out.block.line(`const ${start} = p`)
    out.block.line(`p = raw(${json}, p)`)
    out.block.line(`quotes += countQuotes(${start}, p)`)
  }
  return { condition: plan.presence.absent === 'never' ? undefined : `${json} !== undefined`, write }
}

function stringifyAnything(value: unknown): string | undefined | typeof BROKEN {
  const checked = anything(value)
  return checked === BROKEN ? BROKEN : JSON.stringify(checked)
}

function projectToJSON(plan: Plan): (value: unknown) => string | undefined | typeof BROKEN {
  const project = compileProject(plan)
  return (value) => {
    const tree = project(value, 0)
    return tree === BROKEN ? BROKEN : stringifyDigits(tree)
  }
}
