/** The checks of a projection: statements that return `BROKEN`, calls of closures, and the checks of scalars. */
import { hostStep } from '../closures/run.ts'
import {
  hasBigInts,
  isBrokenBigInt,
  isBrokenLiteral,
  isBrokenNumber,
  isBrokenPlain,
  isBrokenString,
  isNoBoolean,
} from '../code/conditions.ts'
import type { Source, Writing } from '../code/source.ts'
import type { Plan, ScalarNode, ScalarPlan } from '../plan/plan.ts'
import { timeTest } from '../values/constraints.ts'
import { formatTime } from '../values/dates.ts'
import { toInteger } from '../values/native-json.ts'
import { BROKEN } from '../values/trail.ts'

export interface ProjectWriting extends Writing {
  /** Writes the code that checks the variable `value`. Returns the expression of its wire form, to be used once. It is `undefined` for an absent value. */
  readonly write: (plan: Plan, value: string, writing: ProjectWriting) => string
}

/** The name of `BROKEN` in the code. */
export function broken(source: Source): string {
  return source.constant(BROKEN, 'BROKEN')
}

export function fail(source: Source): string {
  return `return ${broken(source)}`
}

/** Writes a call whose result may be `BROKEN`. Returns the variable with the result. */
export function checked(call: string, name: string, { source, block }: Writing): string {
  const made = source.unique(name)
  block.line(`const ${made} = ${call}`)
  block.line(`if (${made} === ${broken(source)}) ${fail(source)}`)
  return made
}

/** Writes a call of the closure, for kinds that are rare in models. */
export function writeHosted(plan: Plan, value: string, writing: ProjectWriting): string {
  const kind = plan.kind === 'scalar' ? plan.node.kind : plan.kind
  return checked(`${writing.source.constant(hostStep(plan), `to_${kind}`)}(${value})`, value, writing)
}

/** Writes one condition for a plan whose values need no conversion; returns `undefined` for any other plan. */
export function writePlain(plan: Plan, value: string, writing: ProjectWriting): string | undefined {
  const isBroken = isBrokenPlain(plan, value, writing.source)
  return isBroken === undefined ? undefined : unlessBroken(isBroken, value, writing)
}

/** Writes the check. Returns the expression of the wire form. */
type Write<Scalar> = (node: Scalar, value: string, writing: ProjectWriting, plan: ScalarPlan) => string

const WRITERS: { readonly [Kind in ScalarNode['kind']]: Write<Extract<ScalarNode, { kind: Kind }>> } = {
  string: (node, value, writing) => unlessBroken(isBrokenString(node, value, writing.source), value, writing),
  number: (node, value, writing) => unlessBroken(isBrokenNumber(node, value, writing.source), value, writing),
  boolean: (_node, value, writing) => unlessBroken(isNoBoolean(value), value, writing),
  bigint(node, value, writing) {
    unlessBroken(isBrokenBigInt(node, value, writing.source), value, writing)
    return node.format === undefined ? `String(${value})` : `${writing.source.constant(toInteger, 'toInteger')}(${value})`
  },
  literal(node, value, writing) {
    unlessBroken(isBrokenLiteral(node, value, writing.source), value, writing)
    return hasBigInts(node) ? `typeof ${value} === 'bigint' ? String(${value}) : ${value}` : value
  },
  date(node, value, writing) {
    const { source, block } = writing
    const time = source.unique('time')
    block.line(`const ${time} = ${source.constant(timeTest(node), 'timeOf')}(${value})`)
    unlessBroken(`${time} !== ${time}`, value, writing)
    return `${source.constant(formatTime, 'formatTime')}(${time})`
  },
  url: (_node, value, writing, plan) => writeHosted(plan, value, writing),
  bytes: (_node, value, writing, plan) => writeHosted(plan, value, writing),
  file: (_node, value, writing, plan) => writeHosted(plan, value, writing),
}

export function writeScalar(plan: ScalarPlan, value: string, writing: ProjectWriting): string {
  return (WRITERS[plan.node.kind] as Write<ScalarNode>)(plan.node, value, writing, plan)
}

/** Writes the check. Returns the value. */
function unlessBroken(isBroken: string, value: string, { source, block }: ProjectWriting): string {
  block.line(`if (${isBroken}) ${fail(source)}`)
  return value
}
