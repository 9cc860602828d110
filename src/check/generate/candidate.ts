/** A generated request: its inputs, its phase, and whether the document allows it. */
import type { Operation } from '../document/operation.ts'
import type { WireRequest } from '../send/wire.ts'
import type { Inputs } from './inputs.ts'

/** A phase of the check, in the order in which they run. */
export type Phase = 'examples' | 'boundaries' | 'random' | 'invalid' | 'probes' | 'sequences'

export interface Candidate {
  readonly operation: Operation
  readonly phase: Phase
  /** Whether the document, and the model if it is known, allow the inputs. `unknown`: a server may accept or refuse them. */
  readonly verdict: 'valid' | 'invalid' | 'unknown'
  /** How the inputs differ from others: `body.name: 0 characters`. */
  readonly what: string
  readonly inputs: Inputs
  readonly wire: WireRequest
}
