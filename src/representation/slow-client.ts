/** What a stream allows a client that is slower than its producer. */
import type { SlowClientLimit } from '../reply/slow-client.ts'

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
