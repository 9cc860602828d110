/** Calls `tick` of each event stream at regular intervals. Each stream has its own timer, because Workers end a timer with the request that started it. */
import { unref } from '../reply/slow-client.ts'
import type { Rhythm } from './event-stream.ts'

const SLOWEST_TICK_MS = 15_000
const TICKS_PER_BEAT = 8

export interface Ticking {
  tick(tickMs: number): void
}

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
