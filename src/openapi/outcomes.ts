/** Collects the responses of an operation by source: the declared responses, the errors that may be thrown, the app's error handlers. */
import type { AnyContract } from '../contract/contract.ts'
import { declaredByDependencies, toDeclaredResponses, type DeclaredResponse } from '../contract/declared.ts'
import { errorsOfRoute, findErrorForms, type DeclaredErrors, type ErrorForm } from '../contract/errors.ts'
import type { MiddlewareContract } from '../contract/middleware.ts'
import type { StatusKey } from '../contract/responses.ts'
import type { AnyErrorClass } from '../errors/define-error.ts'
import { HTTPError } from '../errors/http-error.ts'
import type { Method, Route } from '../routing/route.ts'
import { contentsOf, type PossibleContent } from './content.ts'
import { toErrorHeaders, toHeaders, VARY, type Headers } from './headers.ts'
import { toChallengeHeaders } from './security.ts'
import type { HandledErrors, Scope } from './settings.ts'

export interface Outcome {
  readonly description?: string | undefined
  readonly headers: Headers
  readonly contents: readonly PossibleContent[]
}

/** The responses of one source. An exact status takes precedence over a range, and a range over `default`. */
export type Outcomes = ReadonlyMap<StatusKey, Outcome>

/** What decides the content of a route's errors. */
export type RouteErrors = Pick<DeclaredErrors, 'where' | 'byStatus' | 'errorBody'>

export function toRouteErrors({ method, path, contract }: Route, { settings }: Scope): RouteErrors {
  const where = `${method} ${path}`
  const declared = [...declaredByDependencies(contract.dependencies, where), ...toDeclaredResponses(contract.responses, where)]
  const byStatus = new Map(declared.map((response) => [response.key, response]))
  return { where, byStatus, errorBody: contract.errorBody ?? settings.errorBody }
}

export function fromResponses(errors: RouteErrors, scope: Scope): Outcomes {
  const outcomes = fromDeclared([...errors.byStatus.values()], scope)
  return new Map([...outcomes].map(([key, outcome]) => [key, withThrown(key, outcome, errors, scope)]))
}

export function fromDeclared(declared: readonly DeclaredResponse[], scope: Scope): Outcomes {
  return new Map(
    declared.map((response) => {
      const { key, representations } = response
      const description =
        response.description ?? representations.find(({ content }) => content.description !== undefined)?.content.description
      const headers = toHeaders(response, scope.components)
      return [key, { description, headers, contents: representations.flatMap(contentsOf) }]
    }),
  )
}

/** Whether errors may have this status. */
export function isOfErrors(key: string | number): boolean {
  return /^[45]/.test(String(key)) || key === 'default'
}

/** An error status that is declared with only a description may be thrown. Its content is then the error body. */
function withThrown(key: StatusKey, outcome: Outcome, errors: RouteErrors, { settings }: Scope): Outcome {
  if (!isOfErrors(key) || errors.byStatus.get(key)?.isBare !== true) return outcome
  const status = typeof key === 'number' ? key : 500
  if (typeof key === 'number' && isHandled(settings.errorHandlers, status, HTTPError)) return outcome
  return { ...outcome, contents: toErrorContents(findErrorForms(status, {}, false, errors)) }
}

/** Returns an empty list if the error is sent without content, or cannot be represented in the declared content. */
export function toErrorContents(forms: readonly ErrorForm[]): readonly PossibleContent[] {
  return forms.flatMap(({ mediaType, content }) => (mediaType === undefined || content === undefined ? [] : [{ mediaType, content }]))
}

/** If there are several contents, `Accept` selects one. */
export function toVary(forms: readonly ErrorForm[]): Headers {
  return forms.length > 1 ? { Vary: VARY } : {}
}

/** Returns one source for each error class that the route, its dependencies or the app declares. */
export function fromErrors(contract: AnyContract, errors: RouteErrors, scope: Scope): readonly Outcomes[] {
  const classes = new Set<AnyErrorClass>([...errorsOfRoute(contract), ...scope.settings.errors])
  return fromErrorClasses([...classes], errors, scope)
}

function fromErrorClasses(classes: readonly AnyErrorClass[], errors: RouteErrors, { settings }: Scope): readonly Outcomes[] {
  return classes
    .filter((error) => !isHandled(settings.errorHandlers, error.status, error))
    .map((error) => {
      const { status, description } = error
      const forms = findErrorForms(status, { error }, true, errors)
      const headers = { ...toErrorHeaders(error.headers), ...toChallengeHeaders(error), ...toVary(forms) }
      return new Map([[status, { description, headers, contents: toErrorContents(forms) }]])
    })
}

/** Returns one source for each response of a dependency. A response of the route for the same status does not replace it. */
export function fromDependencies(contract: AnyContract, { where }: RouteErrors, scope: Scope): readonly Outcomes[] {
  return declaredByDependencies(contract.dependencies, where).map((response) => fromDeclared([response], scope))
}

/** Each middleware around the route may send its own responses or throw its errors. */
export function fromMiddleware(
  method: Method,
  layers: readonly MiddlewareContract[],
  errors: RouteErrors,
  scope: Scope,
): readonly Outcomes[] {
  return layers.flatMap(({ responses, errors: classes = [] }) => {
    // "The 304 status code indicates that a conditional GET or HEAD request has been received" (RFC 9110 §15.4.5).
    const possible = toDeclaredResponses(responses, `${errors.where} middleware`).filter(
      ({ key }) => key !== 304 || method === 'GET' || method === 'HEAD',
    )
    const own = new Map(possible.map((response) => [response.key, response]))
    const byStatus = new Map([...errors.byStatus, ...own])
    return [fromResponses({ ...errors, byStatus: own }, scope), ...fromErrorClasses(classes, { ...errors, byStatus }, scope)]
  })
}

/** Returns one source for each error handler, because any route may throw the errors that it handles. */
export function fromErrorHandlers(scope: Scope): readonly Outcomes[] {
  return scope.settings.errorHandlers.map(({ responses }) => fromDeclared(responses, scope))
}

/** Whether the app has an error handler for this status, this class or one of its superclasses up to HTTPError. Errors of the framework have no class. */
export function isHandled(handlers: readonly HandledErrors[], status: number, error?: AnyErrorClass | typeof HTTPError): boolean {
  if (handlers.some(({ key }) => key === status)) return true
  let type: unknown = error
  while (typeof type === 'function') {
    if (handlers.some(({ key }) => key === type)) return true
    if (type === HTTPError) return false
    type = Object.getPrototypeOf(type)
  }
  return false
}
