/** One timer for all the event streams that have the same rhythm. */
import { unref } from '../reply/unref.ts'
import type { Rhythm } from './event-stream.ts'

const SLOWEST_TICK_MS = 15_000
const TICKS_PER_BEAT = 8

/** What is told that time goes by: at its first tick, less time than a tick may have gone by. */
export interface Ticking {
  tick(tickMs: number): void
}

export class FeedClock {
  readonly rhythm: Rhythm
  readonly #tickMs: number
  readonly #told = new Set<Ticking>()
  #timer: ReturnType<typeof setInterval> | undefined = undefined

  constructor(rhythm: Rhythm) {
    this.rhythm = rhythm
    this.#tickMs = Math.min(Math.min(rhythm.heartbeatMs, rhythm.maxAgeMs) / TICKS_PER_BEAT, SLOWEST_TICK_MS)
  }

  add(ticking: Ticking): void {
    this.#told.add(ticking)
    this.#timer ??= unref(setInterval(this.#tick, this.#tickMs))
  }

  delete(ticking: Ticking): void {
    this.#told.delete(ticking)
    if (this.#told.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  readonly #tick = (): void => {
    for (const ticking of this.#told) ticking.tick(this.#tickMs)
  }
}
