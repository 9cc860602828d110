/** The timing of an event stream: its options, by declaration or for one response, and the clock for its heartbeats and its end. */
import type { Sequence } from '../reply/sequence.ts'
import { toSlowClientLimit, type SlowClientLimit, type SlowClientOptions } from '../reply/slow-client.ts'
import { unref } from '../reply/timer.ts'

/** Options of a stream of events. Times in milliseconds; `Infinity` switches one off. */
export interface EventStreamOptions extends SlowClientOptions {
  /** A comment is sent after this time without an event, so that proxies keep the connection open. Default: 15,000. */
  readonly heartbeatMs?: number
  /** How long clients wait before they reconnect. Sent before the first event. Default: not sent; clients wait 2 to 5 seconds. */
  readonly retryMs?: number
  /** The maximum time that a stream stays open. The client of an endless stream is then told to reconnect; the connection of a finite one is closed. Default: `Infinity`. */
  readonly maxAgeMs?: number
  /**
   * Whether the stream never ends by itself. When the server stops, the clients of an endless stream are told to reconnect; a finite one
   * may finish until `stopTimeoutMs`, then its connection is closed. Default: true for GET, false for other methods.
   */
  readonly endless?: boolean
  /** How long the head waits for the first event, so that an error before it becomes an ordinary error response. Default: 50 for GET, else `Infinity`. */
  readonly awaitFirstMs?: number
}

interface Rhythm {
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

/** What `eventStream()` returns: events with their own options. */
export class EventStream<Item = unknown> {
  readonly events: Sequence<Item>
  readonly options: EventStreamOptions

  constructor(events: Sequence<Item>, options: EventStreamOptions) {
    toRhythm(options)
    this.events = events
    this.options = options
  }
}

/** Returns events from a handler with options for this response only, instead of the options of `sse()`. */
export function eventStream<Item>(events: Sequence<Item>, options: EventStreamOptions): EventStream<Item> {
  return new EventStream(events, options)
}

const SLOWEST_TICK_MS = 15_000
const TICKS_PER_BEAT = 8

export interface Ticking {
  tick(tickMs: number): void
}

/** Calls `tick` of each event stream at regular intervals. Each stream has its own timer, because Workers end a timer with the request that started it. */
export class FeedClock {
  readonly rhythm: Rhythm
  readonly #tickMs: number
  readonly #timers = new Map<Ticking, ReturnType<typeof setInterval>>()

  constructor(rhythm: Rhythm) {
    this.rhythm = rhythm
    this.#tickMs = Math.min(Math.min(rhythm.heartbeatMs, rhythm.maxAgeMs) / TICKS_PER_BEAT, SLOWEST_TICK_MS)
  }

  add(ticking: Ticking): void {
    this.#timers.set(ticking, unref(setInterval(() => ticking.tick(this.#tickMs), this.#tickMs)))
  }

  delete(ticking: Ticking): void {
    clearInterval(this.#timers.get(ticking))
    this.#timers.delete(ticking)
  }
}
