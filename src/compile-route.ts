/** Compiles a route, once, into the functions that each request to it runs. */
import type { AnyContract } from './contract/contract.ts'
import { assertDeprecation } from './contract/deprecation.ts'
import { declaredFields } from './contract/fields.ts'
import type { ResponseFields } from './contract/responses.ts'
import { compileResponses, type ToReply } from './contract/compile.ts'
import { compileAcceptance, declaredByDependencies, toDeclaredResponses, type DeclaredResponse } from './contract/declared.ts'
import { dependenciesInOrder, schemesOf, type AnyDependency, type Dependencies } from './contract/dependency.ts'
import { placeOf, type MiddlewareContract } from './contract/middleware.ts'
import { assertScopes, SECURITY_MEMBERS, type SecuritySchemeObject } from './contract/security.ts'
import type { Shape } from './contract/inputs.ts'
import { isContextMember, type Context } from './context.ts'
import type { MatchedRoute } from './contract/handler.ts'
import { compileDependencies } from './dependency.ts'
import { assertErrorModels, errorsOfRoute, type DeclaredErrors } from './contract/errors.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import type { Exchange } from './exchange.ts'
import { adopt, after, type MaybePromise } from './maybe-promise.ts'
import type { ErrorBody } from './representation/error-body.ts'
import { compileBody, judgeBody } from './request/body.ts'
import type { Reply } from './reply/reply.ts'
import { assertCommonTexts } from './request/conflicts.ts'
import { compileTexts } from './request/input.ts'
import type { Route } from './routing/route.ts'
import { DeclarationError, within } from './schema/declaration-error.ts'
import { parseTemplate } from './routing/template.ts'
import { mayBeAbsent } from './schema/presence.ts'
import { readModel } from './schema/read-model.ts'
import { isSchema, type AnySchema } from './schema/schema.ts'

export interface CompiledRoute extends DeclaredErrors {
  readonly bodyLimitBytes: number
  readonly matched: MatchedRoute
  /** The headers and cookies that any response of the route may have. */
  readonly responseFields: readonly ResponseFields[]
  /** Reads and validates path, query, headers and cookies. Problems are collected, not thrown yet. */
  readonly readTexts: (exchange: Exchange) => MaybePromise<void>
  /**
   * Runs the dependencies, except for those of `resolveLater`. Resolves to a Reply if one of them ends the request. If the inputs of a dependency are
   * wrong, throws a `RequestError` 422 and does not run it.
   */
  readonly resolve: (exchange: Exchange) => MaybePromise<Reply | undefined>
  /** Throws a `RequestError`: 400, 413, 415, 422 with every problem of the request, then 406 if the client accepts none of the media types of the success responses. */
  readonly readBody: (exchange: Exchange) => MaybePromise<void>
  /** Runs the dependencies with `afterBody`. `undefined` if the route has none. */
  readonly resolveLater: ((exchange: Exchange) => MaybePromise<Reply | undefined>) | undefined
  /** Runs the handler. */
  readonly handle: (exchange: Exchange) => unknown
  readonly toReply: ToReply
}

/** Settings of an app that apply to every route. */
export interface RouteDefaults {
  readonly errorBody: ErrorBody
  readonly errors: readonly AnyErrorClass[]
  readonly bodyLimitBytes: number
  readonly maxIssues: number
}

export function compileRoute(route: Route, defaults: RouteDefaults): CompiledRoute {
  const where = `${route.method} ${route.path}`
  return within(where, () => compile(route, defaults, where), ' ')
}

function compile({ method, path, contract, handler }: Route, defaults: RouteDefaults, where: string): CompiledRoute {
  const declared = toDeclaredResponses(contract.responses, where)
  for (const layer of contract.middleware ?? []) toDeclaredResponses(layer.contract?.responses, placeOf(layer))
  const dependencies = dependenciesInOrder(contract.dependencies)
  const bodyLimitBytes = contract.bodyLimitBytes ?? defaults.bodyLimitBytes
  assertDeclaration(contract, dependencies, path, where)
  const declaredErrors: DeclaredErrors = {
    where,
    errorBody: contract.errorBody ?? defaults.errorBody,
    byStatus: new Map([...declaredByDependencies(contract.dependencies, where), ...declared].map((response) => [response.key, response])),
    errors: new Set([...defaults.errors, ...errorsOfRoute(contract)]),
  }
  assertErrorModels(declaredErrors)
  const { errorBody, byStatus, errors } = declaredErrors
  const resolving = compileDependencies(contract, where)
  return {
    where,
    errorBody,
    byStatus,
    errors,
    bodyLimitBytes,
    matched: toMatchedRoute(method, path, contract, declared),
    responseFields: declaredFields(contract),
    readTexts: compileReadTexts(contract, dependencies, {
      maxIssues: defaults.maxIssues,
      pathNames: path === '*' ? [] : parseTemplate(path).names,
    }),
    resolve: resolving?.beforeBody ?? nothing,
    resolveLater: resolving?.afterBody,
    readBody: thenAccept(declared, compileReadBody(contract, bodyLimitBytes, defaults.maxIssues)),
    handle: compileHandler(declared, handler as (context: Context) => unknown),
    toReply: compileResponses(declared, where),
  }
}

const nothing = () => undefined

function toMatchedRoute(method: string, template: string, contract: AnyContract, declared: readonly DeclaredResponse[]): MatchedRoute {
  const security = schemesOf(contract.dependencies)
  const shapes = [contract, ...dependenciesInOrder(contract.dependencies).map(({ options }) => options)].map(({ headers }) => headers)
  return {
    template,
    operationId: contract.operationId,
    methods: [method],
    requestHeaders: inLowerCase([
      ...shapes.flatMap(namesOf),
      ...(contract.body === undefined ? [] : ['content-type']),
      ...security.flatMap(({ alternatives, object }) => alternatives?.map((each) => each.object) ?? [object]).flatMap(headerOf),
    ]),
    responseHeaders: inLowerCase([
      ...declared.flatMap(({ headers, version }) => [...Object.keys(headers), ...(version === undefined ? [] : ['etag'])]),
      ...declaredFields(contract).flatMap(({ responseHeaders = {} }) => Object.keys(responseHeaders)),
    ]),
    security,
  }
}

function headerOf({ type, in: location, name }: SecuritySchemeObject): readonly string[] {
  if (type !== 'apiKey') return ['authorization']
  return location === 'header' ? [name!] : []
}

/** The route that middleware sees for an automatic response: it has the methods and headers of all routes of the path. */
export function mergeMatched(all: readonly MatchedRoute[]): MatchedRoute {
  const merge = (key: 'methods' | 'requestHeaders' | 'responseHeaders') => [...new Set(all.flatMap((matched) => matched[key]))]
  const methods = merge('methods')
  return {
    template: all[0]!.template,
    operationId: undefined,
    methods: [...methods, ...(methods.includes('GET') && !methods.includes('HEAD') ? ['HEAD'] : []), 'OPTIONS'],
    requestHeaders: merge('requestHeaders'),
    responseHeaders: merge('responseHeaders'),
    security: [],
  }
}

/** Adds the headers that the layers around the route read and set. */
export function withLayers(matched: MatchedRoute, contracts: readonly MiddlewareContract[]): MatchedRoute {
  if (contracts.length === 0) return matched
  const around = contracts.filter(({ methods }) => methods === undefined || methods.some((method) => matched.methods.includes(method)))
  return {
    ...matched,
    requestHeaders: inLowerCase([...matched.requestHeaders, ...around.flatMap(({ requestHeaders = {} }) => Object.keys(requestHeaders))]),
    responseHeaders: inLowerCase([...matched.responseHeaders, ...around.flatMap(headersOf)]),
  }
}

function headersOf({ responses, errors = [], responseHeaders = {} }: MiddlewareContract): readonly string[] {
  return [
    ...Object.keys(responseHeaders),
    ...toDeclaredResponses(responses, 'middleware').flatMap(({ headers }) => Object.keys(headers)),
    ...errors.flatMap(({ headers }) => Object.keys(headers)),
  ]
}

function inLowerCase(names: readonly string[]): readonly string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))]
}

function namesOf(shape: Shape | undefined): readonly string[] {
  if (shape === undefined) return []
  if (!isSchema(shape)) return Object.keys(shape)
  const node = readModel(shape)
  return node.kind === 'object' ? node.properties.map(({ name }) => name) : []
}

function compileReadTexts(
  contract: AnyContract,
  dependencies: readonly AnyDependency[],
  settings: Parameters<typeof compileTexts>[2],
): CompiledRoute['readTexts'] {
  const readTexts = compileTexts(contract, dependencies, settings)
  if (readTexts === undefined) return nothing
  return (exchange) =>
    after(readTexts(exchange.incoming, exchange.pathParams), (reading) => {
      exchange.reading = reading
    })
}

function compileReadBody({ body }: AnyContract, bodyLimitBytes: number, maxIssues: number): CompiledRoute['readBody'] {
  if (body === undefined)
    return ({ reading }) => {
      if (reading?.problems !== undefined) throw reading.problems.toError()
    }
  const readBody = within('body', () => compileBody(body, bodyLimitBytes))
  return (exchange) => {
    const cleanUp = (action: () => unknown) => exchange.hold({ scope: 'response', release: action, releaseWith: action })
    return after(readBody(exchange.incoming, cleanUp), (result) => {
      exchange.body = judgeBody(result, exchange.reading?.problems, maxIssues)
    })
  }
}

/** Refuses a client that accepts none of the media types, before anything is stored or opened for its request. */
function thenAccept(declared: readonly DeclaredResponse[], readBody: CompiledRoute['readBody']): CompiledRoute['readBody'] {
  const assertAcceptable = compileAcceptance(declared)
  if (assertAcceptable === undefined) return readBody
  return (exchange) => after(readBody(exchange), () => assertAcceptable(exchange.incoming))
}

function compileHandler(declared: readonly DeclaredResponse[], handler: (context: Context) => unknown): CompiledRoute['handle'] {
  const event = eventsOf(declared)
  return (exchange) => {
    const context = exchange.handlerContext
    if (event !== undefined) context.event = event
    return adopt(handler(context))
  }
}

/** The event makers of an `sse()` response. */
function eventsOf(declared: readonly DeclaredResponse[]): unknown {
  for (const { representations } of declared) {
    for (const representation of representations) if ('events' in representation) return representation.events
  }
  return undefined
}

/** Throws a `DeclarationError` for a route or one of its dependencies. */
function assertDeclaration(contract: AnyContract, dependencies: Iterable<AnyDependency>, path: string, where: string): void {
  assertParams(contract.params, path, where, () => true)
  assertDeprecation(contract.deprecated, `${where} deprecated`)
  assertNames(contract.dependencies, `${where} dependencies`)
  assertCommonTexts(contract, where)
  assertScopes(contract.scopes, schemesOf(contract.dependencies), where)
  for (const { options } of dependencies) {
    // A dependency of several routes may have a parameter that only some of these routes have.
    assertParams(options.params, path, `${where} dependencies`, (model) => !mayBeAbsent(readModel(model), 'input'))
    assertNames(options.dependencies, `${where} dependencies`, options.security === undefined ? NO_MEMBERS : SECURITY_MEMBERS)
  }
}

const NO_MEMBERS: ReadonlySet<string> = new Set()

/** Throws a `DeclarationError` for a dependency whose name hides a member of the context. */
function assertNames(dependencies: Dependencies = {}, where: string, further = NO_MEMBERS): void {
  for (const name of Object.keys(dependencies)) {
    if (isContextMember(name) || further.has(name))
      throw new DeclarationError(
        'DEPENDENCY_NAME',
        `${where}.${name}`,
        'the context has a member of this name',
        'Give the dependency another name',
      )
  }
}

function assertParams(params: Shape | undefined, path: string, where: string, isNeeded: (model: AnySchema) => boolean): void {
  if (params === undefined || isSchema(params)) return
  const { names } = parseTemplate(path)
  for (const [name, model] of Object.entries(params)) {
    if (!names.includes(name) && isNeeded(model))
      throw new DeclarationError(
        'PATH_PARAMETER',
        `${where} params.${name}`,
        'the path has no such parameter',
        'Name it in the path or remove it',
      )
  }
}
