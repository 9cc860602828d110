/** How far a client may fall behind what is made for it, and for how long. */

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

/** The time as timers take it; `undefined` where there is no end to it. */
export function timeLimitOf({ ms }: SlowClientLimit): number | undefined {
  return ms > LONGEST_MS ? undefined : ms
}

export function slowClientError(ms: number): Error {
  return new Error(`SLOW_CLIENT: stream: the client took nothing for ${ms} ms`)
}
