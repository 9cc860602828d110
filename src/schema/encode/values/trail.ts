/** One careful run of a model over a value: how deep it is, and where it broke. */
import { ModelError, typeNameOf } from '../../model-error.ts'

/** What a step gives instead of a value that is not what its node promises. */
export const BROKEN: unique symbol = Symbol('broken')

/** Thrown by generated code where a recursive model is entered too often. */
export const TOO_DEEP: Error = new Error('A value goes too deep')

/** What is made of a value: what JSON will hold, or the program's own value, in which dates are still dates. */
export type Form = 'wire' | 'domain'

/** Checks and filters one value; `undefined` means that nothing is written. */
export type Step = (value: unknown, trail: Trail) => unknown

export class Trail {
  depth = 0
  /** Too deep: no other option of a union may be tried, or a cycle would be walked again from each of its levels. */
  exhausted = false
  /** Values that JSON can't hold are looked for inside `any` nodes too. */
  readonly verifying: boolean
  #steps: (string | number)[] = []
  #expected = ''
  #received = ''
  #cause: unknown = undefined

  constructor(verifying = false) {
    this.verifying = verifying
  }

  /** Only the type of `value` is kept. */
  fail(expected: string, value: unknown, cause?: unknown): typeof BROKEN {
    return this.failWith(expected, typeNameOf(value), cause)
  }

  failWith(expected: string, received: string, cause?: unknown): typeof BROKEN {
    this.#steps = []
    this.#expected = expected
    this.#received = received
    this.#cause = cause
    return BROKEN
  }

  /** Names the place of what broke below, from the inside out. */
  at(step: string | number): typeof BROKEN {
    this.#steps.push(step)
    return BROKEN
  }

  /** How far below the present node it broke. */
  get distance(): number {
    return this.#steps.length
  }

  toBreach(): ModelError {
    const breach = new ModelError(this.#steps.toReversed(), this.#expected, this.#received)
    if (this.#cause !== undefined) breach.cause = this.#cause
    return breach
  }
}
