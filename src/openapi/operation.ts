/** Creates the Operation Object of a route or a webhook: its inputs, and every response that it may have (OpenAPI 3.1.1 §4.8.10). */
import type { ExternalDocumentation } from '../contract/contract.ts'
import { toDeclaredResponses } from '../contract/declared.ts'
import { declaredFields } from '../contract/fields.ts'
import { contractsOf } from '../contract/middleware.ts'
import { layersOf, type Method } from '../routing/route.ts'
import { present } from '../schema/json-schema/keywords.ts'
import { fromFrameworkErrors, fromFurtherStatuses } from './framework-responses.ts'
import { toAddedHeaders } from './headers.ts'
import { toSummary, type PlacedRoute } from './identity.ts'
import {
  fromDeclared,
  fromDependencies,
  fromErrorHandlers,
  fromErrors,
  fromMiddleware,
  fromResponses,
  toRouteErrors,
  type RouteErrors,
} from './outcomes.ts'
import { toInputFields, toLayerFields, toParameters, toWebhookFields, type ParameterObject } from './parameters.ts'
import { toRequestBody, type RequestBodyObject } from './request-body.ts'
import { toResponses, type ResponsesObject } from './responses.ts'
import { toSecurity, type SecurityRequirement } from './security.ts'
import type { Scope, ServerObject, Webhook } from './settings.ts'

export interface OperationObject {
  readonly operationId: string
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: RequestBodyObject
  readonly responses: ResponsesObject
  readonly externalDocs?: ExternalDocumentation
  readonly security?: readonly SecurityRequirement[]
  /** Riposte does not write `callbacks` and `servers`. A `document` hook may add them. */
  readonly callbacks?: Readonly<Record<string, object>>
  readonly servers?: readonly ServerObject[]
  readonly [extension: `x-${string}`]: unknown
}

/** Operations by method in lower case. */
export type PathItemObject = Readonly<Record<string, OperationObject>>

const LAST_EVENT_ID: ParameterObject = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event received, sent when the client reconnects',
  schema: { type: 'string' },
}

export function toOperation({ route, pathNames }: PlacedRoute, operationId: string, scope: Scope): OperationObject {
  const { contract } = route
  const { summary, description, deprecated, externalDocs, body } = contract
  const tags = [...new Set(contract.tags)]
  const errors = toRouteErrors(route, scope)
  const layers = contractsOf(layersOf(route)).filter(({ methods }) => methods?.includes(route.method) ?? true)
  const fields = toInputFields(contract, pathNames)
  const parameters = [
    ...toParameters([...fields, ...toLayerFields(layers)], scope.components),
    ...(route.method === 'GET' && isResumable(errors, fields) ? [LAST_EVENT_ID] : []),
  ]
  const sources = [
    fromResponses(errors, scope),
    ...fromDependencies(contract, errors, scope),
    ...fromFurtherStatuses(route.method, errors, scope),
    ...fromErrors(contract, errors, scope),
    ...fromMiddleware(route.method, layers, errors, scope),
    ...fromErrorHandlers(scope),
    ...fromFrameworkErrors(route, fields, errors, scope),
  ]
  const operation = present<OperationObject>({
    operationId,
    tags: tags.length === 0 ? undefined : tags,
    summary: summary ?? (route.name === undefined ? undefined : toSummary(route.name)),
    description,
    externalDocs,
    deprecated: deprecated === undefined ? undefined : deprecated !== false,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : toRequestBody(body, 'input', scope),
    security: toSecurity(contract),
    responses: toResponses(sources, toAddedHeaders([...declaredFields(contract), ...layers], scope), scope),
  })
  return { ...operation, ...extensionsOf(contract) }
}

/** Returns the `x-…` keys, which are copied into the operation. */
function extensionsOf(contract: object): object {
  return Object.fromEntries(Object.entries(contract).filter(([key]) => key.startsWith('x-')))
}

/** Whether to add `Last-Event-ID`: browsers send it when they reconnect to an event stream, and only GET requests reconnect. A declared one wins. */
function isResumable({ byStatus }: RouteErrors, fields: ReturnType<typeof toInputFields>): boolean {
  const isDeclared = fields.some(({ location, name }) => location === 'header' && name.toLowerCase() === 'last-event-id')
  return (
    !isDeclared && [...byStatus.values()].some(({ representations }) => representations.some(({ content }) => content.events !== undefined))
  )
}

/** The requests that the API sends to its clients (OpenAPI 3.1.1 §4.8.1, `webhooks`). */
export function toWebhooks(scope: Scope): { readonly webhooks?: Readonly<Record<string, PathItemObject>> } {
  const { webhooks } = scope.settings
  if (webhooks === undefined) return {}
  return {
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([name, webhook]) => [
        name,
        { [toMethodKey(webhook.method ?? 'POST', scope)]: toWebhookOperation(name, webhook, scope) },
      ]),
    ),
  }
}

/** OpenAPI has the method QUERY since version 3.2. */
export function toMethodKey(method: Method, { settings }: Scope): string {
  return method === 'QUERY' && settings.openapi !== '3.2' ? 'x-query' : method.toLowerCase()
}

function toWebhookOperation(name: string, webhook: Webhook, scope: Scope): OperationObject {
  const { tags, summary, description, deprecated, externalDocs, operationId = name, headers, body, responses } = webhook
  const parameters = toParameters(toWebhookFields(headers), scope.components, 'output')
  const operation = present<OperationObject>({
    operationId,
    tags,
    summary,
    description,
    externalDocs,
    deprecated: deprecated === undefined ? undefined : deprecated !== false,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : toRequestBody(body, 'output', scope),
    responses: toResponses([fromDeclared(toDeclaredResponses(responses, `webhook ${name}`), scope)], {}, scope),
  })
  return { ...operation, ...extensionsOf(webhook) }
}
