/** How far a client may fall behind what is made for it, and for how long; and timers that keep no process alive. */

export interface SlowClientLimit {
  /** While more than so much waits for the client, in bytes, the producer is not asked for more. */
  readonly bytes: number
  /** A client that takes nothing of it for so long is cut off, in milliseconds. */
  readonly ms: number
}

/** What clients are allowed of a source that says nothing of it, such as a file: all the time they want. */
export const PATIENT: SlowClientLimit = { bytes: 65_536, ms: Infinity }

/** The longest that timers know; they would take a longer time for none at all. */
const LONGEST_MS = 2_147_483_647

/** The time as timers take it; `undefined` if there is no end to it. */
export function timeLimitOf({ ms }: SlowClientLimit): number | undefined {
  return ms > LONGEST_MS ? undefined : ms
}

export function slowClientError(ms: number): Error {
  return new Error(`SLOW_CLIENT: stream: the client took nothing for ${ms} ms`)
}

/** Only Node's timers know how. */
export function unref<Timer>(timer: Timer): Timer {
  ;(timer as { unref?: () => void }).unref?.()
  return timer
}

/** When a client that reads too slowly is cut off. */
export interface SlowClientOptions {
  /** The producer is paused while more bytes than this wait for the client. The buffer of the socket is the least. Default: 65,536. */
  readonly slowClientBytes?: number
  /** A client that takes nothing for so long, in milliseconds, is cut off. `Infinity`: never. Default: 30,000. */
  readonly slowClientMs?: number
}

/** Throws a `RangeError` on a number that is not > 0. */
export function toSlowClientLimit({ slowClientBytes = 65_536, slowClientMs = 30_000 }: SlowClientOptions): SlowClientLimit {
  for (const [name, amount] of Object.entries({ slowClientBytes, slowClientMs })) {
    if (!(amount > 0)) throw new RangeError(`SLOW_CLIENT_LIMIT: ${name} must be a number > 0.`)
  }
  return { bytes: slowClientBytes, ms: slowClientMs }
}
