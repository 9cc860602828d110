/** Rules about streams: parses server-sent events and JSON Lines, and checks each item against its schema. */
import { contentFor, responseFor, type PlacedSchema } from '../document/operation.ts'
import { followSchema, isRecord, type Schema, type SchemaObject } from '../document/schema.ts'
import { EVENT_STREAM, isJSONLines, mediaTypeOf, parseJSON, textOf, type WireResponse } from '../send/wire.ts'
import type { ResponseRule, Finding, Knowledge } from './rule.ts'

interface StreamEvent {
  readonly event: string | undefined
  readonly data: string
  readonly id: string | undefined
  readonly retry: number | undefined
}

export interface Events {
  readonly events: readonly StreamEvent[]
  /** Whether the text ends inside an event. */
  readonly isOpen: boolean
}

/** WHATWG HTML §9.2.6: an event ends with a blank line, so text after the last blank line is not an event. */
export function parseEvents(text: string): Events {
  const blocks = text.replace(/^\uFEFF/, '').split(/(?:\r\n|\r|\n)(?:\r\n|\r|\n)+/)
  const rest = blocks.pop() ?? ''
  return { events: blocks.flatMap(parseBlock), isOpen: rest.split(/\r\n|\r|\n/).some((line) => line !== '' && !line.startsWith(':')) }
}

function parseBlock(block: string): readonly StreamEvent[] {
  let event: string | undefined
  let id: string | undefined
  let retry: number | undefined
  const data: string[] = []
  for (const line of block.split(/\r\n|\r|\n/)) {
    const [, name = line, value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? []
    if (name === 'data') data.push(value)
    else if (name === 'event') event = value
    else if (name === 'id') id = value
    else if (name === 'retry') retry = Number(value)
  }
  return data.length === 0 ? [] : [{ event, id, retry, data: data.join('\n') }]
}

interface Lines {
  readonly lines: readonly string[]
  readonly isOpen: boolean
}

export function parseLines(text: string): Lines {
  const lines = text.replaceAll('\x1e', '').split(/\r?\n/)
  const rest = lines.pop() ?? ''
  return { lines: lines.filter((line) => line.trim() !== ''), isOpen: rest.trim() !== '' }
}

export const streamItems: ResponseRule = function* ({ candidate: { operation, wire }, response }, knowledge) {
  const got = mediaTypeOf(response)
  const declared = responseFor(operation, response.status)
  const content = declared === undefined || got === undefined ? undefined : contentFor(declared, got)
  const place = `${response.status} ${got}`
  if (got === EVENT_STREAM) {
    // `EventSource` sends GET, and reconnects after the end of a stream. A resumed stream may have no new events.
    const isResumed = wire.headers.some(([name]) => name === 'last-event-id')
    if (operation.method === 'GET' && !isResumed && response.ending === 'complete' && response.body.byteLength === 0)
      yield {
        rule: 'stream-end',
        place,
        message: 'expected events, or a 204 without events, got an empty stream that ends cleanly: clients would reconnect indefinitely',
      }
    yield* ofEvents(response, place, content?.itemSchema, knowledge)
  } else if (isJSONLines(got)) yield* ofLines(response, place, content?.itemSchema, knowledge)
}

type Found = Pick<Finding, 'rule' | 'place' | 'message'>

function* ofEvents(
  response: WireResponse,
  place: string,
  item: PlacedSchema | undefined,
  { validator, description }: Knowledge,
): Generator<Found> {
  const { events, isOpen } = parseEvents(textOf(response))
  if (response.ending === 'complete') {
    if (isOpen) yield { rule: 'stream-end', place, message: 'expected complete events, got a clean end inside an event' }
  }
  if (item === undefined) return
  for (const event of events) {
    const mismatch = mismatchOf(event, item, { validator, description })
    if (mismatch === undefined) continue
    yield toItemFault(place, mismatch)
    return
  }
}

function toItemFault(place: string, mismatch: { readonly place: string; readonly message: string }): Found {
  return {
    rule: 'stream-item',
    place: `${place} ${mismatch.place}`.trim(),
    message: `${mismatch.place === '' ? '' : `${mismatch.place}: `}${mismatch.message}`,
  }
}

/** Checks an event against the schema of an item. If the schema says that the data is JSON, its value is checked against `contentSchema`. */
function mismatchOf(
  event: StreamEvent,
  item: PlacedSchema,
  { validator, description: { root } }: Pick<Knowledge, 'validator' | 'description'>,
) {
  const mismatches = alternativesOf(root, item).map(({ pointer, schema, data }) => {
    const parsed = data === undefined ? undefined : parseJSON(event.data)
    if (data !== undefined && parsed === undefined) return { place: 'data', message: 'expected JSON, got other text', isNamed: true }
    const instance = Object.fromEntries(Object.entries(event).filter(([, value]) => value !== undefined))
    const own =
      validator.mismatch({ pointer, schema }, instance, 'response') ??
      (data === undefined ? undefined : below(validator.mismatch(data, parsed!.value, 'response')))
    return own === undefined ? undefined : { ...own, isNamed: own.place !== 'event' }
  })
  if (mismatches.includes(undefined)) return undefined
  return mismatches.find((mismatch) => mismatch!.isNamed) ?? mismatches[0]
}

function below(mismatch: { place: string; message: string } | undefined) {
  return mismatch === undefined ? undefined : { ...mismatch, place: mismatch.place === '' ? 'data' : `data.${mismatch.place}` }
}

interface Alternative extends PlacedSchema {
  /** The schema of the data, if it is JSON. */
  readonly data: PlacedSchema | undefined
}

function alternativesOf(root: unknown, item: PlacedSchema): readonly Alternative[] {
  const found = followSchema(root, item.schema)
  const options = typeof found === 'object' ? (found.oneOf ?? found.anyOf ?? found.allOf) : undefined
  if (options !== undefined && typeof found === 'object') {
    return options.flatMap((option, index) => alternativesOf(root, { pointer: inline(option, index), schema: option }))
  }
  const flat = typeof found === 'object' ? found : ({} as SchemaObject)
  const data = followSchema(root, flat.properties?.['data'] ?? true)
  const content = typeof data === 'object' ? data.contentSchema : undefined
  const own = { pointer: inline(found, 0), schema: found }
  return [{ ...own, data: content === undefined ? undefined : { pointer: inline(content, 0), schema: content } }]
}

const names = new WeakMap<object, string>()
let count = 0

/** The key under which the validator caches a schema that has no pointer in the document. */
function inline(schema: Schema, index: number): string {
  if (!isRecord(schema)) return `inline:${String(schema)}:${index}`
  const known = names.get(schema) ?? `inline:${(count += 1)}`
  names.set(schema, known)
  return known
}

function* ofLines(response: WireResponse, place: string, item: PlacedSchema | undefined, { validator }: Knowledge): Generator<Found> {
  const { lines, isOpen } = parseLines(textOf(response))
  const text = textOf(response)
  // The last line may have no line feed. It is complete if it is JSON.
  const rest = text.slice(text.lastIndexOf('\n') + 1)
  if (response.ending === 'complete' && isOpen && parseJSON(rest) === undefined)
    yield { rule: 'stream-end', place, message: 'expected complete lines, got a clean end inside a line' }
  for (const line of lines) {
    const parsed = parseJSON(line)
    if (parsed === undefined) {
      yield { rule: 'stream-item', place, message: 'expected a JSON value in each line, got other text' }
      return
    }
    const mismatch = item === undefined ? undefined : validator.mismatch(item, parsed.value, 'response')
    if (mismatch === undefined) continue
    yield toItemFault(place, mismatch)
    return
  }
}
