/** Creates the Responses Object of an operation (OpenAPI 3.1.1 §4.8.16), and moves error responses that operations share to the components. */
import type { StatusKey } from '../contract/responses.ts'
import { findByStatus } from '../contract/declared.ts'
import { reasonPhrase } from '../http/status.ts'
import { present } from '../schema/json-schema/keywords.ts'
import type { Reference } from './components.ts'
import { toContent, type ContentObject } from './content.ts'
import { addHeaders, mergeHeaders, type Headers } from './headers.ts'
import type { Outcome, Outcomes } from './outcomes.ts'
import type { Scope } from './settings.ts'

export interface ResponseObject {
  readonly description: string
  readonly headers?: Headers
  readonly content?: ContentObject
}

export type ResponsesObject = Readonly<Record<string, ResponseObject | Reference>>

const RANGES: readonly StatusKey[] = ['2XX', '3XX', '4XX', '5XX', 'default']

/** Lists exact statuses in ascending order, then ranges, then `default`. `added`: headers that every response may have. */
export function toResponses(sources: readonly Outcomes[], added: Headers, scope: Scope): ResponsesObject {
  const keys = new Set(sources.flatMap((outcomes) => [...outcomes.keys()]))
  const exact = [...keys].filter((key) => typeof key === 'number').toSorted((a, b) => a - b)
  return Object.fromEntries(
    [...exact, ...RANGES.filter((key) => keys.has(key))].map((key) => {
      const outcomes = sources.map((source) => findOutcome(source, key)).filter((outcome) => outcome !== undefined)
      return [String(key), toResponse(key, outcomes, added, scope)]
    }),
  )
}

/** A range that one source declares also applies to the statuses in it that other sources declare exactly. */
function findOutcome(outcomes: Outcomes, key: StatusKey): Outcome | undefined {
  return typeof key === 'number' ? findByStatus(outcomes, key) : (outcomes.get(key) ?? outcomes.get('default'))
}

function toResponse(key: StatusKey, outcomes: readonly Outcome[], added: Headers, scope: Scope): ResponseObject {
  const descriptions = new Set(outcomes.map(({ description }) => description).filter((description) => description !== undefined))
  const headers = addHeaders(mergeHeaders(outcomes.map((outcome) => outcome.headers)), added)
  const contents = outcomes.flatMap((outcome) => outcome.contents)
  return present<ResponseObject>({
    description: descriptions.size === 0 ? phraseOf(key) : [...descriptions].join('; '),
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    content: toContent(contents, 'output', scope),
  })
}

/** `4XX` → `Client Error`, which is also the phrase of an unregistered status such as 499. */
export function phraseOf(key: StatusKey): string {
  if (key === 'default') return 'Any other response'
  return typeof key === 'number' ? reasonPhrase(key) : reasonPhrase(Number(`${key[0]}99`))
}
