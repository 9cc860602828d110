/** Limits the issues that zod keeps for a list or record: a body of 1 MiB can have half a million wrong items, each with an issue object. */
import { util, type $ZodRawIssue, type $ZodType, type ParsePayload } from 'zod/v4/core'
import { ISSUE_LIMIT } from './issue.ts'
import type { Replace } from './replace-parse.ts'

/** Marks a placeholder issue with the number of issues that were not kept: a caller that drops the list, as a union does, drops the number too. */
const OMITTED: unique symbol = Symbol('omitted issues')

interface Omission {
  [OMITTED]: number
}

/** The issues that were kept, and the number of the others. */
export function countOmitted(issues: readonly $ZodRawIssue[]): { readonly kept: readonly $ZodRawIssue[]; readonly omitted: number } {
  const omitted = issues.reduce((sum, issue) => sum + omittedBy(issue), 0)
  return { kept: omitted === 0 ? issues : issues.filter((issue) => omittedBy(issue) === 0), omitted }
}

function omittedBy(issue: $ZodRawIssue): number {
  return (issue as unknown as Partial<Omission>)[OMITTED] ?? 0 // a symbol of ours on zod's issue
}

/** A list of issues that stops growing at the limit. */
class Bounded {
  readonly #issues: $ZodRawIssue[]
  #omission: Omission | undefined

  constructor(issues: $ZodRawIssue[]) {
    this.#issues = issues
  }

  add(found: readonly $ZodRawIssue[]): void {
    for (const issue of found) {
      const omitted = omittedBy(issue)
      if (omitted === 0 && this.#issues.length < ISSUE_LIMIT) this.#issues.push(issue)
      else this.#omit(omitted || 1)
    }
  }

  #omit(count: number): void {
    if (this.#omission === undefined) {
      const issue = { code: 'custom', input: null, path: [], message: '', continue: true, [OMITTED]: 0 }
      this.#issues.push(issue as never) // zod's list holds what its checks push
      this.#omission = issue
    }
    this.#omission[OMITTED] += count
  }
}

/** Reads a list item by item, as zod does. */
export function boundedList(element: () => $ZodType): Replace {
  return (parse) => (payload, context) => {
    const input = payload.value
    if (!Array.isArray(input)) return parse(payload, context)
    const value: unknown[] = Array(input.length)
    payload.value = value
    const bounded = new Bounded(payload.issues)
    const take = (result: ParsePayload, index: number) => {
      if (result.issues.length > 0) bounded.add(util.prefixIssues(index, result.issues))
      value[index] = result.value
    }
    const { _zod: zod } = element()
    const pending: Promise<void>[] = []
    for (let index = 0; index < input.length; index++) {
      const result = zod.run({ value: input[index], issues: [] }, context)
      if (result instanceof Promise) pending.push(result.then((settled) => take(settled, index)))
      else take(result, index)
    }
    return pending.length === 0 ? payload : Promise.all(pending).then(() => payload)
  }
}
