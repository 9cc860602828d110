/** Issues: the problems of an input. */

/** One problem of an input. */
export interface InputIssue {
  /** The path inside its location: declared names, keys that their model accepted, and list indexes. */
  readonly path: readonly (string | number)[]
  /** A stable name, the same as in FastAPI if it has one: `missing`, `int_parsing`, … */
  readonly code: string
  /** For the client. Never contains the value. */
  readonly message: string
  /** Keys at `path` that their model refused. No response names these keys, or anything below them. */
  readonly refusedKeys?: InputIssue['path']
}

/** The maximum number of issues for one value. In a list of 1 MiB, each item can have one. */
export const ISSUE_LIMIT = 1000

/** The issues of a value. */
export interface Refused {
  readonly issues: readonly InputIssue[]
  /** The number of further issues that are not listed. Default: 0. */
  readonly omitted?: number
  readonly value?: undefined
}

/** A value that was read, or its issues. */
export type InputResult = { readonly value: unknown; readonly issues?: undefined } | Refused

/** Describes the first issues, up to the limit, and counts the others. */
export function toIssues<Found>(found: ArrayLike<Found>, describe: (found: Found) => InputIssue): Refused {
  const { length } = found
  const listed = Array.from({ length: Math.min(length, ISSUE_LIMIT) }, (_, index) => describe(found[index]!))
  return length > ISSUE_LIMIT ? { issues: listed, omitted: length - ISSUE_LIMIT } : { issues: listed }
}
