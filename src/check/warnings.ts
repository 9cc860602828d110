/** Warnings about parts of the API that the check did not reach. */
import type { Session } from './session.ts'
import type { OperationTally } from './tally.ts'

/** The kind of a warning. */
export type WarningKind =
  | 'missing-auth'
  | 'no-data'
  | 'needs-example'
  | 'model-refuses'
  | 'not-writable'
  | 'rate-limited'
  | 'only-refused'
  | 'not-sent'
  | 'broken-schema'
  | 'out-of-time'

/** A part of the API that the check could not test, and why. */
export interface Warning {
  readonly kind: WarningKind
  readonly message: string
  /** `GET /users/{user_id}: query.from` */
  readonly places: readonly string[]
}

const TEXTS: Readonly<Record<WarningKind, string>> = {
  'missing-auth': 'Every response was 401 or 403: give credentials with --header',
  'no-data': 'Every valid request got 404: create data first, or give examples that exist',
  'needs-example': 'No valid request could be generated: give an example in the document',
  'model-refuses': 'A rule of the model that the document does not show refuses nearly all generated inputs: give an example',
  'not-writable': 'The check cannot write any media type of the body',
  'rate-limited': 'Some responses were 429: the rate limit hides part of the behaviour',
  'only-refused': 'No valid request succeeded: only the validation of the input was tested',
  'not-sent': 'Not tested, because the method may change data: allow it with --unsafe',
  'broken-schema': 'The schema cannot be compiled, so nothing was checked against it',
  'out-of-time': 'Not tested, because the time was over: raise --max-time',
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'QUERY'])

export function findWarnings(session: Session): readonly Warning[] {
  const found = new Map<WarningKind, string[]>()
  const add = (kind: WarningKind, place: string) => found.set(kind, [...(found.get(kind) ?? []), place])
  for (const [operation, tally] of session.tally.entries()) for (const { kind, place } of ofOperation(operation, tally)) add(kind, place)
  if (!session.isUnsafe) for (const { key, method } of session.operations) if (!SAFE.has(method)) add('not-sent', key)
  for (const [pointer, reason] of session.validator.broken) add('broken-schema', `${pointer}: ${reason}`)
  return [...found].map(([kind, places]) => ({ kind, message: TEXTS[kind], places }))
}

function* ofOperation(operation: string, tally: OperationTally): Generator<{ readonly kind: WarningKind; readonly place: string }> {
  if (tally.isSkipped) yield { kind: 'out-of-time', place: operation }
  if (tally.needsExample.length > 0) yield { kind: 'needs-example', place: `${operation}: ${tally.needsExample.join(', ')}` }
  if (tally.unwritable.length > 0) yield { kind: 'not-writable', place: `${operation}: ${tally.unwritable.join(', ')}` }
  if (tally.refusedByModel > 0 && tally.valid * 9 < tally.refusedByModel)
    yield { kind: 'model-refuses', place: `${operation}: ${[...tally.refusedPlaces].slice(0, 5).join(', ')}` }
  const statuses = [...tally.statuses.keys()]
  if (statuses.length === 0) return
  if (statuses.includes(429)) yield { kind: 'rate-limited', place: operation }
  if (statuses.every((status) => status === 401 || status === 403)) yield { kind: 'missing-auth', place: operation }
  else if (tally.valid > 0 && tally.accepted === 0) {
    const isMissing = statuses.every((status) => status === 404 || status === 400 || status === 422)
    yield isMissing && statuses.includes(404) ? { kind: 'no-data', place: operation } : { kind: 'only-refused', place: operation }
  }
}
