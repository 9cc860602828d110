/** What all writers of the slab's code share. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import type { Source } from '../code/source.ts'
import type { Plan } from '../plan/plan.ts'
import { TOO_DEEP } from '../values/trail.ts'
import { LIMIT } from './memory.ts'
import { Bytes } from './bytes.ts'

/** Facts about the whole generated code. */
export interface PrintFacts {
  /** The most bytes that one function writes between two checks of the space. */
  longestRun: number
  /** The static text has escapes. */
  hasEscapes: boolean
}

export interface SlabWriting {
  readonly source: Source
  readonly out: Bytes
  /** The model refers to itself: each function takes its depth. */
  readonly recursive: boolean
  readonly facts: PrintFacts
  /** Writes the code that checks and writes `value`, a variable that is not absent. */
  readonly write: (plan: Plan, value: string, writing: SlabWriting) => void
}

/** Each generated function returns the end position, or this. */
const BROKEN_AT = -1

export const FAIL = `return ${BROKEN_AT}`

/** A function `(value, p, …) → p`. */
export function writeFunction(
  name: string,
  parameters: readonly string[],
  writing: SlabWriting,
  body: (inside: SlabWriting) => void,
): string {
  const inside = { ...writing, out: new Bytes() }
  inside.out.block.line(`if (p > ${LIMIT}) throw FULL`)
  body(inside)
  inside.out.tally()
  writing.facts.longestRun = Math.max(writing.facts.longestRun, inside.out.bound)
  writing.facts.hasEscapes ||= inside.out.hasEscapes
  inside.out.block.line(`if (p > ${LIMIT}) throw FULL`)
  inside.out.block.line('return p')
  const all = ['value', 'p', ...parameters, ...(writing.recursive ? ['depth'] : [])]
  return `function ${name}(${all.join(', ')}) {\n${inside.out.block.text}\n}`
}

/** Calls such a function. */
export function writeCall(name: string, parameters: readonly string[], { out, recursive }: SlabWriting, depth = 'depth'): void {
  out.flush()
  out.block.line(`p = ${name}(${[...parameters, ...(recursive ? [depth] : [])].join(', ')})`)
  out.block.line(`if (p < 0) ${FAIL}`)
}

/** The same, one level deeper in a recursive model. */
export function writeDeeperCall(name: string, parameters: readonly string[], writing: SlabWriting): void {
  writing.out.block.line(`if (depth > ${MAX_WRITTEN_DEPTH}) throw ${writing.source.constant(TOO_DEEP, 'TOO_DEEP')}`)
  writeCall(name, parameters, writing, 'depth + 1')
}

/** A call whose result may be `BROKEN`, in a variable. */
export function checked(call: string, name: string, { source, out: { block } }: SlabWriting): string {
  const made = source.unique(name)
  block.line(`const ${made} = ${call}`)
  block.line(`if (${made} === BROKEN) ${FAIL}`)
  return made
}
