/** Resolves the URLs of Server Objects (OpenAPI 3.1.1 §4.8.5). */
import type { OpenAPIDocument } from '../document.ts'
import type { ServerObject } from '../settings.ts'
import { schemesOf, tokenUrlOf } from './authorize.ts'
import { toOperations } from './groups.ts'

type Variables = Readonly<Record<string, { readonly default: string }>>

/** Replaces variables by their defaults: `https://{region}.example.com` → `https://eu.example.com`. */
function toServerURL({ url, variables = {} }: ServerObject & { readonly variables?: Variables }): string {
  return url.replace(/\{([^{}]+)\}/g, (whole, name: string) => variables[name]?.default ?? whole)
}

export function toServerURLs(servers: readonly ServerObject[]): readonly string[] {
  return servers.map(toServerURL)
}

/** The sources of `connect-src`: the origin of the page, the servers of the API, and the servers that issue tokens. */
export function toConnections(document: OpenAPIDocument): string {
  const tokenUrls = Object.values(schemesOf(document)).flatMap((scheme) => tokenUrlOf(scheme)?.url ?? [])
  const ofOperations = toOperations(document.paths, document).flatMap(({ servers = [] }) => servers)
  const urls = [...toServerURLs([...(document.servers ?? []), ...ofOperations]), ...tokenUrls]
  const origins = urls.flatMap((url) => (/^https?:/i.test(url) && URL.canParse(url) ? [new URL(url).origin] : []))
  return ["'self'", ...new Set(origins)].join(' ')
}
