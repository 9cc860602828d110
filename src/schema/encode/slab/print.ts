/** Generates code that checks a value and writes it as UTF-8 into the slab. This is the fastest back end for lists of rows. */
import { Source } from '../code/source.ts'
import type { Plan, RankedPlan, UnlessPlan } from '../plan/plan.ts'
import { BROKEN } from '../values/trail.ts'
import { writeList, writeRecord, writeTuple } from './collections.ts'
import { isLoose, unwrap, writeByNative } from './foreign.ts'
import { planFunction, writeObject, writeTagged } from './object.ts'
import { writeScalar } from './scalars.ts'
import { Bytes, FAIL, writeDeeperCall, type PrintFacts, type SlabWriting } from './writing.ts'

/** The functions and buffers that the code is called with. */
const PROVIDED = ['bytes', 'view', 'text', 'integer', 'number', 'ascii', 'time', 'raw', 'countQuotes', 'FULL'] as const

export type Provided = Readonly<Record<(typeof PROVIDED)[number], unknown>>

export interface PrintedSlab {
  readonly source: Source
  readonly text: string
  readonly facts: PrintFacts
}

export function printSlab(plan: Plan): PrintedSlab {
  const source = new Source()
  const facts: PrintFacts = { longestRun: 0, hasEscapes: false }
  const recursive = plan.isRecursive
  source.constant(BROKEN, 'BROKEN')
  const entry = planFunction(plan, 'function', 'encode', { source, facts, recursive, out: new Bytes(), write })
  const run = `{ write: (value) => (quotes = 0, ${entry}(value, 0${recursive ? ', 0' : ''})), quotes: () => quotes }`
  return { source, facts, text: `const { ${PROVIDED.join(', ')} } = provided\nlet quotes = 0\n${source.print(run)}` }
}

function write(plan: Plan, value: string, writing: SlabWriting): void {
  switch (plan.kind) {
    case 'scalar':
      return writeScalar(plan, value, writing)
    case 'object':
      return isLoose(plan) ? writeNative(plan, value, writing) : writeObject(plan, value, writing)
    case 'list':
      return writeList(plan, value, writing)
    case 'tuple':
      return plan.minItems === plan.items.length ? writeTuple(plan, value, writing) : writeNative(plan, value, writing)
    case 'record':
      return plan.key.kind === 'scalar' && plan.key.node.kind === 'string'
        ? writeRecord(plan, value, writing)
        : writeNative(plan, value, writing)
    case 'tagged':
      return writeTagged(plan, value, writing)
    case 'ranked':
      return writeRanked(plan, value, writing)
    case 'unless':
      return writeUnless(plan, value, writing)
    case 'call': {
      const target = plan.target()
      return writeDeeperCall(planFunction(target, 'function', target.id ?? 'Node', writing), [value, 'p'], writing)
    }
    case 'fill':
    case 'codec':
    case 'island':
      return unwrap(plan, value, writing).write()
    case 'any':
    case 'map':
    case 'set':
    case 'both':
      return writeNative(plan, value, writing)
    default:
      return plan satisfies never
  }
}

function writeNative(plan: Plan, value: string, writing: SlabWriting): void {
  writeByNative(plan, value, writing).write()
}

/** After an option fails, the next one overwrites its bytes. */
function writeRanked({ options, rank }: RankedPlan, value: string, writing: SlabWriting): void {
  const { source, out } = writing
  const { block } = out
  out.flush()
  const [start, count, option] = [source.unique('start'), source.unique('count'), source.unique('option')]
  const depth = writing.recursive ? ', depth' : ''
  // Each option is a function. If one fails, the next one is called.
  const functions = options.map((one, index) => planFunction(one, 'option', one.id ?? `${value}_option${index}`, writing))
  const calls = functions.map((name) => `${name}(${value}, ${start}${depth})`)
  const order = rank === undefined ? undefined : `${source.constant(rank, 'rank')}(${value})`
  block.line(`const ${start} = p, ${count} = quotes`)
  block.line('p = -1')
  block.open(
    order === undefined
      ? `for (let ${option} = 0; ${option} < ${options.length} && p < 0; ${option}++)`
      : `for (const ${option} of ${order})`,
  )
  block.line(`quotes = ${count}`)
  block.open(`switch (${option})`)
  calls.forEach((call, index) => block.line(`case ${index}: p = ${call}; break`))
  block.close()
  if (order !== undefined) block.line('if (p >= 0) break')
  block.close()
  block.line(`if (p < 0) ${FAIL}`)
}

/** The value is not `undefined` here, because the caller does not write absent values. */
function writeUnless({ constant, inner }: UnlessPlan, value: string, writing: SlabWriting): void {
  const { out } = writing
  if (constant === undefined) return write(inner, value, writing)
  out.inside(`if (${value} === null)`, () => out.text('null'))
  return out.inside('else', () => write(inner, value, writing))
}
