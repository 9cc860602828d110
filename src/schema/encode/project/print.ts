/** Generated code that checks a value and builds the filtered plain object that native `JSON.stringify` takes. */
import { hostCodec, hostIsland, hostStep } from '../closures/run.ts'
import { Block, deeper, list, Source } from '../code/source.ts'
import type { CallPlan, FillPlan, Plan, RankedPlan, UnlessPlan } from '../plan/plan.ts'
import { anything, stringifyDigits } from '../values/native-json.ts'
import { BROKEN } from '../values/trail.ts'
import { broken, checked, fail, writeHosted, writePlain, writeScalar, type ProjectWriting } from './checks.ts'
import { writeList, writeRecord, writeTuple } from './collections.ts'
import { planFunction, writeObject, writeTagged } from './object.ts'

/** Returns `BROKEN` for a value that breaks its model. */
export type Project = (value: unknown, depth: number) => unknown

export function compileProject(plan: Plan): Project {
  const { source, text } = printProject(plan)
  return source.evaluate(text) as Project
}

/** Returns a function from a value to JSON text. It returns `undefined` for a value that breaks its model. */
export function projectEncoder(plan: Plan): (value: unknown) => string | undefined {
  const project = compileProject(plan)
  const stringify = plan.hasBigIntegers ? stringifyDigits : JSON.stringify
  return (value) => {
    const tree = project(value, 0)
    return tree === BROKEN ? undefined : stringify(tree)
  }
}

export function printProject(plan: Plan): { readonly source: Source; readonly text: string } {
  const source = new Source()
  const entry = planFunction(plan, 'encode', { source, recursive: plan.isRecursive, block: new Block(), write })
  return { source, text: source.print(entry) }
}

function write(plan: Plan, value: string, writing: ProjectWriting): string {
  switch (plan.kind) {
    case 'scalar':
      return writeScalar(plan, value, writing)
    case 'any':
      return checked(`${writing.source.constant(anything, 'anything')}(${value})`, value, writing)
    case 'object':
      return writeObject(plan, value, writing)
    case 'list':
      return writeList(plan, value, writing)
    case 'tuple':
      return writeTuple(plan, value, writing)
    case 'record':
      return writeRecord(plan, value, writing)
    case 'tagged':
      return writeTagged(plan, value, writing)
    case 'ranked':
      return writePlain(plan, value, writing) ?? writeRanked(plan, value, writing)
    case 'unless':
      return writePlain(plan, value, writing) ?? writeUnless(plan, value, writing)
    case 'fill':
      return writeFill(plan, value, writing)
    case 'codec': {
      const encoded = `${writing.source.constant(hostCodec(plan), 'encodeByCodec')}(${value})`
      return write(plan.wire, checked(encoded, value, writing), writing)
    }
    case 'island': {
      const accepted = `${writing.source.constant(hostIsland(plan), 'validate')}(${value})`
      return write(plan.output, checked(accepted, value, writing), writing)
    }
    case 'call':
      return writeCall(plan, value, writing)
    case 'map':
    case 'set':
    case 'both':
      return writeHosted(plan, value, writing)
    default:
      return plan satisfies never
  }
}

function writeRanked({ options, rank }: RankedPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const made = source.unique(value)
  const sentinel = broken(source)
  // Each option is a function. If one fails, the next one is called.
  const calls = options.map(
    (option, index) => `${planFunction(option, option.id ?? `${value}_option${index}`, writing)}(${list(writing, value)})`,
  )
  if (rank === undefined) {
    block.line(`let ${made} = ${calls[0] ?? sentinel}`)
    for (const call of calls.slice(1)) block.line(`if (${made} === ${sentinel}) ${made} = ${call}`)
  } else {
    const option = source.unique('option')
    block.line(`let ${made} = ${sentinel}`)
    block.open(`for (const ${option} of ${source.constant(rank, 'rank')}(${value}))`)
    block.open(`switch (${option})`)
    calls.forEach((call, index) => block.line(`case ${index}: ${made} = ${call}; break`))
    block.close()
    block.line(`if (${made} !== ${sentinel}) break`)
    block.close()
  }
  block.line(`if (${made} === ${sentinel}) ${fail(source)}`)
  return made
}

function writeUnless({ constant, inner }: UnlessPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const made = source.unique(value)
  block.line(`let ${made} = ${constant}`)
  block.open(`if (${value} !== ${constant})`)
  block.line(`${made} = ${write(inner, value, writing)}`)
  block.close()
  return made
}

/** A default that contains islands goes through closures, because it is the output of the islands and must not go through them again. */
function writeFill({ inner, make, filled }: FillPlan, value: string, writing: ProjectWriting): string {
  const { source, block } = writing
  const makeDefault = `${source.constant(make, 'makeDefault')}()`
  const made = source.unique(value)
  if (filled === inner) {
    block.line(`const ${made} = ${value} === undefined ? ${makeDefault} : ${value}`)
    return write(inner, made, writing)
  }
  const ready = `${value} === undefined ? ${source.constant(hostStep(filled), 'fill')}(${makeDefault}) : undefined`
  block.line(`let ${made} = ${checked(ready, value, writing)}`)
  block.open(`if (${value} !== undefined)`)
  block.line(`${made} = ${write(inner, value, writing)}`)
  block.close()
  return made
}

function writeCall(plan: CallPlan, value: string, writing: ProjectWriting): string {
  const target = plan.target()
  const name = planFunction(target, target.id ?? 'Node', writing)
  return checked(`${name}(${deeper(writing, value)})`, value, writing)
}
