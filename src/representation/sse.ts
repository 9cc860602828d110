/** Server-sent events (`text/event-stream`, WHATWG HTML §9.2): typed, validated and filtered one by one. */
import { z } from 'zod'
import { UnhandledError } from '../errors/framework-errors.ts'
import { isHTTPError, type HTTPError } from '../errors/http-error.ts'
import { formatEvent } from '../http/event-stream.ts'
import { toItems, type Sequence } from '../reply/sequence.ts'
import { compileEncoder } from '../schema/encode.ts'
import { ModelError } from '../schema/model-error.ts'
import { NOTHING } from './chunks.ts'
import {
  declareByName,
  declareOne,
  isEventData,
  createEventMakers,
  type EventData,
  type EventMakers,
  type EventValue,
  type FreeEventMaker,
  type ServerSentEvent,
} from './server-sent-event.ts'
import { EventFeed } from './event-feed.ts'
import { EventStream, toRhythm, type EventStreamOptions, FeedClock } from './event-stream.ts'
import { kindOf, type ErrorBody } from './error-body.ts'
import type { DocumentedContent, DocumentedEventData, DocumentedHeader, Exchange, Representation } from './representation.ts'

const HEADERS: Readonly<Record<string, DocumentedHeader>> = {
  'Cache-Control': { description: 'Caches must not reuse the events', schema: z.literal('no-cache'), required: true },
  'X-Accel-Buffering': { description: 'Asks proxies to pass events on at once', schema: z.literal('no'), required: true },
}

/** What `sse()` returns. */
export interface SSERepresentation<Item, Makers> extends Representation<Sequence<Item> | EventStream<Item>> {
  readonly kind: 'sse'
  readonly '~events'?: Makers
  /** Creates the `event` of the handler's context. */
  readonly events: unknown
}

/** Options of `sse()`. */
export interface SSEOptions extends EventStreamOptions {
  /** Data of a last event, sent as text when the handler's events are complete, such as `[DONE]`. Default: none. */
  readonly end?: string
  /**
   * The body of a last event for an error after the head was sent: the error is logged, and the stream ends in order. If events are declared by name, the
   * event is named `error`. Default: none: the connection is closed.
   */
  readonly error?: ErrorBody
}

/**
 * Server-sent events. All events have one type of data, whatever their name. The handler yields values, or events that its `event` creates; each one is
 * validated.
 */
export function sse<Data extends EventData>(
  data: Data,
  options?: SSEOptions,
): SSERepresentation<EventValue<Data> | ServerSentEvent, FreeEventMaker<Data>>
/** Server-sent events by name; `message` is the event without a name. Undeclared events are not sent. */
export function sse<Events extends Readonly<Record<string, EventData>>>(
  events: Events,
  options?: SSEOptions,
): SSERepresentation<ServerSentEvent, EventMakers<Events>>
export function sse(
  declared: EventData | Readonly<Record<string, EventData>>,
  options: SSEOptions = {},
): SSERepresentation<unknown, unknown> {
  const clock = new FeedClock(toRhythm(options))
  const isOne = isEventData(declared)
  const { names, content, compileFormat } = isOne ? declareOne(declared) : declareByName(declared)
  const last = options.end === undefined ? undefined : formatEvent({ data: options.end })
  return {
    kind: 'sse',
    mediaType: 'text/event-stream',
    content: documentOptions(content, options, isOne ? 'message' : 'error'),
    headers: HEADERS,
    events: createEventMakers(names),
    compile() {
      const format = compileFormat()
      const toError = options.error === undefined ? undefined : compileError(options.error, isOne ? undefined : 'error')
      return (reply, value, exchange) => {
        const { incoming } = exchange
        const isOwn = value instanceof EventStream
        const items = toItems(isOwn ? value.events : value)
        if (items === undefined) throw ModelError.at([], 'an iterable or a stream of events', value)
        reply.headers.set('cache-control', 'no-cache')
        reply.headers.set('x-accel-buffering', 'no')
        if (incoming.method === 'HEAD') {
          reply.body = NOTHING
          return Promise.resolve(items.return?.()).then(() => undefined)
        }
        const feed = new EventFeed(items, isOwn ? new FeedClock(toRhythm({ ...options, ...value.options })) : clock, {
          format,
          isGet: incoming.method === 'GET',
          abort: (reason) => incoming.abort(reason),
          last,
          toError: toError && ((error) => toError(error, exchange)),
        })
        reply.body = feed
        return feed.begin()
      }
    },
  }
}

/** Formats an error as an event. A server error shows the client only what a 500 shows. */
function compileError(body: ErrorBody, event: string | undefined): (error: unknown, exchange: Exchange) => string {
  return (thrown, exchange) => {
    const error: HTTPError = isHTTPError(thrown) && thrown.status < 500 ? thrown : new UnhandledError(thrown)
    const kind = kindOf(error)
    const representation = body.representationOf(kind)
    const { schema } = representation.content
    const toText = representation.compileText?.() ?? (schema && compileEncoder(schema).encodeText)
    if (toText === undefined) throw thrown
    return formatEvent({ event, data: toText(body.toValue(error, kind, exchange)) })
  }
}

/** Adds the events of the options `end` and `error` to the document. */
function documentOptions(
  { events = {}, ...content }: DocumentedContent,
  { end, error }: SSEOptions,
  errorEvent: string,
): DocumentedContent {
  const added: (readonly [name: string, data: DocumentedEventData])[] = [
    ...(error?.content.schema === undefined ? [] : [[errorEvent, { schema: error.content.schema }] as const]),
    ...(end === undefined ? [] : [['message', { schema: z.literal(end), isText: true }] as const]),
  ]
  const all: Record<string, readonly DocumentedEventData[]> = { ...events }
  for (const [name, data] of added) all[name] = [...(all[name] ?? []), data]
  return { ...content, events: all }
}
