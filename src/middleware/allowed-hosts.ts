/** Refuses requests for other hosts: their name would be used in links and redirects, and DNS rebinding could reach a local server. */
import { defineMiddleware, type Middleware } from '../contract/middleware.ts'
import { defineError } from '../errors/define-error.ts'
import { DeclarationError } from '../schema/declaration-error.ts'

/** 421 `HOST_NOT_ALLOWED`: the server does not serve this host (RFC 9110 §15.5.20). */
export const HostNotAllowed = defineError('HOST_NOT_ALLOWED', { status: 421, detail: 'This server does not serve the requested host' })

/** A name or an IPv4 address, also as the end of subdomains, or an IPv6 address. */
const HOST = /^(?:(?:\*\.)?[\w.-]+|\[[\da-f:.]+\])$/i

/**
 * Refuses requests for other hosts.
 * Middleware: `app.use(allowedHosts(['api.example', '*.app.example']))`. `*.` matches any subdomain, but not the domain itself. The port is ignored.
 *
 * @throws {DeclarationError} `ALLOWED_HOSTS` for a text that is not a host, such as one with a port or a scheme
 */
export function allowedHosts(hosts: readonly string[]): Middleware {
  const wrong = hosts.find((host) => !HOST.test(host))
  if (wrong !== undefined)
    throw new DeclarationError(
      'ALLOWED_HOSTS',
      'allowedHosts()',
      `expected a host, got ${wrong}`,
      'Write it without scheme and port, such as api.example, *.app.example or [::1]',
    )
  const exact = new Set(hosts.map((host) => host.toLowerCase()))
  const suffixes = [...exact].filter((host) => host.startsWith('*.')).map((host) => host.slice(1))
  return defineMiddleware({ errors: [HostNotAllowed] }, function allowedHosts({ header, fail }, next) {
    const host = (header('host') ?? '').toLowerCase().replace(/:\d+$/, '')
    if (!exact.has(host) && !suffixes.some((suffix) => host.endsWith(suffix) && host.length > suffix.length)) throw fail(HostNotAllowed)
    return next()
  })
}
