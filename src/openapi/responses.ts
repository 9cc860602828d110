/** The outcomes of an operation, all sources together → its responses. */
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

/** Exact statuses ascending, then ranges, then `default`. Each response may have the `added` headers. */
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

/** A range that one source declares includes each status in it, also one that another source declares exactly. */
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

/** A range has the phrase of its class of statuses. */
export function phraseOf(key: StatusKey): string {
  if (key === 'default') return 'Any other response'
  return typeof key === 'number' ? reasonPhrase(key) : reasonPhrase(Number(`${key[0]}99`))
}
