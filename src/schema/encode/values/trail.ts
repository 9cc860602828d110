/** The state of one careful run: the depth, and where the value broke its model. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { ModelError, typeNameOf } from '../../model-error.ts'

/** Returned by a step for a value that breaks its node. */
export const BROKEN: unique symbol = Symbol('broken')

/** Thrown by generated code when a value goes too deep into a recursive model. */
export const TOO_DEEP: Error = new Error('A value goes too deep')

/** The result of a step: data for JSON, or the program's own values, in which dates are still dates. */
export type Form = 'wire' | 'domain'

/** Checks and filters one value; `undefined` means that nothing is written. */
export type Step = (value: unknown, trail: Trail) => unknown

/** Where a value broke its node, and how. */
export interface Failure {
  /** From the inside out. */
  readonly steps: (string | number)[]
  readonly expected: string
  readonly received: string
  readonly cause: unknown
}

export class Trail {
  depth = 0
  /** The value was too deep. No other option of a union is tried: a cycle would be walked again from each of its levels. */
  exhausted = false
  /** Runs native JSON on values of `any`, to find a `toJSON` or a getter that throws. */
  readonly verifying: boolean
  /** The last one. */
  failure: Failure = { steps: [], expected: '', received: '', cause: undefined }

  constructor(verifying = false) {
    this.verifying = verifying
  }

  /** Only the type of `value` is kept. */
  fail(expected: string, value: unknown, cause?: unknown): typeof BROKEN {
    return this.failWith(expected, typeNameOf(value), cause)
  }

  failWith(expected: string, received: string, cause?: unknown): typeof BROKEN {
    this.failure = { steps: [], expected, received, cause }
    return BROKEN
  }

  /** Adds a step to the path of the breach, from the inside out. */
  at(step: string | number): typeof BROKEN {
    this.failure.steps.push(step)
    return BROKEN
  }

  toBreach(): ModelError {
    const { steps, expected, received, cause } = this.failure
    const breach = new ModelError(steps.toReversed(), expected, received)
    if (cause !== undefined) breach.cause = cause
    return breach
  }
}

/** Counts the levels of a recursive model. */
export function guarded<More extends unknown[]>(
  step: (value: unknown, trail: Trail, ...more: More) => unknown,
): (value: unknown, trail: Trail, ...more: More) => unknown {
  return (value, trail, ...more) => {
    if (trail.depth > MAX_WRITTEN_DEPTH) {
      trail.exhausted = true
      return trail.failWith(`at most ${MAX_WRITTEN_DEPTH} levels`, 'a deeper value or a cycle')
    }
    trail.depth++
    const made = step(value, trail, ...more)
    if (made !== BROKEN) trail.depth--
    return made
  }
}
