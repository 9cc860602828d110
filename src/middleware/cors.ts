/** Cross-origin requests by scripts in browsers: the CORS protocol (https://fetch.spec.whatwg.org/#http-cors-protocol). */
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import type { MatchedRoute } from '../contract/handler.ts'
import { after, type MaybePromise } from '../maybe-promise.ts'
import { Reply } from '../reply/reply.ts'
import { DeclarationError } from '../schema/declaration-error.ts'
import { assertOrigins } from './origins.ts'

/** Options of `cors()`. */
export interface CORSOptions {
  /**
   * Origins whose scripts may read responses, such as `https://app.example`; a pattern must match the whole origin. `*` is every origin. A function decides for
   * each origin, such as by a table of tenants.
   */
  readonly origins: '*' | readonly (string | RegExp)[] | ((origin: string) => MaybePromise<boolean>)
  /** Whether browsers send cookies and scripts may read the responses. Not with `origins: '*'`. Default: false. */
  readonly credentials?: boolean
  /** Request headers that scripts may send, in addition to those that the contract reads, `Content-Type` and `Authorization`. Default: none. */
  readonly headers?: readonly string[]
  /** Response headers that scripts may read, in addition to those that the contract declares. Default: none. */
  readonly exposedHeaders?: readonly string[]
  /** How long a browser caches the response to a preflight, in seconds. Default: 600. */
  readonly maxAge?: number
}

/** Headers that scripts may always read (CORS-safelisted response-header names). */
const READABLE = new Set(['cache-control', 'content-language', 'content-length', 'content-type', 'expires', 'last-modified', 'pragma'])

/**
 * Lets scripts of other origins read responses (CORS of the Fetch standard).
 * Middleware: `app.use(cors({ origins: ['https://app.example'] }))`. It responds to preflights from the contracts of the routes at the path, and sets its
 * headers on every response, including errors. If you declare a route for OPTIONS, that route must respond to preflights itself.
 *
 * @throws {DeclarationError} `CORS_CREDENTIALS` for credentials with `*`, `ORIGINS` for an origin that is not one
 */
export function cors(options: CORSOptions): Middleware {
  const { origins, credentials = false } = options
  assertOptions(options)
  const isListed = compileOrigins(origins)
  const exposed = new WeakMap<MatchedRoute, string>()
  const outside = toExposed(undefined, options)

  // Also for requests without `Origin`: a cache must not use this response for a request that has one.
  function vary({ headers }: Reply): void {
    if (origins !== '*') headers.vary('Origin')
  }

  function allow(reply: Reply, origin: string | undefined): Reply {
    vary(reply)
    reply.headers.set('access-control-allow-origin', origins === '*' ? '*' : origin!)
    if (credentials) reply.headers.set('access-control-allow-credentials', 'true')
    return reply
  }

  function exposedOf(route: MatchedRoute | undefined): string {
    if (route === undefined) return outside
    let names = exposed.get(route)
    if (names === undefined) exposed.set(route, (names = toExposed(route, options)))
    return names
  }

  return defineMiddleware({}, function cors({ method, header, route }, next) {
    const origin = header('origin')
    return after(origins === '*' || (origin !== undefined && isListed(origin)), (isAllowed) => {
      if (!isAllowed) return next({ onReply: vary })
      const asked = method === 'OPTIONS' && origin !== undefined ? header('access-control-request-method') : undefined
      if (asked !== undefined && (route === undefined || route.methods.length > 1)) return allow(toPreflight(asked, route, options), origin)
      return next({
        onReply(reply) {
          const names = exposedOf(route)
          allow(reply, origin)
          if (names !== '') reply.headers.set('access-control-expose-headers', names)
        },
      })
    })
  })
}

/** The response to a preflight. Also for a path without a route, so that the script can read the 404 of the next request. */
function toPreflight(asked: string, route: MatchedRoute | undefined, { headers = [], maxAge = 600 }: CORSOptions): Reply {
  const reply = new Reply(204)
  const allowed = new Set([...(route?.requestHeaders ?? []), 'content-type', 'authorization', ...headers.map((name) => name.toLowerCase())])
  reply.headers.set('access-control-allow-methods', (route?.methods ?? [asked]).join(', '))
  reply.headers.set('access-control-allow-headers', [...allowed].join(', '))
  reply.headers.set('access-control-max-age', String(maxAge))
  for (const name of ['Access-Control-Request-Method', 'Access-Control-Request-Headers']) reply.headers.vary(name)
  return reply
}

function toExposed(route: MatchedRoute | undefined, { exposedHeaders = [] }: CORSOptions): string {
  const names = [...(route?.responseHeaders ?? []), ...exposedHeaders.map((name) => name.toLowerCase())]
  return [...new Set(names)].filter((name) => !READABLE.has(name)).join(', ')
}

function compileOrigins(origins: CORSOptions['origins']): (origin: string) => MaybePromise<boolean> {
  if (typeof origins === 'function') return origins
  const listed = origins === '*' ? [] : origins
  const texts = new Set(listed.filter((origin) => typeof origin === 'string'))
  // A pattern that matches only a part would also allow `https://app.example.evil.example`.
  const patterns = listed
    .filter((origin) => typeof origin !== 'string')
    .map(({ source, flags }) => new RegExp(`^(?:${source})$`, flags.replace(/[gy]/g, '')))
  return (origin) => texts.has(origin) || patterns.some((pattern) => pattern.test(origin))
}

function assertOptions({ origins, credentials }: CORSOptions): void {
  if (origins !== '*' && typeof origins !== 'function') assertOrigins(origins, 'cors() origins')
  if (origins === '*' && credentials === true)
    throw new DeclarationError('CORS_CREDENTIALS', 'cors() origins', "browsers refuse credentials with '*'", 'List the origins')
}
