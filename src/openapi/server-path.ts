/** Servers whose URLs end in a path: what clients put before each path of the document. */
import type { PathItemObject } from './operation.ts'
import type { ServerObject } from './settings.ts'

type Paths = Readonly<Record<string, PathItemObject>>

/**
 * Paths that begin with the servers' path are shown without it, so that no client adds it twice. Others keep their own servers,
 * without that path. Where no path begins with it, a proxy adds it, and nothing changes.
 */
export function withoutServerPath(paths: Paths, servers: readonly ServerObject[] = []): Paths {
  const prefixes = [...new Set(servers.map(({ url }) => pathOf(url)))]
  const [prefix = ''] = prefixes
  const isBelow = (path: string) => path === prefix || path.startsWith(`${prefix}/`)
  if (prefixes.length !== 1 || prefix === '' || !Object.keys(paths).some(isBelow)) return paths
  const roots = servers.map((server) => ({ ...server, url: withoutPath(server.url) }))
  return Object.fromEntries(
    Object.entries(paths).map(([path, item]) =>
      isBelow(path) ? [path.slice(prefix.length) || '/', item] : [path, { ...item, servers: roots }],
    ),
  )
}

/** `https://api.example.com/v1/` → `/v1`. Variables in braces are part of the text. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/\/$/, '')
}

function withoutPath(url: string): string {
  return url.slice(0, url.replace(/\/$/, '').length - pathOf(url).length) || '/'
}
