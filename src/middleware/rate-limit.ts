/** A limit on the number of requests of a client (RFC 6585 §4, draft-ietf-httpapi-ratelimit-headers). */
import { z } from 'zod'
import type { BaseContext } from '../contract/handler.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { HTTPError } from '../errors/http-error.ts'
import { clientNetwork } from '../http/address.ts'

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

interface Quota {
  /** Requests per window and client. They are counted in the memory of this process, for the last 10,000 clients. */
  readonly points: number
  /** The window, in seconds. */
  readonly duration: number
  readonly limiter?: never
}

interface Counted {
  /** A limiter that all processes share: `new RateLimiterRedis({ … })` of `rate-limiter-flexible`. */
  readonly limiter: Limiter
}

/** Options of `rateLimit()`: a quota that is counted in this process, or a shared limiter. */
export type RateLimitOptions = (Quota | Counted) & {
  /**
   * Identifies the client. Default: its address; for IPv6 the first 64 bits, its network. Behind a proxy the app needs `trustProxy`, else all clients share
   * one limit.
   */
  readonly key?: (context: BaseContext) => string
  /** The name of the quota, which distinguishes several limits around one route. Default: `default`. */
  readonly name?: string
  /**
   * Decides what happens if the store fails: `refuse` sends a 500, `admit` allows the request without counting it. It may log the error. Default: `refuse`.
   */
  readonly onStoreError?: (error: unknown) => 'refuse' | 'admit'
}

/**
 * Refuses clients that send too many requests.
 * Middleware: `app.use(rateLimit({ points: 100, duration: 60 }))`. Beyond the limit it sends 429 with `Retry-After`. Every response has `RateLimit` and
 * `RateLimit-Policy`.
 *
 * If no `key` is given and the address of the client is not known, the response is a 500 (`RATE_LIMIT_KEY` in the log).
 *
 * @throws {RangeError} `RATE_LIMIT` for `points` and `duration` that are not positive numbers, and for a name with other characters than `\w`, `.` and `-`
 */
export function rateLimit(options: RateLimitOptions): Middleware {
  const { key = addressOf, name = 'default', onStoreError = refuse } = options
  const limiter = options.limiter ?? createLimiter(options)
  const { points, duration } = limiter
  if (!(points > 0 && duration > 0) || !/^[\w.-]+$/.test(name))
    throw new RangeError(
      'RATE_LIMIT: rateLimit: points and duration must be positive numbers, and name letters, digits, _, . and -. Correct them.',
    )
  const policy = `"${name}";q=${points};w=${duration}`
  const contract = {
    responses: { 429: { description: 'Too many requests', headers: { 'Retry-After': z.int() } } },
    responseHeaders: { RateLimit: z.string(), 'RateLimit-Policy': z.string() },
  }
  return defineMiddleware(contract, async function rateLimit(context, next) {
    const counted = await count(limiter, key(context), onStoreError)
    if (counted === undefined) return next()
    const { remainingPoints, msBeforeNext, isExceeded } = counted
    const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000))
    const limit = `"${name}";r=${Math.max(0, remainingPoints)};t=${seconds}`
    if (isExceeded) {
      const headers = { ratelimit: limit, 'ratelimit-policy': policy, 'retry-after': String(seconds) }
      throw new HTTPError(429, 'Too many requests', { headers })
    }
    const reply = await next()
    // These fields are lists: another limit may add its own members.
    reply.headers.append('ratelimit', limit)
    reply.headers.append('ratelimit-policy', policy)
    return reply
  })
}

function refuse(): 'refuse' {
  return 'refuse'
}

/** `undefined` if the store failed and the request is allowed. */
async function count(
  limiter: Limiter,
  key: string,
  onStoreError: NonNullable<RateLimitOptions['onStoreError']>,
): Promise<(LimiterResult & { readonly isExceeded: boolean }) | undefined> {
  try {
    const { remainingPoints, msBeforeNext } = await limiter.consume(key)
    return { remainingPoints, msBeforeNext, isExceeded: false }
  } catch (thrown) {
    // It rejects with the same result if the limit is exceeded.
    if (isResult(thrown)) return { remainingPoints: thrown.remainingPoints, msBeforeNext: thrown.msBeforeNext, isExceeded: true }
    if (onStoreError(thrown) === 'admit') return undefined
    throw thrown
  }
}

function isResult(thrown: unknown): thrown is LimiterResult {
  return typeof thrown === 'object' && thrown !== null && !(thrown instanceof Error) && 'msBeforeNext' in thrown
}

function addressOf({ platform }: BaseContext): string {
  if (platform.clientAddress === undefined)
    throw new TypeError('RATE_LIMIT_KEY: rateLimit: expected an address of the client, got none from the runtime. Pass `key`.')
  return clientNetwork(platform.clientAddress)
}

interface Window {
  used: number
  readonly endMs: number
}

/** The maximum number of clients. Beyond it, the client with the oldest window is forgotten. */
const LIMIT_CLIENTS = 10_000

/** Counts requests in the memory of this process, in windows of a fixed length. */
function createLimiter({ points, duration }: Pick<Limiter, 'points' | 'duration'>): Limiter {
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
