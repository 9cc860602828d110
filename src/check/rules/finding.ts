/** What a rule found. */
import type { Description } from '../document/operation.ts'
import type { Candidate } from '../generate/candidate.ts'
import type { Validator } from '../model/validator.ts'
import type { Answer, WireRequest } from '../send/wire.ts'
import type { RuleName } from './catalogue.ts'

export interface Finding {
  readonly rule: RuleName
  /** `GET /users/{user_id}`; empty for the document. */
  readonly operation: string
  /** Where: `200 application/json items[].name`. With rule and operation, it is what makes a cause. */
  readonly place: string
  /** `expected string, got null` */
  readonly message: string
  /** The requests that show it, in order. */
  readonly steps: readonly WireRequest[]
  /** The answer to the last of them. */
  readonly answer: Answer | undefined
}

export interface Exchange {
  readonly candidate: Candidate
  readonly answer: Answer
}

/** What rules may ask. */
export interface Knowledge {
  readonly description: Description
  readonly validator: Validator
  /** Texts that the document shows to everyone: an error may repeat them. */
  readonly isPublic: (text: string) => boolean
  /** For the rule `time`. `undefined`: off. */
  readonly slowMs: number | undefined
}

export type AnswerRule = (exchange: Exchange, knowledge: Knowledge) => Iterable<Pick<Finding, 'rule' | 'place' | 'message'>>

export function contentPlace(answer: Answer, mediaType: string | undefined, place = ''): string {
  return [String(answer.status), mediaType ?? '', place].filter((part) => part !== '').join(' ')
}
