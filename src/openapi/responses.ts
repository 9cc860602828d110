/** Creates the Responses Object of an operation (OpenAPI 3.1.1 §4.8.16), and moves error responses that operations share to the components. */
import { findByStatus } from '../contract/declared.ts'
import type { StatusKey } from '../contract/responses.ts'
import { reasonPhrase } from '../http/status.ts'
import { present } from '../schema/json-schema/keywords.ts'
import type { Reference } from './components.ts'
import { toContent, type ContentObject } from './content.ts'
import { addHeaders, mergeHeaders, type Headers } from './headers.ts'
import { toPascalCase } from './identity.ts'
import { isOfErrors, type Outcome, type Outcomes } from './outcomes.ts'
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
function phraseOf(key: StatusKey): string {
  if (key === 'default') return 'Any other response'
  return typeof key === 'number' ? reasonPhrase(key) : reasonPhrase(Number(`${key[0]}99`))
}

interface HasResponses {
  readonly responses: ResponsesObject
}

/** Operations by path and method. */
type Paths<Operation> = Readonly<Record<string, Readonly<Record<string, Operation>>>>

interface SharedErrors<Operation> {
  readonly paths: Paths<Operation>
  /** The shared responses, by the name of their component. */
  readonly responses: Readonly<Record<string, ResponseObject>>
}

/** A description that is longer is not used as a name. */
const NAME_LENGTH = 40

/** Replaces error responses that several operations have by references to one component. */
export function shareErrors<Operation extends HasResponses>(paths: Paths<Operation>): SharedErrors<Operation> {
  const uses = new Map<string, number>()
  for (const { responses } of Object.values(paths).flatMap((item) => Object.values(item))) {
    for (const [key, response] of Object.entries(responses)) {
      const form = JSON.stringify(response)
      if (isOfErrors(key)) uses.set(form, (uses.get(form) ?? 0) + 1)
    }
  }
  const names = new Map<string, string>()
  const shared: Record<string, ResponseObject> = {}
  const share = (key: string, response: ResponseObject | Reference): ResponseObject | Reference => {
    const form = JSON.stringify(response)
    if (!isOfErrors(key) || uses.get(form) === 1 || '$ref' in response) return response
    let name = names.get(form)
    if (name === undefined) {
      names.set(form, (name = freeName(nameOf(key, response), shared)))
      shared[name] = response
    }
    return { $ref: `#/components/responses/${name}` }
  }
  const rewritten = mapEntries(paths, (_path, item) =>
    mapEntries(item, (_method, operation) => ({ ...operation, responses: mapEntries(operation.responses, share) })),
  )
  return { paths: rewritten, responses: Object.fromEntries(Object.entries(shared).toSorted(([a], [b]) => (a < b ? -1 : 1))) }
}

/** `User not found` → `UserNotFound` */
function nameOf(key: string, { description }: ResponseObject): string {
  const name = toPascalCase(description)
  return name === '' || name.length > NAME_LENGTH ? toPascalCase(phraseOf(/^\d+$/.test(key) ? Number(key) : (key as 'default'))) : name
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  let free = name
  for (let number = 2; Object.hasOwn(taken, free); number += 1) free = `${name}${number}`
  return free
}

function mapEntries<Value, Mapped>(
  record: Readonly<Record<string, Value>>,
  map: (key: string, value: Value) => Mapped,
): Readonly<Record<string, Mapped>> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(key, value)]))
}
