/** Handles map keys that their model refuses. Zod reports the issues of a key as if they were issues of its value. */
import type { $ZodType, ParsePayload } from 'zod/v4/core'
import type { InputIssue } from './issue.ts'
import type { Run } from './replace-parse.ts'

/** Wraps the schema of a key: its issues become a single issue, like the one that zod has for a key of a record. */
export function refusingKeys(key: $ZodType): $ZodType {
  const { _zod: zod } = key
  const run: Run = (payload, context) => {
    const { value: input } = payload
    const judge = (result: ParsePayload): ParsePayload => {
      if (result.issues.length > 0) result.issues = [{ code: 'invalid_key', origin: 'record', issues: [], input, inst: key }]
      return result
    }
    const result = zod.run(payload, context)
    return result instanceof Promise ? result.then(judge) : judge(result)
  }
  return Object.create(key, { _zod: { value: Object.create(zod, { run: { value: run } }) } }) as $ZodType // all else is the schema's own
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
