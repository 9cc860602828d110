/** What the check reached: the responses of each operation by status and media type, and warnings about what it could not test. */
import { contentFor, isSafe, responseFor, type Operation } from './document/operation.ts'
import { mediaTypeOf, isSuccess, type WireResponse } from './send/wire.ts'
import type { Candidate } from './generate/request.ts'
import type { Validator } from './model/validator.ts'

/** How often a response was seen: an operation, a status and a media type. */
export interface CoverageRow {
  readonly operation: string
  /** `200`, `4XX` or `default`; the status itself if it is not declared. */
  readonly status: string
  /** Empty for a response without content. */
  readonly mediaType: string
  readonly count: number
  readonly isDeclared: boolean
}

export class Coverage {
  readonly #rows = new Map<string, { readonly row: Omit<CoverageRow, 'count'>; count: number }>()

  constructor(operations: readonly Operation[]) {
    for (const { key, responses } of operations) {
      for (const { key: status, contents } of responses) {
        const types = contents.length === 0 ? [''] : contents.map(({ mediaType }) => mediaType)
        for (const mediaType of types)
          this.#rows.set(`${key}\n${status}\n${mediaType}`, { row: { operation: key, status, mediaType, isDeclared: true }, count: 0 })
      }
    }
  }

  take(operation: Operation, response: WireResponse): void {
    if (response.ending === 'none') return
    const declared = responseFor(operation, response.status)
    const got = mediaTypeOf(response) ?? ''
    const content = declared === undefined || got === '' ? undefined : contentFor(declared, got)
    const status = declared?.key ?? String(response.status)
    const mediaType = declared?.contents.length === 0 ? '' : (content?.mediaType ?? got)
    const key = `${operation.key}\n${status}\n${mediaType}`
    const known = this.#rows.get(key) ?? { row: { operation: operation.key, status, mediaType, isDeclared: false }, count: 0 }
    known.count += 1
    this.#rows.set(key, known)
  }

  list(): readonly CoverageRow[] {
    return [...this.#rows.values()].map(({ row, count }) => ({ ...row, count }))
  }
}

interface OperationTally {
  /** The number of valid requests that were sent. */
  valid: number
  accepted: number
  readonly statuses: Map<number, number>
  /** Required places for which no valid value could be generated. */
  needsExample: readonly string[]
  unwritable: readonly string[]
  /** The number of inputs that the document allows and the model refuses. */
  refusedByModel: number
  /** The places that the model refuses: `body.until`. */
  readonly refusedPlaces: Set<string>
  isSkipped: boolean
}

export class Tally {
  readonly #operations = new Map<string, OperationTally>()

  of(operation: string): OperationTally {
    const known = this.#operations.get(operation)
    if (known !== undefined) return known
    const made: OperationTally = {
      valid: 0,
      accepted: 0,
      statuses: new Map(),
      needsExample: [],
      unwritable: [],
      refusedByModel: 0,
      refusedPlaces: new Set(),
      isSkipped: false,
    }
    this.#operations.set(operation, made)
    return made
  }

  take({ operation, verdict, phase }: Candidate, response: WireResponse): void {
    const tally = this.of(operation.key)
    tally.statuses.set(response.status, (tally.statuses.get(response.status) ?? 0) + 1)
    if (verdict !== 'valid' || phase === 'probes') return
    tally.valid += 1
    if (isSuccess(response) || (response.status >= 300 && response.status < 400)) tally.accepted += 1
  }

  entries(): readonly (readonly [string, OperationTally])[] {
    return [...this.#operations]
  }
}

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
  'only-refused': 'No valid request succeeded, so only the validation of the input was tested: give examples of values that exist',
  'not-sent': 'Not tested, because the method may change data: allow it with --unsafe',
  'broken-schema': 'The schema cannot be compiled, so nothing was checked against it',
  'out-of-time': 'Not tested, because the time was over: raise --max-time',
}

/** The parts of a session that warnings are about. */
interface Checked {
  readonly operations: readonly Operation[]
  readonly tally: Tally
  readonly validator: Validator
  readonly isUnsafe: boolean
}

export function findWarnings({ operations, tally: tallies, validator, isUnsafe }: Checked): readonly Warning[] {
  const found = new Map<WarningKind, string[]>()
  const add = (kind: WarningKind, place: string) => found.set(kind, [...(found.get(kind) ?? []), place])
  for (const [operation, tally] of tallies.entries()) for (const { kind, place } of ofOperation(operation, tally)) add(kind, place)
  if (!isUnsafe) for (const { key, method } of operations) if (!isSafe(method)) add('not-sent', key)
  for (const [pointer, reason] of validator.broken) add('broken-schema', `${pointer}: ${reason}`)
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
