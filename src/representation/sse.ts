/** Server-sent events (`text/event-stream`, WHATWG HTML §9.2): typed, validated and filtered one by one. */
import { z } from 'zod'
import { toItems, type Sequence } from '../reply/sequence.ts'
import { ModelError } from '../schema/model-error.ts'
import { NOTHING } from './chunks.ts'
import { declareByName, declareOne, isEventData } from './declared-events.ts'
import { EventFeed } from './event-feed.ts'
import { EventStream, toRhythm, type EventStreamOptions } from './event-stream.ts'
import { FeedClock } from './feed-clock.ts'
import type { DocumentedHeader, Representation } from './representation.ts'
import {
  createEventMakers,
  type EventData,
  type EventMakers,
  type EventValue,
  type FreeEventMaker,
  type ServerSentEvent,
} from './server-sent-event.ts'

const HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Cache-Control': { description: 'Events are never taken from a cache', schema: z.literal('no-cache'), required: true },
  'X-Accel-Buffering': { description: 'Asks proxies to pass events on at once', schema: z.literal('no'), required: true },
}

export interface SSERepresentation<Item, Makers> extends Representation<Sequence<Item> | EventStream<Item>> {
  readonly kind: 'sse'
  readonly '~events'?: Makers
  /** The `event` of the handler's context. */
  readonly events: unknown
}

/** Data of one kind, whatever the event's name. The handler yields values, or events that its `event` makes. */
export function sse<Data extends EventData>(
  data: Data,
  options?: EventStreamOptions,
): SSERepresentation<EventValue<Data> | ServerSentEvent, FreeEventMaker<Data>>
/** Events by name; `message` is the one that a client sees without asking for it by name. No others are sent. */
export function sse<Events extends Readonly<Record<string, EventData>>>(
  events: Events,
  options?: EventStreamOptions,
): SSERepresentation<ServerSentEvent, EventMakers<Events>>
export function sse(
  declared: EventData | Readonly<Record<string, EventData>>,
  options: EventStreamOptions = {},
): SSERepresentation<unknown, unknown> {
  const clock = new FeedClock(toRhythm(options))
  const { names, content, compileFormat } = isEventData(declared) ? declareOne(declared) : declareByName(declared)
  return {
    kind: 'sse',
    mediaType: 'text/event-stream',
    content,
    headers: HEADERS,
    events: createEventMakers(names),
    compile() {
      const format = compileFormat()
      return (reply, value, { incoming }) => {
        const isOwn = value instanceof EventStream
        const items = toItems(isOwn ? value.events : value)
        if (items === undefined) throw ModelError.at([], 'an iterable or a stream of events', value)
        reply.headers.set('cache-control', 'no-cache')
        reply.headers.set('x-accel-buffering', 'no')
        if (incoming.method === 'HEAD') {
          reply.body = NOTHING
          return Promise.resolve(items.return?.()).then(() => undefined)
        }
        const feed = new EventFeed(items, format, isOwn ? new FeedClock(toRhythm({ ...options, ...value.options })) : clock)
        reply.body = feed
        return feed.begin()
      }
    },
  }
}
