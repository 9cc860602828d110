/** Projected values that hold no others. */
import { hasBigInts, isBrokenBigInt, isBrokenLiteral, isBrokenNumber, isBrokenString, isNoBoolean } from '../code/conditions.ts'
import type { ScalarNode, ScalarPlan } from '../plan/plan.ts'
import { timeTest } from '../values/constraints.ts'
import { formatTime } from '../values/dates.ts'
import { toInteger } from '../values/native-json.ts'
import { fail, writeHosted, type ProjectWriting } from './writing.ts'

/** Writes the check. Returns the expression for the wire. */
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

function unlessBroken(broken: string, value: string, { source, block }: ProjectWriting): string {
  block.line(`if (${broken}) ${fail(source)}`)
  return value
}
