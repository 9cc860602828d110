/** Differences between two documents, by rule: what each means for clients of the older one. */

/** What a difference means for clients of the older document. */
export type Verdict = 'breaking' | 'warning' | 'compatible'

export interface DiffRule {
  readonly verdict: Verdict
  readonly text: string
}

export const DIFF_RULES = {
  'operation-removed': { verdict: 'breaking', text: 'An operation is gone.' },
  'operation-added': { verdict: 'compatible', text: 'An operation is new.' },
  'parameter-removed': { verdict: 'warning', text: 'A parameter is not read any more.' },
  'parameter-added': { verdict: 'compatible', text: 'An optional parameter is new.' },
  'parameter-required': { verdict: 'breaking', text: 'A parameter is required that was not.' },
  'parameter-optional': { verdict: 'compatible', text: 'A parameter is not required any more.' },
  'parameter-style': { verdict: 'breaking', text: 'A parameter is written in another way.' },
  'body-required': { verdict: 'breaking', text: 'A request body is required that was not.' },
  'body-removed': { verdict: 'breaking', text: 'A request body is not read any more.' },
  'body-optional': { verdict: 'compatible', text: 'A request body is optional, or new and optional.' },
  'request-media-type-removed': { verdict: 'breaking', text: 'A media type of the request body is refused.' },
  'request-media-type-added': { verdict: 'compatible', text: 'A media type of the request body is new.' },
  'input-narrowed': { verdict: 'breaking', text: 'An input takes less than before.' },
  'input-widened': { verdict: 'compatible', text: 'An input takes more than before.' },
  'input-field-removed': { verdict: 'warning', text: 'A field of an input is not read any more.' },
  'output-widened': { verdict: 'breaking', text: 'An output may be what it could not be before.' },
  'output-narrowed': { verdict: 'compatible', text: 'An output is more exact than before.' },
  'output-field-removed': { verdict: 'breaking', text: 'A field of an output is gone.' },
  'output-field-added': { verdict: 'compatible', text: 'A field of an output is new.' },
  'status-removed': { verdict: 'breaking', text: 'A status of success is gone.' },
  'status-added': { verdict: 'breaking', text: 'A status of success, or a redirect, is new.' },
  'error-status-removed': { verdict: 'compatible', text: 'An error status is gone.' },
  'error-status-added': { verdict: 'warning', text: 'An error status is new.' },
  'response-media-type-removed': { verdict: 'breaking', text: 'A media type of a response is gone.' },
  'response-media-type-added': { verdict: 'warning', text: 'A media type of a response is new.' },
  'response-header-removed': { verdict: 'breaking', text: 'A response header that was always sent is gone, or not always sent.' },
  'response-header-added': { verdict: 'compatible', text: 'A response header is new.' },
  'security-added': { verdict: 'breaking', text: 'Credentials or scopes are needed that were not.' },
  'security-removed': { verdict: 'compatible', text: 'Credentials or scopes are not needed any more.' },
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
  /** `expected at most 100 characters, got at most 50` */
  readonly message: string
}
