/** One event of an `sse()` response, and the makers of those that it declares. */
import type { AnySchema } from '../schema/schema.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { Representation } from './representation.ts'

/** What the data of an event is: a schema means JSON; the data of `text()` is sent unchanged. */
export type EventData = AnySchema | Representation<string>

/** What a handler gives for the data. */
export type EventValue<Data> = Data extends AnySchema ? Accepted<Data> : string

/** The fields of a server-sent event beside its data. */
export interface EventFields {
  /** What the client sends as `Last-Event-ID` when it connects again. One line, no NUL. */
  readonly id?: string | number | undefined
  /** How long the client waits before it connects again, in milliseconds. */
  readonly retry?: number | undefined
  /** A comment, which clients ignore. */
  readonly comment?: string | undefined
}

/** The fields of an event whose data is that of the stream. Without `data` a client dispatches nothing, but it keeps `id` and `retry`. */
export interface FreeEventFields<Value = unknown> extends EventFields {
  /** The type that `addEventListener` names. One line. Default: `message`. */
  readonly event?: string | undefined
  readonly data?: Value | undefined
}

/** Made by the `event` of a handler's context. It is checked against what the route declares when it is sent. */
export class ServerSentEvent {
  readonly event: string | undefined
  readonly data: unknown
  readonly fields: EventFields | undefined
  /** The data is sent as text, without the model. */
  readonly isText: boolean

  constructor(event: string | undefined, data: unknown, fields: EventFields | undefined, isText = false) {
    this.event = event
    this.data = data
    this.fields = fields
    this.isText = isText
  }
}

/** The makers where all events have data of one kind, under any name. */
export interface FreeEventMaker<Data extends EventData> {
  (fields: FreeEventFields<EventValue<Data>>): ServerSentEvent
  /** The event that a client sees without asking for it by name. */
  message(data: EventValue<Data>, fields?: EventFields): ServerSentEvent
  /** An event whose data is this text, beside those that fit the model. `text('', { id })` only tells the client an id. */
  text(data: string, fields?: EventFields): ServerSentEvent
}

/** One maker for each declared event; `event({ comment })` sends a comment or an id without data. */
export type EventMakers<Events extends Readonly<Record<string, EventData>>> = ((fields: EventFields) => ServerSentEvent) & {
  readonly [Name in keyof Events]: (data: EventValue<Events[Name]>, fields?: EventFields) => ServerSentEvent
}

export function createEventMakers(names: readonly string[]): (fields: FreeEventFields) => ServerSentEvent {
  // A function of its own for each: the makers are its properties.
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
