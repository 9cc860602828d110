/** What a rule reads, and what it finds. */
import type { Description } from '../document/operation.ts'
import type { Candidate } from '../generate/candidate.ts'
import type { Validator } from '../model/validator.ts'
import type { Answer, WireRequest } from '../send/wire.ts'
import type { RuleName } from './catalogue.ts'

export interface Finding {
  readonly rule: RuleName
  /** `GET /users/{user_id}`; empty for the document. */
  readonly operation: string
  /** `200 application/json items[].name`. Rule, operation and place identify a cause. */
  readonly place: string
  /** `expected string, got null` */
  readonly message: string
  /** The requests that reproduce the failure, in order. */
  readonly steps: readonly WireRequest[]
  /** The response to the last of them. */
  readonly answer: Answer | undefined
}

export interface Exchange {
  readonly candidate: Candidate
  readonly answer: Answer
}

/** What rules know of the document and the options. */
export interface Knowledge {
  readonly description: Description
  readonly validator: Validator
  /** Whether the document contains the text: then an error may repeat it. */
  readonly isPublic: (text: string) => boolean
  /** For the rule `time`. `undefined`: off. */
  readonly slowMs: number | undefined
}

export type AnswerRule = (exchange: Exchange, knowledge: Knowledge) => Iterable<Pick<Finding, 'rule' | 'place' | 'message'>>

export function contentPlace(answer: Answer, mediaType: string | undefined, place = ''): string {
  return [String(answer.status), mediaType ?? '', place].filter((part) => part !== '').join(' ')
}
