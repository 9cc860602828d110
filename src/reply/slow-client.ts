/** Limits for clients that read too slowly: how many bytes may be buffered, and for how long. */

export interface SlowClientLimit {
  /** While more bytes than this are buffered for the client, the producer is paused. */
  readonly bytes: number
  /** A client that reads nothing for this time, in milliseconds, is disconnected. */
  readonly ms: number
}

/** The default of `slowClientBytes`, also for sources without a limit, such as files. */
export const SLOW_CLIENT_BYTES = 65_536
/** The default of `slowClientMs`, of streams and of servers. */
export const SLOW_CLIENT_MS = 30_000

export function slowClientError(ms: number): Error {
  return new Error(`SLOW_CLIENT: stream: the client read nothing for ${ms} ms`)
}

/** When a client that reads too slowly is disconnected. */
export interface SlowClientOptions {
  /** The producer is paused while more bytes than this are buffered for the client. A value below the socket's own buffer has no effect. Default: 65,536. */
  readonly slowClientBytes?: number
  /** A client that reads nothing for this time, in milliseconds, is disconnected. `Infinity`: never. Default: 30,000. */
  readonly slowClientMs?: number
}

/** Throws a `RangeError` on a number that is not > 0. */
export function toSlowClientLimit({
  slowClientBytes = SLOW_CLIENT_BYTES,
  slowClientMs = SLOW_CLIENT_MS,
}: SlowClientOptions): SlowClientLimit {
  for (const [name, amount] of Object.entries({ slowClientBytes, slowClientMs })) {
    if (!(amount > 0)) throw new RangeError(`SLOW_CLIENT_LIMIT: ${name} must be a number > 0.`)
  }
  return { bytes: slowClientBytes, ms: slowClientMs }
}
