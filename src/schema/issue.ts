/** What is wrong with an input. */

/** One thing wrong, at one place. */
export interface InputIssue {
  /** Below the location it was read from: declared names, keys that their model accepted, and list indexes. */
  readonly path: readonly (string | number)[]
  /** A stable name, FastAPI's where it has one: `missing`, `int_parsing`, … */
  readonly code: string
  /** For the client; never holds the value. */
  readonly message: string
  /** The places of keys that their model refused. No answer names them, or anything below them. */
  readonly refusedKeys?: readonly InputIssue['path'][]
}

/** The most issues that are described of one value: of a list of 1 MiB, each item can be wrong. */
export const ISSUE_LIMIT = 1000

/** What is wrong with a value. */
export interface Refused {
  readonly issues: readonly InputIssue[]
  /** How many more there are than are listed. Default: none. */
  readonly omitted?: number
  readonly value?: undefined
}

/** A value that was read, or what is wrong with it. */
export type InputResult = { readonly value: unknown; readonly issues?: undefined } | Refused

/** Describes the first issues, up to the limit, and counts the others. */
export function toIssues<Found>(found: ArrayLike<Found>, describe: (found: Found) => InputIssue): Refused {
  const { length } = found
  const listed = Array.from({ length: Math.min(length, ISSUE_LIMIT) }, (_, index) => describe(found[index]!))
  return length > ISSUE_LIMIT ? { issues: listed, omitted: length - ISSUE_LIMIT } : { issues: listed }
}
