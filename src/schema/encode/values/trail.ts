/** The state of one run of the closures: the depth, and the place where the value breaks its model. */
import { MAX_WRITTEN_DEPTH } from '../../json-text.ts'
import { ModelError, typeNameOf } from '../../model-error.ts'

/** What a step returns for a value that breaks its model. */
export const BROKEN: unique symbol = Symbol('broken')

/** Generated code throws it if a value of a recursive model is too deep. */
export const TOO_DEEP: Error = new Error('A value goes too deep')

/** The form of a step's result: data for JSON, or values of the program, in which dates are still dates. */
export type Form = 'wire' | 'domain'

/** Checks and filters one value. Returns `undefined` if nothing is written for it. */
export type Step = (value: unknown, trail: Trail) => unknown

/** The place where a value breaks its model, what was expected there, and what was received. */
export interface Failure {
  /** The path, innermost step first. */
  readonly steps: (string | number)[]
  readonly expected: string
  readonly received: string
  readonly cause: unknown
}

export class Trail {
  depth = 0
  /** Whether the value was too deep. No other option of a union is tried then, because each level of a cycle would walk the cycle again. */
  exhausted = false
  /** Whether each value of `any` goes through `JSON.stringify`, to find a `toJSON` or a getter that throws. */
  readonly verifying: boolean
  /** The last failure. */
  failure: Failure = { steps: [], expected: '', received: '', cause: undefined }

  constructor(verifying = false) {
    this.verifying = verifying
  }

  /** Keeps the type of `value`, but not `value` itself. */
  fail(expected: string, value: unknown, cause?: unknown): typeof BROKEN {
    return this.failWith(expected, typeNameOf(value), cause)
  }

  failWith(expected: string, received: string, cause?: unknown): typeof BROKEN {
    this.failure = { steps: [], expected, received, cause }
    return BROKEN
  }

  /** Adds the next outer step to the path of the breach. */
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

/** Refuses a value of a recursive model that has too many levels. */
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
