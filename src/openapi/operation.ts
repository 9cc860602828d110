/** A route → its operation: what it takes, and all that may come of it. */
import { present } from '../schema/json-schema/keywords.ts'
import { fromFurtherStatuses } from './conditional.ts'
import { fromFaults } from './framework-errors.ts'
import { toInputFields } from './inputs.ts'
import { fromErrorHandlers, fromErrors, fromResponses, toRouteErrors, type RouteErrors } from './outcomes.ts'
import type { PlacedRoute } from './paths.ts'
import { toParameters, type ParameterObject } from './parameters.ts'
import { toRequestBody, type RequestBodyObject } from './request-body.ts'
import { toResponses, type ResponsesObject } from './responses.ts'
import type { Scope } from './settings.ts'

export interface OperationObject {
  readonly operationId: string
  readonly tags?: readonly string[]
  readonly summary?: string
  readonly description?: string
  readonly deprecated?: boolean
  readonly parameters?: readonly ParameterObject[]
  readonly requestBody?: RequestBodyObject
  readonly responses: ResponsesObject
}

const LAST_EVENT_ID: ParameterObject = {
  name: 'Last-Event-ID',
  in: 'header',
  description: 'The id of the last event that the client has received, when it connects again',
  schema: { type: 'string' },
}

export function toOperation({ route, pathNames }: PlacedRoute, operationId: string, scope: Scope): OperationObject {
  const { contract } = route
  const { summary, description, deprecated, body } = contract
  const tags = [...new Set(contract.tags)]
  const errors = toRouteErrors(contract, scope)
  const fields = toInputFields(contract, pathNames)
  const parameters = [...toParameters(fields, scope.components), ...(isResumable(errors, fields) ? [LAST_EVENT_ID] : [])]
  const sources = [
    fromResponses(errors, scope),
    ...fromFurtherStatuses(route.method, errors, scope),
    ...fromErrors(contract, errors, scope),
    ...fromErrorHandlers(scope),
    ...fromFaults(route, fields, errors, scope),
  ]
  return present<OperationObject>({
    operationId,
    tags: tags.length === 0 ? undefined : tags,
    summary,
    description,
    deprecated,
    parameters: parameters.length === 0 ? undefined : parameters,
    requestBody: body === undefined ? undefined : toRequestBody(body, scope),
    responses: toResponses(sources, scope),
  })
}

/** Browsers send the id by themselves: of a stream of events it is a parameter, declared or not. */
function isResumable({ byStatus }: RouteErrors, fields: ReturnType<typeof toInputFields>): boolean {
  const isDeclared = fields.some(({ location, name }) => location === 'header' && name.toLowerCase() === 'last-event-id')
  return (
    !isDeclared && [...byStatus.values()].some(({ representations }) => representations.some(({ content }) => content.events !== undefined))
  )
}
