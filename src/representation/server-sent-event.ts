/** The events of an `sse()` response: their types, the functions of `event` in a handler's context, and the text of each event by its declaration. */
import { z } from 'zod'
import { ContractError } from '../errors/framework-errors.ts'
import { formatEvent } from '../http/event-stream.ts'
import { type Accepted, type AnySchema, isSchema } from '../schema/schema.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { compileEncoder } from '../schema/encode.ts'
import { ModelError } from '../schema/model-error.ts'
import type { Representation, DocumentedContent, DocumentedEventData } from './representation.ts'

/** The type of an event's data: a schema means JSON; `text()` means text, sent unchanged. */
export type EventData = AnySchema | Representation<string>

/** The value that a handler passes as the data. */
export type EventValue<Data> = Data extends AnySchema ? Accepted<Data> : string

/** The fields of a server-sent event beside its data. */
export interface EventFields {
  /** The client sends it as `Last-Event-ID` when it reconnects. One line, no NUL. */
  readonly id?: string | number | undefined
  /** How long the client waits before it reconnects, in milliseconds. */
  readonly retry?: number | undefined
  /** A comment, which clients ignore. */
  readonly comment?: string | undefined
}

/** The fields of an event in a stream with one type of data. Without `data` a client dispatches no event, but it keeps `id` and `retry`. */
export interface FreeEventFields<Value = unknown> extends EventFields {
  /** The event type for `addEventListener`. One line. Default: `message`. */
  readonly event?: string | undefined
  readonly data?: Value | undefined
}

/** Created by `event` of a handler's context. It is validated against the route's declaration when it is sent. */
export class ServerSentEvent {
  readonly event: string | undefined
  readonly data: unknown
  readonly fields: EventFields | undefined
  /** Whether the data is sent as text, without being validated by the model. */
  readonly isText: boolean

  constructor(event: string | undefined, data: unknown, fields: EventFields | undefined, isText = false) {
    this.event = event
    this.data = data
    this.fields = fields
    this.isText = isText
  }
}

/** The type of `event` if all events have one type of data, under any name. */
export interface FreeEventMaker<Data extends EventData> {
  (fields: FreeEventFields<EventValue<Data>>): ServerSentEvent
  /** An event without a name, which a client receives as `message`. */
  message(data: EventValue<Data>, fields?: EventFields): ServerSentEvent
  /** An event whose data is this text instead of a value of the model. `text('', { id })` only sends an id. */
  text(data: string, fields?: EventFields): ServerSentEvent
}

/** One function for each declared event; `event({ comment })` sends a comment or an id without data. */
export type EventMakers<Events extends Readonly<Record<string, EventData>>> = ((fields: EventFields) => ServerSentEvent) & {
  readonly [Name in keyof Events]: (data: EventValue<Events[Name]>, fields?: EventFields) => ServerSentEvent
}

export function createEventMakers(names: readonly string[]): (fields: FreeEventFields) => ServerSentEvent {
  // A new function for each route, because the declared events become its properties.
  const event = createEvent.bind(undefined)
  for (const name of names) {
    // Not an assignment: a function's own `name` and `length` can't be assigned to.
    Object.defineProperty(event, name, { value: (data: unknown, fields?: EventFields) => new ServerSentEvent(name, data, fields) })
  }
  if (!names.includes('text')) {
    Object.defineProperty(event, 'text', {
      value: (data: string, fields?: EventFields) => new ServerSentEvent(undefined, data, fields, true),
    })
  }
  return event
}

function createEvent(fields: FreeEventFields): ServerSentEvent {
  return new ServerSentEvent(fields.event, fields.data, fields)
}

/** Throws a `ModelError` or `ContractError` on an event that does not fit its declaration. */
export type FormatItem = (item: unknown) => string

export interface DeclaredEvents {
  /** The names of the declared events. */
  readonly names: readonly string[]
  readonly content: DocumentedContent
  readonly compileFormat: () => FormatItem
}

export function isEventData(value: EventData | Readonly<Record<string, EventData>>): value is EventData {
  return isSchema(value) || typeof value['compile'] === 'function'
}

/** Declares one type of data for events of any name. An item that is not a `ServerSentEvent` is data. */
export function declareOne(data: EventData): DeclaredEvents {
  return {
    names: ['message'],
    content: { events: { message: [documentData(data, 'message'), FREE_TEXT] }, anyEvent: true },
    compileFormat() {
      const format = compileData(data)
      return (item) => {
        if (!(item instanceof ServerSentEvent)) return formatEvent({ data: format(item) })
        return write(item, item.data === undefined ? undefined : item.isText ? (item.data as string) : format(item.data))
      }
    },
  }
}

export function declareByName(events: Readonly<Record<string, EventData>>): DeclaredEvents {
  const names = Object.keys(events)
  for (const name of names) {
    if (/[\r\n]/.test(name) || name === '')
      throw new DeclarationError('EVENT_NAME', 'sse()', 'the name of an event must be one line that is not empty', 'Change the name')
  }
  return {
    names,
    content: { events: Object.fromEntries(Object.entries(events).map(([name, data]) => [name, [documentData(data, name)]])) },
    compileFormat() {
      const formats = new Map(Object.entries(events).map(([name, data]) => [name, compileData(data)]))
      return (item) => {
        if (!(item instanceof ServerSentEvent)) throw ModelError.at([], 'an event', item)
        if (item.event === undefined && item.data === undefined) return write(item, undefined)
        const format = formats.get(item.event ?? 'message')
        if (format === undefined) throw new ModelError([], `one of the events ${names.join(', ')}`, 'another event')
        return write(item, format(item.data))
      }
    },
  }
}

function write({ event, fields }: ServerSentEvent, data: string | undefined): string {
  const id = fields?.id
  try {
    return formatEvent({
      data,
      event: event === 'message' ? undefined : event,
      id: id === undefined ? undefined : String(id),
      retry: fields?.retry,
      comment: fields?.comment,
    })
  } catch (cause) {
    throw new ContractError((cause as Error).message, { cause })
  }
}

function compileData(data: EventData): (value: unknown) => string {
  if (!isSchema(data)) return data.compileText!()
  const { encodeText } = compileEncoder(data)
  // A channel sends one value to many clients.
  return (value) => keptText(value, data) ?? encodeText(value)
}

/** What `event.text` sends. */
const FREE_TEXT: DocumentedEventData = { schema: z.string().meta({ description: 'Text beside the events of JSON' }), isText: true }

function documentData(data: EventData, name: string): DocumentedEventData {
  if (isSchema(data)) return { schema: data }
  if (data.compileText !== undefined) return { schema: z.string(), isText: true }
  throw new DeclarationError(
    'EVENT_DATA',
    `sse() ${name}`,
    `content of kind ${data.kind} cannot be the data of an event`,
    'Declare a schema or text()',
  )
}

/** The cached JSON of a value that many responses send. */
interface KeptText {
  readonly schema: AnySchema
  readonly encode: () => string
  text?: string
}

const kept = new WeakMap<object, KeptText>()

/** `value` must never change from now on: freeze it. `encode` is called when the text is first needed. */
export function keepText(value: object, schema: AnySchema, encode: () => string): void {
  kept.set(value, { schema, encode })
}

/** The cached text; `undefined` if none is cached for this value and this schema. */
function keptText(value: unknown, schema: AnySchema): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const found = kept.get(value)
  return found?.schema === schema ? (found.text ??= found.encode()) : undefined
}
