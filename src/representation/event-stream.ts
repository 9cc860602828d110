/** How an event stream behaves in time: by declaration, or for one answer. */
import type { Sequence } from '../reply/sequence.ts'
import { toSlowClientLimit, type SlowClientLimit, type SlowClientOptions } from '../reply/slow-client.ts'

/** Options of a stream of events. Times in milliseconds; `Infinity` switches one off. */
export interface EventStreamOptions extends SlowClientOptions {
  /** After so much silence a comment is sent, so that proxies keep the connection. Default: 15,000. */
  readonly heartbeatMs?: number
  /** How long clients wait before they connect again, sent before the first event. Default: nothing is sent; clients wait 2 to 5 seconds. */
  readonly retryMs?: number
  /** How long a stream lives. The client of an endless one is then told to connect again; a finite one is cut. Default: `Infinity`. */
  readonly maxAgeMs?: number
  /**
   * Whether the stream has no end of its own. When the server stops, the clients of an endless stream are told to connect again; a finite one
   * may finish until the deadline, then its connection is cut. Default: true for GET, false for other methods.
   */
  readonly endless?: boolean
  /** How long the head waits for the first event, so that an error before it is an ordinary error response. Default: 50 for GET, else `Infinity`. */
  readonly awaitFirstMs?: number
}

export interface Rhythm {
  readonly heartbeatMs: number
  readonly retryMs: number | undefined
  readonly maxAgeMs: number
  readonly endless: boolean | undefined
  readonly awaitFirstMs: number | undefined
  readonly slowClient: SlowClientLimit
}

/** Throws a `RangeError` on a time that is not a number > 0. */
export function toRhythm(options: EventStreamOptions): Rhythm {
  const { heartbeatMs = 15_000, retryMs, maxAgeMs = Infinity, endless, awaitFirstMs } = options
  for (const [name, time] of Object.entries({
    heartbeatMs,
    maxAgeMs,
    ...(retryMs !== undefined && { retryMs }),
    ...(awaitFirstMs !== undefined && { awaitFirstMs }),
  })) {
    const fits = name === 'retryMs' ? Number.isSafeInteger(time) && time >= 0 : time > 0
    if (!fits) throw new RangeError(`EVENT_STREAM: ${name} must be a number > 0, in milliseconds.`)
  }
  return { heartbeatMs, retryMs, maxAgeMs, endless, awaitFirstMs, slowClient: toSlowClientLimit(options) }
}

/** Events with options of their own. */
export class EventStream<Item = unknown> {
  readonly events: Sequence<Item>
  readonly options: EventStreamOptions

  constructor(events: Sequence<Item>, options: EventStreamOptions) {
    toRhythm(options)
    this.events = events
    this.options = options
  }
}

/** Events whose options hold for one answer only, where a route returns them instead of declaring them with `sse()`. */
export function eventStream<Item>(events: Sequence<Item>, options: EventStreamOptions): EventStream<Item> {
  return new EventStream(events, options)
}
