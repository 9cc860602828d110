/** Creates the OpenAPI document from the declarations of routes (https://spec.openapis.org/oas/v3.1.1.html). */
import type { ExternalDocumentation } from '../contract/contract.ts'
import type { Route } from '../routing/route.ts'
import { present } from '../schema/json-schema/keywords.ts'
import { Components, type ComponentsObject } from './components.ts'
import { Places, toOperationIds, type PlacedRoute } from './identity.ts'
import { toMethodKey, toOperation, toWebhooks, type OperationObject, type PathItemObject } from './operation.ts'
import { toSecuritySchemes, type SecurityRequirement } from './security.ts'
import type { Contact, DocumentSettings, License, Scope, ServerObject, TagObject } from './settings.ts'
import { shareErrors } from './responses.ts'

interface InfoObject {
  readonly title: string
  readonly summary?: string
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: Contact
  readonly license?: License
  readonly version: string
}

/** An OpenAPI document, 3.1 or 3.2. */
export interface OpenAPIDocument {
  readonly openapi: string
  readonly info: InfoObject
  readonly servers?: readonly ServerObject[]
  readonly tags?: readonly TagObject[]
  readonly paths: Readonly<Record<string, PathItemObject>>
  readonly webhooks?: Readonly<Record<string, PathItemObject>>
  readonly components: ComponentsObject
  /** The requirements of operations that have no `security`. Riposte writes `[]`. */
  readonly security?: readonly SecurityRequirement[]
  /** Riposte does not write this. A `document` hook may add it. */
  readonly externalDocs?: ExternalDocumentation
  readonly [extension: `x-${string}`]: unknown
}

/** Operations are in the order of the routes. Throws a `DeclarationError` if two different models, or two operations, have the same id. */
export function createDocument(routes: Iterable<Route>, settings: DocumentSettings): OpenAPIDocument {
  const places = new Places()
  const placed = [...routes].filter(({ contract }) => contract.inDocument !== false).map((route) => places.take(route))
  // The first pass finds the models whose input and output schemas differ, and the ids that must be escaped.
  const survey = { settings, components: new Components() }
  toItems(placed, survey)
  const scope = { settings, components: new Components(survey.components.names()) }
  const { paths, webhooks } = toItems(placed, scope)
  const shared = shareErrors(paths)
  return present<OpenAPIDocument>({
    openapi: settings.openapi === '3.2' ? '3.2.0' : '3.1.1',
    info: toInfo(settings),
    servers: settings.servers,
    // Operations that have no `security` need no credentials. Linters require the document to say so.
    security: [],
    tags: toTags(placed, settings),
    paths: withoutServerPath(shared.paths, settings.servers),
    webhooks,
    components: present<ComponentsObject>({
      ...scope.components.toObject(),
      securitySchemes: toSecuritySchemes(placed.map(({ route }) => route.contract)),
      responses: Object.keys(shared.responses).length === 0 ? undefined : shared.responses,
    }),
  })
}

function toInfo({
  title = 'API',
  version = '0.0.0',
  summary,
  description,
  termsOfService,
  contact,
  license,
}: DocumentSettings): InfoObject {
  return present<InfoObject>({ title, summary, description, termsOfService, contact, license, version })
}

function toTags(placed: readonly PlacedRoute[], { tags = [] }: DocumentSettings): readonly TagObject[] | undefined {
  const described = new Set(tags.map(({ name }) => name))
  const names = new Set(placed.flatMap(({ route }) => route.contract.tags ?? []))
  const all = [...tags, ...[...names].filter((name) => !described.has(name)).map((name) => ({ name }))]
  return all.length === 0 ? undefined : all
}

function toItems(placed: readonly PlacedRoute[], scope: Scope): Pick<OpenAPIDocument, 'paths' | 'webhooks'> {
  return { paths: toPaths(placed, scope), ...toWebhooks(scope) }
}

function toPaths(placed: readonly PlacedRoute[], scope: Scope): OpenAPIDocument['paths'] {
  const ids = toOperationIds(
    placed.map(({ route: { method, path, name, contract } }) => ({ method, path, name, operationId: contract.operationId })),
  )
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const [index, place] of placed.entries()) {
    const item = (paths[place.path] ??= {})
    item[toMethodKey(place.route.method, scope)] = toOperation(place, ids[index]!, scope)
  }
  return paths
}

type Paths = Readonly<Record<string, PathItemObject>>

/**
 * Removes the servers' path from the paths that begin with it, because clients add it again. The other paths get `servers` without it.
 * If no path begins with it, a proxy adds it, and the paths stay unchanged.
 */
function withoutServerPath(paths: Paths, servers: readonly ServerObject[] = []): Paths {
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

/** `https://api.example.com/v1/` → `/v1`. Variables in braces are kept. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '').replace(/\/$/, '')
}

function withoutPath(url: string): string {
  return url.slice(0, url.replace(/\/$/, '').length - pathOf(url).length) || '/'
}
