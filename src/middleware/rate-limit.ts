/** A limit on the number of requests of a client (RFC 6585 §4, draft-ietf-httpapi-ratelimit-headers). */
import { z } from 'zod'
import type { BaseContext } from '../contract/handler.ts'
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { HTTPError } from '../errors/http-error.ts'

/** What a limiter knows after a request was counted. */
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
  /** Rejects with a `LimiterResult` where the limit is exceeded, and with an `Error` where the store fails. */
  consume(key: string): Promise<LimiterResult>
}

export interface RateLimitOptions {
  readonly limiter: Limiter
  /**
   * Who is counted. Default: the address of the connection. Behind a proxy that is the proxy: all clients share one limit, unless the server knows the
   * client's address or this names it. Never take the first address of `X-Forwarded-For`, which clients can invent.
   */
  readonly key?: (context: BaseContext) => string
}

/**
 * Middleware: `app.use(rateLimit({ limiter: new RateLimiterMemory({ points: 100, duration: 60 }) }))`. Beyond the limit it answers 429 with `Retry-After`.
 * Every response has `RateLimit` and `RateLimit-Policy`.
 *
 * @throws {TypeError} `RATE_LIMIT_KEY` for a request whose address is not known, where no `key` is given
 */
export function rateLimit({ limiter, key = addressOf }: RateLimitOptions): Middleware {
  const contract = {
    responses: { 429: { description: 'Too many requests', headers: { 'Retry-After': z.int() } } },
    responseHeaders: { RateLimit: z.string(), 'RateLimit-Policy': z.string() },
  }
  return defineMiddleware(contract, async function rateLimit(context, next) {
    const { result, isExceeded } = await count(limiter, key(context))
    const seconds = Math.ceil(result.msBeforeNext / 1000)
    const fields = {
      ratelimit: `"default";r=${Math.max(0, result.remainingPoints)};t=${seconds}`,
      'ratelimit-policy': `"default";q=${limiter.points};w=${limiter.duration}`,
    }
    if (isExceeded) throw new HTTPError(429, 'Too many requests', { headers: { ...fields, 'retry-after': String(seconds) } })
    const reply = await next()
    for (const [name, value] of Object.entries(fields)) reply.headers.set(name, value)
    return reply
  })
}

async function count(limiter: Limiter, key: string): Promise<{ readonly result: LimiterResult; readonly isExceeded: boolean }> {
  try {
    return { result: await limiter.consume(key), isExceeded: false }
  } catch (thrown) {
    // It rejects with the same result where the limit is exceeded.
    if (thrown instanceof Error || typeof thrown !== 'object' || thrown === null || !('msBeforeNext' in thrown)) throw thrown
    return { result: thrown as LimiterResult, isExceeded: true }
  }
}

function addressOf({ platform }: BaseContext): string {
  if (platform.clientAddress === undefined)
    throw new TypeError('RATE_LIMIT_KEY: rateLimit: expected an address of the client, got none from the run time. Pass `key`.')
  return platform.clientAddress
}
