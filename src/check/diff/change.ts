/** The differences between two documents by rule: their meaning for clients of the older one, the version they require, and their text. */

/** The meaning of a difference for clients of the older document. */
export type Verdict = 'breaking' | 'warning' | 'compatible'

interface DiffRule {
  readonly verdict: Verdict
  readonly text: string
}

export const DIFF_RULES = {
  'operation-removed': { verdict: 'breaking', text: 'An operation is gone.' },
  'operation-added': { verdict: 'compatible', text: 'An operation is new.' },
  'parameter-removed': { verdict: 'warning', text: 'A parameter is not read any more.' },
  'parameter-added': { verdict: 'compatible', text: 'An optional parameter is new.' },
  'parameter-required': { verdict: 'breaking', text: 'A parameter is required that was not required before.' },
  'parameter-optional': { verdict: 'compatible', text: 'A parameter is not required any more.' },
  'parameter-style': { verdict: 'breaking', text: 'A parameter has another format.' },
  'body-required': { verdict: 'breaking', text: 'A request body is required that was not required before.' },
  'body-removed': { verdict: 'breaking', text: 'A request body is not read any more.' },
  'body-optional': { verdict: 'compatible', text: 'A request body is optional, or new and optional.' },
  'request-media-type-removed': { verdict: 'breaking', text: 'A media type of the request body is refused.' },
  'request-media-type-added': { verdict: 'compatible', text: 'A media type of the request body is new.' },
  'input-narrowed': { verdict: 'breaking', text: 'An input accepts fewer values than before.' },
  'input-widened': { verdict: 'compatible', text: 'An input accepts more values than before.' },
  'input-field-removed': { verdict: 'warning', text: 'A field of an input is not read any more.' },
  'output-widened': { verdict: 'breaking', text: 'An output may have values that it could not have before.' },
  'output-narrowed': { verdict: 'compatible', text: 'An output has fewer possible values than before.' },
  'output-field-removed': { verdict: 'breaking', text: 'A field of an output is gone.' },
  'output-field-added': { verdict: 'compatible', text: 'A field of an output is new.' },
  'status-removed': { verdict: 'breaking', text: 'A success status is gone.' },
  'status-added': { verdict: 'breaking', text: 'A success status or a redirect is new.' },
  'error-status-removed': { verdict: 'compatible', text: 'An error status is gone.' },
  'error-status-added': { verdict: 'warning', text: 'An error status is new.' },
  'response-media-type-removed': { verdict: 'breaking', text: 'A media type of a response is gone.' },
  'response-media-type-added': { verdict: 'warning', text: 'A media type of a response is new.' },
  'response-header-removed': { verdict: 'breaking', text: 'A response header that was always sent is gone, or not always sent.' },
  'response-header-added': { verdict: 'compatible', text: 'A response header is new.' },
  'security-added': { verdict: 'breaking', text: 'Credentials or scopes are required that were not required before.' },
  'security-removed': { verdict: 'compatible', text: 'Credentials or scopes are not required any more.' },
} as const satisfies Readonly<Record<string, DiffRule>>

/** The name of a rule that compares two documents. */
export type DiffRuleName = keyof typeof DIFF_RULES

/** One difference between two documents. */
export interface DocumentChange {
  readonly rule: DiffRuleName
  readonly verdict: Verdict
  /** `GET /users/{user_id}` */
  readonly operation: string
  /** `body.name`, `200 application/json items[].email`; empty for the operation itself. */
  readonly place: string
  /** `maxLength was 100, and is 50` */
  readonly message: string
}

/** The part of a version that must be raised. */
export type Bump = 'major' | 'minor' | 'patch'

/** The part of the version that must be raised: `major` if a change is breaking, `minor` for other changes, `patch` without changes. */
export function bumpFor(changes: readonly DocumentChange[]): Bump {
  if (changes.some(({ verdict }) => verdict === 'breaking')) return 'major'
  return changes.length > 0 ? 'minor' : 'patch'
}

const RANK: Readonly<Record<Bump, number>> = { patch: 0, minor: 1, major: 2 }

/** Whether the version was raised as much as the changes require. `undefined` if one of the versions is not a semantic version. */
export function isCovered(changes: readonly DocumentChange[], older: string, newer: string): boolean | undefined {
  const step = stepBetween(older, newer)
  return step === undefined ? undefined : RANK[step.bump] >= RANK[bumpFor(changes)] || (step.isInitial && step.bump === 'minor')
}

/** The part of the version that was raised. Before 1.0.0, a minor version may have breaking changes. */
function stepBetween(older: string, newer: string): { readonly bump: Bump; readonly isInitial: boolean } | undefined {
  const numbers = [older, newer].map((version) => /^v?(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number))
  const [before, now] = numbers
  if (before === undefined || now === undefined) return undefined
  const bump = now[0]! > before[0]! ? 'major' : now[0] === before[0] && now[1]! > before[1]! ? 'minor' : 'patch'
  return { bump, isInitial: before[0] === 0 }
}

const HEADS: Readonly<Record<Verdict, string>> = { breaking: 'breaking', warning: 'to review', compatible: 'compatible' }

/** The changes between two documents as text, the breaking ones first. */
export function formatDiff(changes: readonly DocumentChange[]): string {
  const parts = (['breaking', 'warning', 'compatible'] as const).flatMap((verdict) => {
    const own = changes.filter((change) => change.verdict === verdict)
    if (own.length === 0) return []
    return ['', `${own.length} ${HEADS[verdict]}`, ...own.flatMap(formatChange)]
  })
  return [`${changes.length} change${changes.length === 1 ? '' : 's'}: a ${bumpFor(changes)} version`, ...parts].join('\n')
}

function formatChange({ rule, operation, place, message }: DocumentChange): readonly string[] {
  return [`  ${operation}${place === '' ? '' : `  ${place}`}`, `    ${message}  (${rule}: ${DIFF_RULES[rule].text})`]
}
