/** Keys of maps that their model refuses. zod gives what is wrong with a key as if it were wrong with the value below that key. */
import type { $ZodType, ParsePayload } from 'zod/v4/core'
import type { InputIssue } from './issue.ts'
import type { Run } from './replace-parse.ts'

/** The schema of a key, whose issues become the one that zod gives for a key of a record. */
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

/** Without what is told of values whose key was refused: it follows what is told of the key. */
export function withoutTheirValues(issues: readonly InputIssue[]): readonly InputIssue[] {
  let refused: InputIssue['path'] | undefined
  return issues.filter(({ path, refusedKeys }) => {
    if (refused?.every((step, index) => step === path[index]) === true) return false
    refused = refusedKeys?.[0]
    return true
  })
}
