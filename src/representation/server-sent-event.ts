/** The events of an `sse()` response, and the functions of `event` in a handler's context that create them. */
import type { AnySchema } from '../schema/schema.ts'
import type { Accepted } from '../schema/accepted.ts'
import type { Representation } from './representation.ts'

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
