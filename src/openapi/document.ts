/** Routes → the OpenAPI document, from their declarations alone (https://spec.openapis.org/oas/v3.1.1.html). */
import type { Route } from '../routing/route.ts'
import { present } from '../schema/json-schema/keywords.ts'
import { Components, type ComponentsObject } from './components.ts'
import { toOperationIds } from './operation-id.ts'
import { toOperation, type OperationObject } from './operation.ts'
import { placeRoutes, type PlacedRoute } from './paths.ts'
import type { Contact, DocumentSettings, License, Scope, ServerObject, TagObject } from './settings.ts'

export interface InfoObject {
  readonly title: string
  readonly summary?: string
  readonly description?: string
  readonly termsOfService?: string
  readonly contact?: Contact
  readonly license?: License
  readonly version: string
}

/** By method in lower case. */
export type PathItemObject = Readonly<Record<string, OperationObject>>

export interface OpenAPIDocument {
  readonly openapi: string
  readonly info: InfoObject
  readonly servers?: readonly ServerObject[]
  readonly tags?: readonly TagObject[]
  readonly paths: Readonly<Record<string, PathItemObject>>
  readonly components: ComponentsObject
}

/** Operations stand in the order of the routes. Throws a `DeclarationError` where two models have one id, or two operations. */
export function createDocument(routes: Iterable<Route>, settings: DocumentSettings): OpenAPIDocument {
  const placed = placeRoutes([...routes].filter(({ contract }) => contract.inDocument !== false))
  // Which models need a name for each direction is known when all have been seen.
  const survey = { settings, components: new Components() }
  toPaths(placed, survey)
  const scope = { settings, components: new Components(survey.components.inputNames()) }
  const paths = toPaths(placed, scope)
  return present<OpenAPIDocument>({
    openapi: settings.openapi === '3.2' ? '3.2.0' : '3.1.1',
    info: toInfo(settings),
    servers: settings.servers,
    tags: toTags(placed, settings),
    paths,
    components: scope.components.toObject(),
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

function toPaths(placed: readonly PlacedRoute[], scope: Scope): OpenAPIDocument['paths'] {
  const ids = toOperationIds(placed.map(({ route, path }) => ({ method: route.method, path, operationId: route.contract.operationId })))
  const paths: Record<string, Record<string, OperationObject>> = {}
  for (const [index, place] of placed.entries()) {
    const item = (paths[place.path] ??= {})
    item[keyOf(place, scope)] = toOperation(place, ids[index]!, scope)
  }
  return paths
}

/** QUERY has a place of its own from 3.2 on. */
function keyOf({ route }: PlacedRoute, { settings }: Scope): string {
  const method = route.method.toLowerCase()
  return method === 'query' && settings.openapi !== '3.2' ? 'x-query' : method
}
