/** Refuses requests that another site made a browser send (https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html). */
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { assertOrigins } from './origins.ts'

/** Options of `csrf()`. */
export interface CSRFOptions {
  /** Other origins that may send requests, such as `https://app.example`. Default: none. */
  readonly origins?: readonly string[]
}

/** 403 `CROSS_ORIGIN_REQUEST`: a page of another origin sent the request. */
export const CrossOriginRequest = defineError('CROSS_ORIGIN_REQUEST', { status: 403, detail: 'Requests of another origin are refused' })

/** Methods that change nothing (RFC 9110 §9.2.1). */
const SAFE = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])

/**
 * Refuses writes that pages of other origins send.
 * Middleware: `app.use(csrf())`, for apps that authenticate by cookie. It needs no token: browsers send the origin in `Sec-Fetch-Site` and `Origin`.
 * A request with neither header is not from a browser, and is allowed.
 *
 * @throws {DeclarationError} `ORIGINS` for an origin that is not one
 */
export function csrf({ origins = [] }: CSRFOptions = {}): Middleware {
  assertOrigins(origins, 'csrf() origins')
  const allowed = new Set(origins)
  return defineMiddleware({ errors: [CrossOriginRequest] }, function csrf({ method, header, fail }, next) {
    if (!SAFE.has(method) && !isOwn(header) && !allowed.has(header('origin') ?? '')) throw fail(CrossOriginRequest)
    return next()
  })
}

function isOwn(header: (name: string) => string | undefined): boolean {
  const site = header('sec-fetch-site')
  // `none`: the user entered the address or opened a bookmark. `same-site`: another subdomain, which is not trusted.
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = header('origin')
  // Only the host can be compared: behind a proxy, the scheme of the client is not known.
  return origin === undefined || origin.replace(/^[a-z][a-z\d+.-]*:\/\//, '') === header('host')
}
