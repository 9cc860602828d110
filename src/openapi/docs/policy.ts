/** The Content Security Policy of a page (https://www.w3.org/TR/CSP3/). */
import type { OpenAPIDocument } from '../document.ts'
import { schemesOf, tokenUrlOf } from './authorize.ts'
import { toOperations, toServerURLs } from './groups.ts'

/** A page with its policy. */
export interface DocsPage {
  readonly html: string
  /** The value of the `Content-Security-Policy` header. */
  readonly policy: string
}

/** `directives`: what the page may load and run. Everything else is forbidden, except for requests to the API. */
export function toPolicy(document: OpenAPIDocument, directives: string): string {
  const connections = toConnections(document)
  return `default-src 'none'; ${directives}; connect-src ${connections}; base-uri 'none'; form-action 'none'; frame-ancestors 'self'`
}

/** The sources of `connect-src`: the origin of the page, the servers of the API, and the servers that issue tokens. */
function toConnections(document: OpenAPIDocument): string {
  const tokenUrls = Object.values(schemesOf(document)).flatMap((scheme) => tokenUrlOf(scheme)?.url ?? [])
  const ofOperations = toOperations(document.paths, document).flatMap(({ serverURLs = [] }) => serverURLs)
  const urls = [...toServerURLs(document.servers ?? []), ...ofOperations, ...tokenUrls]
  const origins = urls.flatMap((url) => (/^https?:/i.test(url) && URL.canParse(url) ? [new URL(url).origin] : []))
  return ["'self'", ...new Set(origins)].join(' ')
}

/** Returns the source expression that allows this inline script or style. */
export async function toHash(source: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(source)))
  return `'sha256-${btoa(String.fromCharCode(...digest))}'`
}
