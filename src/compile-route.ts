/** Route → the three steps that a request takes through it. All that can be done once is done here. */
import type { AnyContract } from './contract/contract.ts'
import { compileResponses, type ToReply } from './contract/compile.ts'
import { toDeclaredResponses } from './contract/declared.ts'
import { allDependencies, type Dependencies } from './contract/dependency.ts'
import { Context } from './context.ts'
import { resolveDependencies } from './dependency.ts'
import type { DeclaredErrors } from './contract/errors.ts'
import type { AnyErrorClass } from './errors/define-error.ts'
import type { ErrorBody } from './representation/error-body.ts'
import { compileInput, type ReadInput } from './request/input.ts'
import type { Route } from './routing/route.ts'
import { DeclarationError } from './schema/declaration-error.ts'
import { parseTemplate } from './routing/template.ts'

export interface CompiledRoute extends DeclaredErrors {
  readonly readInput: ReadInput
  /** Dependencies, then the handler. */
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
  const dependencies = allDependencies(contract.use)
  assertParams(contract, path, where)
  return {
    where,
    errorBody: contract.errorBody ?? defaults.errorBody,
    byStatus: new Map(declared.map((response) => [response.key, response])),
    errors: new Set([
      ...defaults.errors,
      ...(contract.errors ?? []),
      ...[...dependencies].flatMap(({ options }) => [...(options.errors ?? [])]),
    ]),
    readInput: compileInput(contract, dependencies, defaults.bodyLimitBytes),
    handle: compileHandler(contract, handler as (context: Context) => unknown, where),
    toReply: compileResponses(declared, where),
  }
}

function compileHandler({ use, responses }: AnyContract, handler: (context: Context) => unknown, where: string): CompiledRoute['handle'] {
  const event = eventsOf(responses)
  const run = event === undefined ? handler : (context: Context) => handler(Object.assign(context, { event }))
  if (use === undefined || Object.keys(use).length === 0) return run
  assertNames(use, where)
  return (context) => resolveDependencies(use, context).then(() => run(context))
}

/** The event makers of an `sse()` response. */
function eventsOf(responses: AnyContract['responses']): unknown {
  for (const { representations } of toDeclaredResponses(responses)) {
    for (const representation of representations) if ('events' in representation) return representation.events
  }
  return undefined
}

/** A dependency must not hide what every context has. */
function assertNames(use: Dependencies, where: string): void {
  for (const name of Object.keys(use)) {
    if (
      name in Context.prototype ||
      ['params', 'query', 'headers', 'cookies', 'body', 'reply', 'fail', 'event', 'incoming'].includes(name)
    ) {
      throw new DeclarationError(
        'DEPENDENCY_NAME',
        `${where} use.${name}`,
        'the context has a member of this name',
        'Give the dependency another name',
      )
    }
  }
}

function assertParams({ params }: AnyContract, path: string, where: string): void {
  if (params === undefined || '~standard' in params) return
  const { names } = parseTemplate(path)
  for (const name of Object.keys(params)) {
    if (!names.includes(name))
      throw new DeclarationError(
        'PATH_PARAMETER',
        `${where} params.${name}`,
        'the path has no such parameter',
        'Name it in the path or remove it',
      )
  }
}
