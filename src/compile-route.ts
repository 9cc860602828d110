/** Route → the three steps that a request takes through it. All that can be done once is done here. */
import type { AnyContract } from './contract/contract.ts'
import { compileResponses, type ToReply } from './contract/compile.ts'
import { compileAcceptance } from './contract/negotiation.ts'
import { toDeclaredResponses, type DeclaredResponse } from './contract/declared.ts'
import { allDependencies, type AnyDependency, type Dependencies } from './contract/dependency.ts'
import type { Shape } from './contract/shape.ts'
import { Context } from './context.ts'
import { resolveDependencies } from './dependency.ts'
import { assertErrorModels, type DeclaredErrors } from './contract/errors.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import { adopt } from './maybe-promise.ts'
import type { ErrorBody } from './representation/error-body.ts'
import { compileInput, type ReadInput } from './request/input.ts'
import type { Route } from './routing/route.ts'
import { DeclarationError } from './schema/declaration-error.ts'
import { parseTemplate } from './routing/template.ts'
import { mayBeAbsent } from './schema/json-schema/direction.ts'
import { readModel } from './schema/read-model.ts'
import { isSchema, type AnySchema } from './schema/schema.ts'

export interface CompiledRoute extends DeclaredErrors {
  readonly readInput: ReadInput
  /** Dependencies, then the handler. Throws a `RequestError` 406 before both where no answer would be taken. */
  readonly handle: (context: Context) => unknown
  readonly toReply: ToReply
}

/** What holds for every route of an app. */
export interface RouteDefaults {
  readonly errorBody: ErrorBody
  readonly errors: readonly AnyErrorClass[]
  readonly bodyLimitBytes: number
}

export function compileRoute({ method, path, contract, handler }: Route, defaults: RouteDefaults): CompiledRoute {
  const where = `${method} ${path}`
  const declared = toDeclaredResponses(contract.responses)
  const dependencies = allDependencies(contract.dependencies)
  assertDeclaration(contract, dependencies, path, where)
  const declaredErrors: DeclaredErrors = {
    where,
    errorBody: contract.errorBody ?? defaults.errorBody,
    byStatus: new Map(declared.map((response) => [response.key, response])),
    errors: new Set([
      ...defaults.errors,
      ...(contract.errors ?? []),
      ...[...dependencies].flatMap(({ options }) => [...(options.errors ?? [])]),
    ]),
  }
  assertErrorModels(declaredErrors)
  return {
    ...declaredErrors,
    readInput: compileInput(contract, dependencies, defaults.bodyLimitBytes),
    handle: compileHandler(contract.dependencies, declared, handler as (context: Context) => unknown),
    toReply: compileResponses(declared, where),
  }
}

function compileHandler(
  dependencies: Dependencies = {},
  declared: readonly DeclaredResponse[],
  handler: (context: Context) => unknown,
): CompiledRoute['handle'] {
  const event = eventsOf(declared)
  const run = (context: Context) => adopt(handler(event === undefined ? context : Object.assign(context, { event })))
  const handle =
    Object.keys(dependencies).length === 0 ? run : (context: Context) => resolveDependencies(dependencies, context).then(() => run(context))
  const assertAcceptable = compileAcceptance(declared)
  if (assertAcceptable === undefined) return handle
  return (context) => {
    assertAcceptable(context.incoming)
    return handle(context)
  }
}

/** The event makers of an `sse()` response. */
function eventsOf(declared: readonly DeclaredResponse[]): unknown {
  for (const { representations } of declared) {
    for (const representation of representations) if ('events' in representation) return representation.events
  }
  return undefined
}

/** Of a route and its dependencies. */
function assertDeclaration(contract: AnyContract, dependencies: Iterable<AnyDependency>, path: string, where: string): void {
  assertParams(contract.params, path, where, () => true)
  assertNames(contract.dependencies, `${where} dependencies`)
  for (const { options } of dependencies) {
    // One that serves several routes may take a parameter that only some of them have.
    assertParams(options.params, path, `${where} dependencies`, (model) => !mayBeAbsent(readModel(model), 'input'))
    assertNames(options.dependencies, `${where} dependencies`)
  }
}

const CONTEXT = new Context(undefined as never) // asked for its names alone: `in` reads none of its members

/** A dependency must not hide what every context has. */
function assertNames(dependencies: Dependencies = {}, where: string): void {
  for (const name of Object.keys(dependencies)) {
    if (name in CONTEXT)
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
