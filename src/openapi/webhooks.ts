/** Requests that the API sends to its clients (OpenAPI 3.1 §4.8.1, `webhooks`). */
import { toDeclaredResponses } from '../contract/declared.ts'
import type { Method } from '../routing/route.ts'
import { toInputFields } from './inputs.ts'
import { extensionsOf, type OperationObject, type PathItemObject } from './operation.ts'
import { fromDeclared } from './outcomes.ts'
import { toParameters } from './parameters.ts'
import { toRequestBody } from './request-body.ts'
import { toResponses } from './responses.ts'
import type { Scope, Webhook } from './settings.ts'
import { present } from '../schema/json-schema/keywords.ts'

export function toWebhooks(scope: Scope): { readonly webhooks?: Readonly<Record<string, PathItemObject>> } {
  const { webhooks } = scope.settings
  if (webhooks === undefined) return {}
  return {
    webhooks: Object.fromEntries(
      Object.entries(webhooks).map(([name, webhook]) => [
        name,
        { [toMethodKey(webhook.method ?? 'POST', scope)]: toOperation(name, webhook, scope) },
      ]),
    ),
  }
}

/** OpenAPI has the method QUERY since version 3.2. */
export function toMethodKey(method: Method, { settings }: Scope): string {
  return method === 'QUERY' && settings.openapi !== '3.2' ? 'x-query' : method.toLowerCase()
}

function toOperation(name: string, webhook: Webhook, scope: Scope): OperationObject {
  const { tags, summary, description, deprecated, externalDocs, operationId = name, headers, body, responses } = webhook
  const fields = headers === undefined ? [] : toInputFields({ headers, responses }, new Map())
  const parameters = toParameters(fields, scope.components)
  const operation = present<OperationObject>({
    operationId,
    tags,
    summary,
    description,
    externalDocs,
    deprecated: deprecated === undefined ? undefined : deprecated !== false,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : toRequestBody(body, 'output', scope),
    responses: toResponses([fromDeclared(toDeclaredResponses(responses), scope)], {}, scope),
  })
  return { ...operation, ...extensionsOf(webhook) }
}
