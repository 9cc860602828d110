/** What all writers of a projection share. */
import { hostStep } from '../closures/hosted.ts'
import type { Source } from '../code/source.ts'
import type { Plan } from '../plan/plan.ts'
import { BROKEN } from '../values/trail.ts'
import type { Writing } from '../code/writing.ts'

export interface ProjectWriting extends Writing {
  /** Writes the code that checks `value`, a variable. Returns the expression for the wire, to be used once; `undefined` means absent. */
  readonly write: (plan: Plan, value: string, writing: ProjectWriting) => string
}

/** The name of the sentinel in the code. */
export function broken(source: Source): string {
  return source.constant(BROKEN, 'BROKEN')
}

export function fail(source: Source): string {
  return `return ${broken(source)}`
}

/** A call whose result may be `BROKEN`, in a variable. */
export function checked(call: string, name: string, { source, block }: Writing): string {
  const made = source.unique(name)
  block.line(`const ${made} = ${call}`)
  block.line(`if (${made} === ${broken(source)}) ${fail(source)}`)
  return made
}

/** Closures do it: kinds that are rare, or written by other code anyway. */
export function writeHosted(plan: Plan, value: string, writing: ProjectWriting): string {
  const kind = plan.kind === 'scalar' ? plan.node.kind : plan.kind
  return checked(`${writing.source.constant(hostStep(plan), `to_${kind}`)}(${value})`, value, writing)
}
