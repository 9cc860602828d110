/** How an event stream behaves in time: by declaration, or for one answer. */
import type { Sequence } from '../reply/sequence.ts'

/** Times in milliseconds; `Infinity` switches one off. */
export interface EventStreamOptions {
  /** When nothing was sent for this long, a comment is, lest a proxy take the connection for dead. Default: 15,000. */
  readonly heartbeatMs?: number
  /** How long clients wait before they connect again, told before the first event. By default each has its own, 2 to 5 seconds. */
  readonly retryMs?: number
  /** A client that takes nothing of what is sent for this long is cut off. Default: 30,000. */
  readonly slowClientMs?: number
  /** The longest that a stream lives; its client then connects again, perhaps to another process. Default: `Infinity`. */
  readonly maxAgeMs?: number
}

export type Rhythm = Required<Omit<EventStreamOptions, 'retryMs'>> & Pick<EventStreamOptions, 'retryMs'>

const DEFAULTS: Rhythm = { heartbeatMs: 15_000, slowClientMs: 30_000, maxAgeMs: Infinity }

/** Throws a `RangeError` on a time that is none. */
function assertTimes(options: EventStreamOptions): void {
  for (const [name, time] of Object.entries(options)) {
    const fits = name === 'retryMs' ? Number.isSafeInteger(time) && time >= 0 : time > 0
    if (!fits) throw new RangeError(`EVENT_STREAM: ${name}: a number of milliseconds above 0 was promised, another value came. Give one.`)
  }
}

export function toRhythm(options: EventStreamOptions): Rhythm {
  assertTimes(options)
  return { ...DEFAULTS, ...options }
}

/** Events with options of their own. */
export class EventStream<Item = unknown> {
  readonly events: Sequence<Item>
  readonly options: EventStreamOptions

  constructor(events: Sequence<Item>, options: EventStreamOptions) {
    assertTimes(options)
    this.events = events
    this.options = options
  }
}

/** Events whose options hold for one answer only, where a route returns them instead of declaring them with `sse()`. */
export function eventStream<Item>(events: Sequence<Item>, options: EventStreamOptions): EventStream<Item> {
  return new EventStream(events, options)
}
