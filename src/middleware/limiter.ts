/** Counts requests in the memory of one process, in windows of a fixed length. */

/** The state of a client's window after a request was counted. */
export interface LimiterResult {
  readonly remainingPoints: number
  readonly msBeforeNext: number
}

/** A limiter of the package `rate-limiter-flexible`: in memory, on Redis, PostgreSQL and others. */
export interface Limiter {
  /** Requests per window. */
  readonly points: number
  /** The window, in seconds. */
  readonly duration: number
  /** Rejects with a `LimiterResult` if the limit is exceeded, and with an `Error` if the store fails. */
  consume(key: string): Promise<LimiterResult>
}

interface Window {
  used: number
  readonly endMs: number
}

/** The maximum number of clients. Beyond it, the client with the oldest window is forgotten. */
const LIMIT_CLIENTS = 10_000

export function createLimiter({ points, duration }: Pick<Limiter, 'points' | 'duration'>): Limiter {
  // In the order in which they began, which is also the order in which they end.
  const windows = new Map<string, Window>()

  function open(key: string, nowMs: number): Window {
    const window = { used: 0, endMs: nowMs + duration * 1000 }
    windows.delete(key)
    for (const [other, { endMs }] of windows) {
      if (endMs > nowMs && windows.size < LIMIT_CLIENTS) break
      windows.delete(other)
    }
    windows.set(key, window)
    return window
  }

  return {
    points,
    duration,
    consume(key) {
      const nowMs = Date.now()
      const found = windows.get(key)
      const window = found === undefined || found.endMs <= nowMs ? open(key, nowMs) : found
      window.used += 1
      const result: LimiterResult = { remainingPoints: Math.max(0, points - window.used), msBeforeNext: window.endMs - nowMs }
      // oxlint-disable-next-line prefer-promise-reject-errors -- as the limiters of rate-limiter-flexible do
      return window.used > points ? Promise.reject(result) : Promise.resolve(result)
    },
  }
}
