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

/** Removes the issues of values whose key was refused. They follow the issue of the key. */
export function withoutTheirValues(issues: readonly InputIssue[]): readonly InputIssue[] {
  let last: InputIssue | undefined
  return issues.filter((issue) => {
    if (last !== undefined && isBelowRefused(issue, last)) return false
    last = issue
    return true
  })
}

function isBelowRefused({ path }: InputIssue, { path: holder, refusedKeys: [key] = [] }: InputIssue): boolean {
  return key !== undefined && path[holder.length] === key && holder.every((step, index) => step === path[index])
}

/** Tells whether a path of at most `deepest` steps leads through a key that was refused. */
export function refusalsOf(issues: readonly InputIssue[], deepest: number): (path: InputIssue['path']) => boolean {
  const refused = new Map<string, Set<string | number>>()
  for (const { path, refusedKeys } of issues) {
    if (refusedKeys === undefined || path.length >= deepest) continue
    const holder = JSON.stringify(path)
    const keys = refused.get(holder) ?? new Set()
    for (const key of refusedKeys) keys.add(key)
    refused.set(holder, keys)
  }
  return (path) => path.some((step, index) => refused.get(JSON.stringify(path.slice(0, index)))?.has(step) === true)
}
