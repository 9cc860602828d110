/** Counts the statuses of each operation, for the warnings. */
import type { Candidate } from './generate/candidate.ts'
import { isSuccess, type Answer } from './send/wire.ts'

export interface OperationTally {
  /** The number of valid requests that were sent. */
  valid: number
  accepted: number
  readonly statuses: Map<number, number>
  /** Required places for which no valid value was found. */
  needsExample: readonly string[]
  unwritable: readonly string[]
  /** The number of inputs that the document allows and the model refuses. */
  refusedByModel: number
  /** The places that the model refuses: `body.until`. */
  readonly refusedPlaces: Set<string>
  isSkipped: boolean
}

export class Tally {
  readonly #operations = new Map<string, OperationTally>()

  of(operation: string): OperationTally {
    const known = this.#operations.get(operation)
    if (known !== undefined) return known
    const made: OperationTally = {
      valid: 0,
      accepted: 0,
      statuses: new Map(),
      needsExample: [],
      unwritable: [],
      refusedByModel: 0,
      refusedPlaces: new Set(),
      isSkipped: false,
    }
    this.#operations.set(operation, made)
    return made
  }

  take({ operation, verdict, phase }: Candidate, answer: Answer): void {
    const tally = this.of(operation.key)
    tally.statuses.set(answer.status, (tally.statuses.get(answer.status) ?? 0) + 1)
    if (verdict !== 'valid' || phase === 'probes') return
    tally.valid += 1
    if (isSuccess(answer) || (answer.status >= 300 && answer.status < 400)) tally.accepted += 1
  }

  entries(): readonly (readonly [string, OperationTally])[] {
    return [...this.#operations]
  }
}
