/** Security headers for browsers (https://owasp.org/www-project-secure-headers/). */
import type { Middleware } from '../contract/middleware.ts'
import { HeaderList } from '../http/header-list.ts'
import type { Reply } from '../reply/reply.ts'

/** The value of each header, or `false` to leave it out. */
export interface SecureHeadersOptions {
  /** Default: nothing may be loaded; for HTML, no plug-ins, no `<base>` and no frames around it. */
  readonly contentSecurityPolicy?: string | false
  /** Browsers that received it use only HTTPS. Default: `max-age=31536000`, one year. */
  readonly strictTransportSecurity?: string | false
  /** Default: `no-referrer`. */
  readonly referrerPolicy?: string | false
  /** For browsers without `frame-ancestors`. Default: `DENY`. */
  readonly xFrameOptions?: string | false
  /** Default: `same-origin`. */
  readonly crossOriginOpenerPolicy?: string | false
  /** Which sites may embed the response without CORS. Default: `same-origin`. */
  readonly crossOriginResourcePolicy?: string | false
}

/** The policies for other content and for HTML. They do not affect scripts that read a response with CORS. */
const FOR_DATA = "default-src 'none'; frame-ancestors 'none'"
const FOR_HTML = "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"

/**
 * Adds response headers that restrict what browsers do with the content.
 * Middleware: `app.use(secureHeaders())`. A header that a handler sets wins. `X-Content-Type-Options: nosniff` is always set.
 *
 * @throws {TypeError} for a value that no header can have
 */
export function secureHeaders(options: SecureHeadersOptions = {}): Middleware {
  const { contentSecurityPolicy } = options
  const forData = toFields(options, contentSecurityPolicy ?? FOR_DATA)
  const forHTML = toFields(options, contentSecurityPolicy ?? FOR_HTML)
  const onReply = (reply: Reply) => {
    // The headers of a 304 replace those of the cached response (RFC 9111 §4.3.4).
    const mediaType = reply.selected === undefined ? reply.headers.get('content-type') : reply.selected.mediaType
    reply.headers.addMissing(mediaType?.startsWith('text/html') === true ? forHTML : forData)
  }
  return function secureHeaders(_context, next) {
    return next({ onReply })
  }
}

function toFields(options: SecureHeadersOptions, contentSecurityPolicy: string | false): HeaderList {
  const fields = {
    'x-content-type-options': 'nosniff',
    'strict-transport-security': options.strictTransportSecurity ?? 'max-age=31536000',
    'referrer-policy': options.referrerPolicy ?? 'no-referrer',
    'x-frame-options': options.xFrameOptions ?? 'DENY',
    'cross-origin-opener-policy': options.crossOriginOpenerPolicy ?? 'same-origin',
    'cross-origin-resource-policy': options.crossOriginResourcePolicy ?? 'same-origin',
    'content-security-policy': contentSecurityPolicy,
  }
  return HeaderList.of(Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== false)))
}
