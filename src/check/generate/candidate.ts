/** A request that was generated: where it comes from, and whether the document allows it. */
import type { Operation } from '../document/operation.ts'
import type { WireRequest } from '../send/wire.ts'
import type { Inputs } from './inputs.ts'

/** A phase of the check, in the order in which they run. */
export type Phase = 'examples' | 'boundaries' | 'random' | 'invalid' | 'probes' | 'sequences'

export interface Candidate {
  readonly operation: Operation
  readonly phase: Phase
  /** What the document, and where it is known the model, says of the inputs; `unknown` where they do not tell. */
  readonly verdict: 'valid' | 'invalid' | 'unknown'
  /** What is special about it: `body.name: 0 characters`. */
  readonly what: string
  readonly inputs: Inputs
  readonly wire: WireRequest
}
