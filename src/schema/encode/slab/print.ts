/** Generates code that checks a value and writes it as UTF-8 into the reusable slab: the fastest back end for lists of rows. */
import { Source } from '../code/source.ts'
import type { Plan, UnlessPlan } from '../plan/plan.ts'
import { BROKEN } from '../values/trail.ts'
import { Bytes } from './bytes.ts'
import { writeList, writeRecord, writeTuple } from './collections.ts'
import { isLoose, unwrap, writeByNative } from './foreign.ts'
import { planFunction, writeObject } from './object.ts'
import { PROVIDED } from './provided.ts'
import { writeScalar } from './scalars.ts'
import { writeRanked, writeTagged } from './union.ts'
import { writeDeeperCall, type PrintFacts, type SlabWriting } from './writing.ts'

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

/** What is absent was left out before. */
function writeUnless({ constant, inner }: UnlessPlan, value: string, writing: SlabWriting): void {
  const { out } = writing
  if (constant === undefined) return write(inner, value, writing)
  out.inside(`if (${value} === null)`, () => out.text('null'))
  return out.inside('else', () => write(inner, value, writing))
}
